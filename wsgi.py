"""The WSGI entry: `gunicorn wsgi:app`, `flask run`."""

import sys

from app import create_app
from config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    # The message is for a person, so no traceback. Status 3 tells gunicorn not to try again.
    sys.stderr.write(f"{error}\n")
    sys.exit(3)
