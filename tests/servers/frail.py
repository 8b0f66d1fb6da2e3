"""Servers of a test's own, to be stopped in every way."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import make_url

from tests.serving.running import until

#: Starts PostgreSQL on the files of one that was killed, and leaves it running.
START = """
import sys
from tests.servers.keeper import started
started(sys.argv[1], end=None)
"""

#: How many clients wait for their answer, or have gone before it.
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND state IS DISTINCT FROM 'idle' AND pid <> pg_backend_pid()
"""


class FrailPostgresql:
    """A PostgreSQL that `kept` has started, and that is to be ended by `kill`.

    :param url: its address.
    """

    def __init__(self, url: str, runtime: Path) -> None:
        self.url = url
        self._runtime = runtime
        self._folder = Path(str(make_url(url).query["host"]))

    def freeze(self) -> None:
        """Let it hang: it keeps its connections, takes new ones, and says nothing."""
        self._frozen = self._processes()
        for process in self._frozen:
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """Let it go on, and wait until it has let go of all clients that gave it up.

        Each of those holds a connection of its own until then, besides those of their new attempts:
        together they can be more than the server takes.
        """
        for process in self._frozen:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        until(self._is_left)

    def _is_left(self) -> bool:
        try:
            with psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=2) as connection:
                others = connection.execute(OTHERS).fetchone()
        except psycopg.OperationalError:
            return False
        return others == (0,)

    def kill(self) -> None:
        """End it as a loss of power would, but for what the kernel has to write."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # the end of the first is that of the others
                process.kill()
        psutil.wait_procs(processes, 10)

    def start(self) -> None:
        """Start it again on the same files, at the same address."""
        environ = os.environ | {"XDG_RUNTIME_DIR": str(self._runtime)}
        command = [sys.executable, "-c", START, str(self._folder)]
        subprocess.run(command, env=environ, check=True)

    def _processes(self) -> list[psutil.Process]:
        number = int((self._folder / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(number)
        # The first, or it would start the others anew.
        return [postmaster, *postmaster.children(recursive=True)]
