"""Records that some may read and fewer may edit: resource-based access control with `app.authz`.

`README.md` beside this file tells how it is made. Run it with ``flask --app examples.records run``.
Records and revoked tokens live in the memory of one process: each start makes them anew.
"""

import os
import secrets
import time
from collections.abc import Callable, Mapping

from flask import Flask, Response

from app.authz import Authz

from . import errors
from .authentication import authenticate
from .records import Records
from .rights import rights
from .tokens import Tokens
from .views import bp

#: Largest body that is read, in bytes.
MAX_BODY = 64 * 1024

authz = Authz(
    authenticate=authenticate,
    rights=rights,
    anonymous_grants=["record/list", "record/*/view"],
)


def create_app(
    environ: Mapping[str, str] | None = None, clock: Callable[[], float] = time.time
) -> Flask:
    """Make the application, with its records as they are at first.

    :param environ: holds `RECORDS_SECRET_KEY`, which signs the tokens. Without one a key is made,
        and with it go all tokens when the process ends. None stands for the environment.
    :param clock: seconds since the epoch.
    :raises RuntimeError: if a route is not guarded as it should be.
    """
    environ = os.environ if environ is None else environ
    app = Flask(__name__, static_folder=None)
    app.config.update(AUTHZ_GLOB_GRANTS="on", AUTHZ_REALM="records", MAX_CONTENT_LENGTH=MAX_BODY)
    secret_key = environ.get("RECORDS_SECRET_KEY") or secrets.token_hex(32)
    app.extensions["tokens"] = Tokens(secret_key, clock)
    app.extensions["records"] = Records()
    authz.init_app(app)
    errors.init_app(app)
    app.register_blueprint(bp)
    app.after_request(_not_stored)
    authz.check(app)
    return app


def _not_stored(response: Response) -> Response:
    # A shared cache keeps answers to `Authorization` apart; our own header says nothing to it.
    response.headers["Cache-Control"] = "no-store"
    return response
