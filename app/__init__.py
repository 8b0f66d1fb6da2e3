"""The Menu API."""

import logging
from collections.abc import Mapping

from flask import Flask

import config
from app import (
    cors,
    errors,
    extensions,
    headers,
    health,
    home,
    items,
    limits,
    observe,
    openapi,
)
from app.authz.reading import SettingsError
from app.authz.settings import Settings
from app.database import engine
from app.observe import exposition
from app.observe.metrics import Metrics
from app.state import shared_state
from app.tenant.cli import tenant_cli


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the API.

    :param environ: the settings; None stands for the environment and `.env`.
    :raises config.ConfigError: if they do not allow a start.
    :raises RuntimeError: if a route is not guarded as it should be.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(_settings(config.environment() if environ is None else environ))
    app.url_map.strict_slashes = False
    # Else a path with two slashes is redirected, to whatever Host the caller has sent.
    app.url_map.merge_slashes = False
    # The line that says why a request was refused is for every operator, not for debugging.
    app.logger.setLevel(logging.INFO)
    headers.init_app(app)
    engine.init_app(app)
    extensions.alembic.init_app(app)
    cors.init_app(app)
    state, metrics = shared_state(app), Metrics()
    extensions.authz.init_app(app, state=state, observer=metrics)
    limits.init_app(app)
    errors.init_app(app)
    app.register_blueprint(home.bp)
    items.init_app(app)
    health.init_app(app, state)
    observe.init_app(app, metrics)
    exposition.init_app(app, metrics)
    app.cli.add_command(tenant_cli)
    openapi.init_app(app)
    extensions.authz.check(app)
    return app


def _settings(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the app's config, or stop with all problems at once, the guard layer's among them."""
    values, problems = config.load(environ)
    try:
        Settings.from_config(values)
    except SettingsError as error:
        problems += error.problems
    if problems:
        raise config.ConfigError(problems)
    return values
