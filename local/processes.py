"""The processes of a run: commands one after the other, servers that start and end together."""

import signal
import subprocess
import sys
import time
from types import FrameType

import config

#: What asks for the end: Ctrl-C, a supervisor, a closed terminal.
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Seconds that a server may take to end before it is killed; gunicorn gives requests ten.
_PATIENCE = 15


class ServeError(Exception):
    """Raised if serving cannot start or go on. The text says why, and the cure if there is one."""


class Stopped(Exception):
    """Raised if somebody asked for the end."""


class Processes:
    """Python programs that run for this one. Leaving the `with` block ends them all.

    A signal is noted, not raised: an exception between the start of a process and the moment its
    number is known here would leave the process behind.
    """

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self._servers: dict[str, subprocess.Popen[str]] = {}
        self._asked_to_stop = False
        for number in _ENDS:
            # Also SIGINT: a shell script starts its background jobs with it ignored.
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def run(self, *module: str) -> str:
        """Run a module of Python with its arguments to its end; no signal breaks it off.

        :returns: what it wrote to standard output.
        :raises Stopped: if somebody asked for the end meanwhile.
        :raises ServeError: if it failed. It has said why.
        """
        command = self._start(module, stdout=subprocess.PIPE)
        output, _ = command.communicate()
        if self._asked_to_stop:
            raise Stopped
        if command.returncode != 0:
            raise ServeError(f"`{' '.join(module)}` ended with status {command.returncode}.")
        return output.strip()

    def serve(self, name: str, *module: str) -> None:
        """Start a module of Python with its arguments, and leave it running.

        :param name: what to call it in messages.
        """
        self._servers[name] = self._start(module)

    def _start(self, module: tuple[str, ...], stdout: int | None = None) -> subprocess.Popen[str]:
        # In a group of its own, for Ctrl-C reaches every process of the terminal's group: this one
        # hears it and ends the others in order.
        return subprocess.Popen(  # noqa: S603 - the commands are our own
            [sys.executable, "-m", *module],
            cwd=config.ROOT,
            env=self._environ,
            stdout=stdout,
            text=True,
            process_group=0,
        )

    def watch(self) -> None:
        """Look after the servers, and wait a moment.

        :raises Stopped: if somebody asked for the end.
        :raises ServeError: if one of them has ended by itself.
        """
        if self._asked_to_stop:
            raise Stopped
        for name, server in self._servers.items():
            status = server.poll()
            if status is not None:
                raise ServeError(f"{name} has ended by itself, with status {status}.")
        time.sleep(0.1)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.terminate()
        deadline = time.monotonic() + _PATIENCE
        for server in self._servers.values():
            try:
                server.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
