"""`.env.example`: every setting, with its default."""

import re

import config
from app.authz.reading import DEFAULTS

from .conftest import ROOT

WRITTEN = re.findall(r"^#?([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_every_setting_is_named_once() -> None:
    known = [setting.name for setting in config.SETTINGS] + list(DEFAULTS)
    assert sorted(name for name, _ in WRITTEN) == sorted(known)


def test_the_values_are_the_defaults() -> None:
    """But for those that have none."""
    defaults = {setting.name: setting.default for setting in config.SETTINGS} | dict(DEFAULTS)
    for name, value in WRITTEN:
        assert defaults[name] in (None, value), name
