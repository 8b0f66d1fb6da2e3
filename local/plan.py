"""What is to be served, and where."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import cast

from dotenv import dotenv_values

import config
from local.processes import ServeError


@dataclass(frozen=True)
class Plan:
    """The settings of a run."""

    #: The environment of every process.
    environ: dict[str, str]
    port: int
    tenant_port: int
    #: The API's issuers: one address or more, comma-separated.
    issuers: str
    #: Whether the local tenant is one of them.
    with_tenant: bool

    @property
    def api(self) -> str:
        """The API's address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def require_free_ports(self) -> None:
        """Refuse ports that cannot be had.

        :raises ServeError: with the cure.
        """
        ports = {"PORT": (self.port, 7070)}
        if self.with_tenant:
            ports["TENANT_PORT"] = (self.tenant_port, 7071)
        # Each is held until all are tried, so that the two cannot be the same.
        with ExitStack() as held:
            for name, (port, other) in ports.items():
                try:
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
                except OSError as error:
                    raise ServeError(
                        f"Port {port} cannot be had ({error.strerror}; macOS keeps 7000 for"
                        f" itself). Choose another: make serve {name}={other}"
                    ) from error


def make_plan(environ: dict[str, str]) -> Plan:
    """Decide what to serve.

    :param environ: the settings. The issuer that they name is taken; if they name none, it is the
        local tenant.
    """
    values, _ = config.load(environ)
    port, tenant_port = cast(int, values["PORT"]), cast(int, values["TENANT_PORT"])
    tenant = f"http://127.0.0.1:{tenant_port}/"
    issuers = environ.get("AUTH0_ISSUER_URL") or environ.get("AUTH0_DOMAIN") or tenant
    with_tenant = tenant.rstrip("/") in [part.strip().rstrip("/") for part in issuers.split(",")]
    if with_tenant:
        audience = environ.get("AUTH0_AUDIENCE") or _audience_of_flask_run()
        environ = environ | {"AUTH0_ISSUER_URL": issuers, "AUTH0_AUDIENCE": audience}
        # The tenant's public client, with which a person may sign in on /docs.
        environ = {"DOCS_CLIENT_ID": "dashboard"} | environ
    # A person reads what is logged here.
    environ = {"LOG_FORMAT": "console"} | environ
    return Plan(environ, port, tenant_port, issuers, with_tenant)


def _audience_of_flask_run() -> str:
    return dotenv_values(config.ROOT / ".flaskenv")["AUTH0_AUDIENCE"] or ""
