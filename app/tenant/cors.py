"""Cross-origin requests (the Fetch standard) from pages that are served on this machine."""

from flask import Flask, Response, request

from app.tenant.redirects import is_local_origin

#: What applications in a browser ask for. The pages are not among it: they are for people.
PATHS = frozenset(
    {
        "/.well-known/openid-configuration",
        "/.well-known/jwks.json",
        "/oauth/token",
        "/oauth/revoke",
        "/userinfo",
    }
)

#: What a page may send beyond the plain headers. `Auth0-Client` comes from Auth0's own libraries,
#: `X-Requested-With` from Swagger UI.
REQUEST_HEADERS = ("Auth0-Client", "Authorization", "Content-Type", "DPoP", "X-Requested-With")

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": ", ".join(REQUEST_HEADERS),
    "Access-Control-Max-Age": "600",
}


def allow_local_pages(tenant: Flask) -> None:
    """Let pages of this machine read what applications ask for, on errors too."""

    @tenant.after_request
    def allow(response: Response) -> Response:
        if request.path not in PATHS:
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if is_local_origin(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate"
            if request.method == "OPTIONS":
                response.headers.update(_PREFLIGHT)
        return response
