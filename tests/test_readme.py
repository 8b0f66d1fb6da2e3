"""What the README says of settings, against the code."""

import re
from pathlib import Path

import config
from app.authz.reading import DEFAULTS

README = (Path(__file__).parents[1] / "README.md").read_text()

#: Names of the first column of the settings' table, with the second.
ROWS = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", README.split("## Settings")[1], re.MULTILINE)


def written() -> dict[str, str]:
    """Return the defaults that the table states, by name."""
    found = {}
    for names, defaults in ROWS:
        values = re.findall(r"`(.*?)`", defaults) or [""]
        for position, name in enumerate(re.findall(r"`(.*?)`", names)):
            found[name] = values[min(position, len(values) - 1)]
    return found


def test_the_table_has_every_setting_with_its_default() -> None:
    """`AUTH0_DOMAIN` stands beside the setting whose place it takes."""
    defaults = {name: value or "" for name, value in DEFAULTS.items() if name != "AUTH0_DOMAIN"}
    defaults |= {setting.name: setting.default for setting in config.SETTINGS}
    assert written() == defaults
