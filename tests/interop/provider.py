"""The OpenID provider of `provider.mjs`, and what a client asks of it."""

import subprocess
from pathlib import Path
from urllib.parse import quote_plus

import requests

from tests.serving.running import PATIENCE, free_port

#: The API's name among those that the provider issues tokens for.
AUDIENCE = "https://menu.test"
#: The same for all clients. What it is made of must be encoded for HTTP Basic (RFC 6749, 2.3.1).
SECRET = "a secret + 100% of it: the same for all clients"


class Provider:
    """A process, started and stopped as often as a test likes. It keeps its address.

    :param folder: where `provider.mjs` is installed.
    :param private: a folder for its keys and its log.
    """

    def __init__(self, folder: Path, private: Path) -> None:
        self._folder = folder
        self._private = private
        self._port = free_port()
        #: Its name, which has no slash at its end.
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self, keys: str = "first") -> None:
        """Start, with new signing keys or those of an earlier start."""
        command = ["node", "provider.mjs", str(self._port), str(self._private / keys), AUDIENCE]
        with (self._private / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdout
        assert b"listening" in self._process.stdout.readline(), (self._private / "log").read_text()

    def kill(self) -> None:
        """End it, as a crash does: all but the keys is gone."""
        self._process.kill()
        self._process.communicate()

    def token(self, client: str, headers: dict[str, str] | None = None) -> str:
        """Return an access token of the kind that a client gets (client credentials grant)."""
        answer = self._post("/token", client, {"grant_type": "client_credentials"}, headers)
        return str(answer.json()["access_token"])

    def revoke(self, client: str, token: str) -> None:
        """Take an opaque token back (RFC 7009)."""
        self._post("/token/revocation", client, {"token": token})

    def _post(
        self,
        path: str,
        client: str,
        form: dict[str, str],
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        answer = requests.post(
            self.url + path,
            data=form,
            auth=(quote_plus(client), quote_plus(SECRET)),
            headers=headers,
            timeout=PATIENCE,
        )
        assert answer.ok, answer.text
        return answer

    def __enter__(self) -> "Provider":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
