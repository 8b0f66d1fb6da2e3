"""The WSGI entry: `gunicorn wsgi:app`, `flask run`."""

import sys
from typing import Any

from app import create_app
from app.authz.route_check import RoutesError
from app.observe.requests import current_request_id
from config import ConfigError, environment, load
from serving import logs

_environ = environment()
_settings: dict[str, Any] = load(_environ)[0]
# Before anything is logged: Flask adds a handler of its own where it finds none.
logs.set_up(_settings["LOG_FORMAT"], _settings["LOG_LEVEL"], current_request_id)

try:
    app = create_app(_environ)
except (ConfigError, RoutesError) as error:
    # The message is for a person, so no traceback. Status 3 tells gunicorn not to try again.
    sys.stderr.write(f"{error}\n")
    sys.exit(3)
