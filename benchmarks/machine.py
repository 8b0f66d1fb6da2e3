"""Where a run was made, and with which versions."""

import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from .servers import HERE

#: Packages of the project that decide about its speed.
_OURS = (
    *("flask", "werkzeug", "gunicorn", "gevent", "granian", "sqlalchemy", "psycopg"),
    *("marshmallow", "authlib", "joserfc", "cryptography", "structlog"),
)

#: Packages of the peers that are not listed, for others need them.
_THEIRS = {"auth0-api-python", "cryptography", "joserfc", "jwcrypto", "pydantic", "pyjwt"}

#: Packages on Node that no server runs.
_TOOLS = re.compile("@types/.*|typescript")


def machine() -> dict[str, str]:
    """Return what is told of the machine, by name."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return {
        "CPU": model[1] if model else platform.machine(),
        "Cores": str(os.cpu_count()),
        "Kernel": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "Python": platform.python_version(),
        "Node": node.stdout.strip().removeprefix("v"),
    }


def versions() -> dict[str, dict[str, str]]:
    """Return the versions of packages, by whose they are and by name."""
    return {
        "The Menu API": {name: version(name) for name in _OURS},
        "The peers in Python": _locked(),
        "The peers on Node, and the load": _installed(),
    }


def _locked() -> dict[str, str]:
    listed = set(re.findall(r"^([a-z0-9-]+)==", (HERE / "requirements.txt").read_text(), re.M))
    lock = (HERE / "requirements.lock").read_text()
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", lock, re.MULTILINE))
    return {name: pins[name] for name in sorted(listed | _THEIRS) if name != "matplotlib"}


def _installed() -> dict[str, str]:
    pins = json.loads((HERE / "package.json").read_text())["devDependencies"]
    found = {name: pin for name, pin in pins.items() if not _TOOLS.fullmatch(name)}
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return found | {"fastify": lock["node_modules/fastify"]["version"]}
