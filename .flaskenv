# Read by the `flask` command only, and only for names that neither the environment nor .env sets.
# `flask run` serves the API against the local tenant (`flask tenant run`).
FLASK_APP=wsgi:app
FLASK_RUN_PORT=7000
LOG_FORMAT=console
AUTH0_ISSUER_URL=http://127.0.0.1:7001/
AUTH0_AUDIENCE=https://menu-api.demo.com
