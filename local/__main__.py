"""Set the database up, serve until Ctrl-C, and say how to call what is served."""

import json
import sys
import time
from http.client import HTTPConnection, HTTPException

import click

import config
from local.plan import Plan, make_plan
from local.processes import Processes, ServeError, Stopped

#: Seconds in which the servers must answer for the first time.
PATIENCE = 60

#: Where the `flask` command looks for the tenant if nobody says otherwise.
TENANT_PORT = 7001

FLASK = ("flask", "--app", "wsgi:app")

_SOUP = {
    "name": "Soup",
    "price": 4.5,
    "description": "Hot",
    "image": "https://example.com/soup.png",
}


def main() -> int:
    """Serve, and return the exit status."""
    plan = make_plan(config.environment())
    try:
        with Processes(plan.environ) as processes:
            _serve(plan, processes)
    except Stopped:
        click.echo("Stopped.", err=True)
    except ServeError as error:
        click.echo(f"Error: {error}", err=True)
        return 1
    return 0


def _serve(plan: Plan, processes: Processes) -> None:
    """Serve until somebody or something ends it.

    :raises Stopped: if somebody asked for the end.
    :raises ServeError: if something cannot start, or a server ends by itself.
    """
    plan.require_free_ports()
    processes.run(*FLASK, "db", "upgrade")
    processes.run(*FLASK, "seed")
    if plan.with_tenant:
        processes.serve("The local tenant", *FLASK, "tenant", "run")
    processes.serve("The API", "gunicorn", "wsgi:app")
    example = _post_line(plan, processes) if plan.with_tenant else f"curl -i {plan.api}/items"
    deadline = time.monotonic() + PATIENCE
    while not _is_up(plan):
        if time.monotonic() > deadline:
            raise ServeError(f"The servers do not answer after {PATIENCE} seconds.")
        processes.watch()
    click.echo(_announcement(plan, example))
    while True:
        processes.watch()


def _is_up(plan: Plan) -> bool:
    return _answers(plan.port, "/items") and (
        not plan.with_tenant or _answers(plan.tenant_port, "/.well-known/jwks.json")
    )


def _answers(port: int, path: str) -> bool:
    # Not `requests`: a proxy that is set for the outside world has no business on loopback.
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _post_line(plan: Plan, processes: Processes) -> str:
    """Return a line for the developer's shell that puts an item on the menu."""
    token = processes.run(*FLASK, "tenant", "token", "--as", "admin")
    return (
        f"curl -i {plan.api}/items -H 'Authorization: Bearer {token}'"
        f" -H 'Content-Type: application/json' -d '{json.dumps({'item': _SOUP})}'"
    )


def _announcement(plan: Plan, example: str) -> str:
    issuer = f"Local tenant  {plan.issuers} (who signs in, and where: .venv/bin/flask tenant)"
    if not plan.with_tenant:
        issuer = f"Issuer        {plan.issuers}, as configured; no local tenant is started"
    elif plan.tenant_port != TENANT_PORT:
        issuer += (
            f"\n              for flask in another shell: export TENANT_PORT={plan.tenant_port}"
        )
    where = f"Menu API      {plan.api}/items\n{issuer}"
    return f"\n{where}\n\nTry it:\n\n{example}\n\nCtrl-C stops it.\n"


if __name__ == "__main__":
    sys.exit(main())
