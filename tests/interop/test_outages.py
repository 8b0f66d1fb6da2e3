"""The provider, the database and the shared state go away under load, and come back.

What was refused once, a used proof and a revoked token, is refused all the way and everywhere.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from app import create_app
from app.authz.testing import DpopKey
from app.authz.testing.tokens import ABSENT
from app.extensions import alembic, db
from tests.servers.fixtures import kept
from tests.serving.running import Load, Server, free_port, until

from .conftest import IN, URL, ServerMaker, bearer, delete
from .provider import SECRET, Provider

pytestmark = pytest.mark.slow

USED = (401, "dpop_proof_invalid")
REVOKED = (401, "token_revoked")
#: Closed, and why.
STATE = (503, "state_unavailable")
DATABASE = (503, "database_unavailable")
KEYS = (503, "keys_unavailable")
INTROSPECTION = (503, "introspection_unavailable")

#: What makes the headers of a request.
Headers = Callable[[], dict[str, str]]


@pytest.fixture
def callers(provider: Provider) -> dict[str, Headers]:
    """Callers of each kind: with an unbound token, with a proof of its own for each request, with
    one proof for all, and with a token that is to be revoked."""
    key = DpopKey()
    proof = key.proof("POST", f"{provider.url}/token", "", ath=ABSENT)
    bound = provider.token("rs256", {"DPoP": proof})
    plain, revoked = bearer(provider.token("rs256")), bearer(provider.token("rs256"))
    used = key.headers("DELETE", URL, bound)
    return {
        "plain": lambda: plain,
        "proven": lambda: key.headers("DELETE", URL, bound),
        "used": lambda: used,
        "revoked": lambda: revoked,
    }


def call(server: Server, make: Headers) -> tuple[int, str]:
    """Send a request with new headers."""
    return delete(server, make())


@contextmanager
def load(callers: dict[str, Headers], *servers: Server) -> Iterator[dict[str, set[object]]]:
    """Have all callers call all servers, before and after what the block does. Fill in what they
    were answered."""
    answers: dict[str, set[object]] = {}
    with ExitStack() as stack:
        loads = {
            (name, server): stack.enter_context(Load(partial(call, server, make), callers=1))
            for name, make in callers.items()
            for server in servers
        }

        def wait() -> None:
            for each in loads.values():
                each.wait_for_more(8)

        wait()
        yield answers
        wait()
    for (name, _), each in loads.items():
        answers.setdefault(name, set()).update(each.results)


def test_without_its_issuer_a_server_goes_on_with_what_it_knows(
    gunicorn: ServerMaker, provider: Provider, callers: dict[str, Headers]
) -> None:
    """And lets nobody in of whom it knows nothing."""
    client = {"AUTH0_CLIENT_ID": "api", "AUTH0_CLIENT_SECRET": SECRET}
    server = gunicorn(**client)
    remembered, unknown = provider.token("opaque"), provider.token("opaque")
    callers["remembered"] = lambda: bearer(remembered)
    assert delete(server, callers["used"]()) == IN
    assert delete(server, callers["remembered"]()) == IN
    with load(callers, server) as answers:
        provider.kill()
    assert answers == {
        "plain": {IN},
        "proven": {IN},
        "used": {USED},
        "revoked": {IN},  # not yet
        "remembered": {IN},
    }, server.log
    assert delete(server, bearer(unknown)) == INTROSPECTION
    cold = gunicorn(**client)
    with load(callers, cold) as answers:
        pass
    assert answers.pop("remembered") == {INTROSPECTION}, cold.log
    assert set().union(*answers.values()) == {KEYS}, cold.log

    provider.start()
    assert delete(server, bearer(provider.token("rs256"))) == IN
    assert delete(server, bearer(provider.token("opaque"))) == IN
    assert delete(server, callers["used"]()) == USED
    # All opaque tokens of before have ended with the provider.
    assert delete(server, bearer(unknown)) == (401, "token_inactive")


class Store:
    """What the API keeps things in, as a server of its own that can be started again.

    :param setting: names it to the API.
    """

    def __init__(self, setting: str, kind: str, *arguments: object) -> None:
        self._setting = setting
        self._kind = kind
        self._arguments = arguments
        #: Whether it has kept nothing once it is started again.
        self.forgets = kind == "valkey"

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Run it, and yield the settings of the API."""
        with kept(self._kind, *self._arguments) as address:
            yield {self._setting: address}


@pytest.fixture(params=["postgresql", "valkey"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """PostgreSQL, which has all in files, and Valkey, which has all in memory."""
    if request.param == "valkey":
        yield Store("STATE_URL", "valkey", free_port())
        return
    # Not below pytest's folder: PostgreSQL's own user has to get there.
    data = tempfile.mkdtemp(prefix="pg-")
    yield Store("DATABASE_URL", "postgresql", data)
    shutil.rmtree(data)


def set_up(environ: dict[str, str], revoked: dict[str, str]) -> None:
    """Make the tables, and revoke a token."""
    app = create_app(environ)
    with app.app_context():
        alembic.upgrade()
        token = revoked["Authorization"].removeprefix("Bearer ")
        done = app.test_cli_runner().invoke(args=["authz", "revoke", "--token", "-"], input=token)
        db.dispose()
    assert done.exit_code == 0, done.output


def test_a_store_that_is_killed_closes_the_door_and_no_refusal_is_forgotten(
    store: Store,
    gunicorn: ServerMaker,
    environ: dict[str, str],
    callers: dict[str, Headers],
) -> None:
    with ExitStack() as first:
        settings = first.enter_context(store.running())
        set_up(environ | settings, callers["revoked"]())
        server = gunicorn(**settings)
        assert delete(server, callers["used"]()) == IN
        with load(callers, server) as answers:
            first.close()
    # Before and after. For some seconds the last deny-list serves.
    assert answers["plain"] <= {IN, DATABASE, STATE}
    assert answers["proven"] - {DATABASE} == {IN, STATE}  # it may end between proof and view
    assert answers["used"] == {USED, STATE}
    assert answers["revoked"] <= {REVOKED, STATE}

    with store.running():
        until(lambda: delete(server, callers["plain"]()) == IN)
        # A new one knows only what the store says.
        with load(callers, server, gunicorn(**settings)) as answers:
            pass
        assert answers["plain"] == {IN}
        # What has forgotten which proofs were used cannot say of any that it is new.
        assert answers["proven"] == ({STATE} if store.forgets else {IN})
        assert answers["used"] <= {USED, STATE}
        assert answers["revoked"] == {REVOKED}
