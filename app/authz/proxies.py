"""What reverse proxies say of a request (`X-Forwarded-*`), and which of them are believed."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from .parsing import Peer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Set in the environment of a request that a trusted proxy has passed on.
TRUSTED = "authz.proxy.trusted"
#: Set where it has also said to which host the client sent it.
NAMES_HOST = "authz.proxy.names_host"


class Proxies:
    """WSGI middleware: believes `X-Forwarded-For`, `-Proto` and `-Host` of trusted peers, and of
    nobody else.

    :param hops: how many proxies each add their value; what stands before was sent by strangers.
    :param peers: from where the last of them reaches us.
    """

    def __init__(self, app: "WSGIApplication", hops: int, peers: tuple[Peer, ...]) -> None:
        self._app = app
        self._hops = hops
        self._peers = peers
        self._behind = ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        environ[TRUSTED] = True
        hosts = parse_list_header(environ.get("HTTP_X_FORWARDED_HOST", ""))
        if len(hosts) >= self._hops and hosts[-self._hops]:  # as ProxyFix counts them
            environ[NAMES_HOST] = True
        return self._behind(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        if not peer:
            return "unix" in self._peers
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        # An IPv6 socket shows an IPv4 address in its own way (RFC 4291, section 2.5.5.2).
        address = getattr(address, "ipv4_mapped", None) or address
        return any(network != "unix" and address in network for network in self._peers)
