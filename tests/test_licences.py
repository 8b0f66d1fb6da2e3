"""The licences of what the API and the dashboard are shipped with."""

import json
import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"

#: Each allows to ship the package unchanged beside code of any licence. LGPL and MPL ask that
#: changes to the package itself be published.
ALLOWED = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "LGPL-3.0-only", "MIT", "MIT-0"),
    *("MPL-2.0", "PSF-2.0", "ZPL-2.1", "BSD License", "MIT License"),
}

#: What the built page holds of others. Each asks that its text go along, which the build sees to
#: (`dashboard/vite/licences.ts`); OFL is of fonts, which may not be sold by themselves.
ALLOWED_IN_PAGE = {"Apache-2.0", "MIT", "OFL-1.1"}


def licences(package: PackageMetadata) -> set[str]:
    """Return the licences that a package names, in one of three ways."""
    written = package.get_all("License-Expression") or package.get_all("License")
    if written:
        return set(re.split(r" (?:AND|OR) ", written[0]))
    named = package.get_all("Classifier") or []
    return {each.rpartition(" :: ")[2] for each in named if each.startswith("License ::")}


def test_every_licence_is_one_that_was_looked_at() -> None:
    found = {}
    for name in re.findall(r"^([a-z0-9-]+)==", LOCK.read_text(), re.MULTILINE):
        try:
            found[name] = licences(metadata(name))
        except PackageNotFoundError:
            assert name in ("async-timeout", "colorama", "tzdata"), name  # for other systems
    assert {name: each for name, each in found.items() if not each or each - ALLOWED} == {}


def test_every_licence_in_the_page_is_one_that_was_looked_at() -> None:
    packages = json.loads((ROOT / "dashboard" / "package-lock.json").read_text())["packages"]
    found = {
        name: package.get("license")
        for name, package in packages.items()
        if name and not package.get("dev")
    }
    assert "node_modules/preact" in found
    assert {name: each for name, each in found.items() if each not in ALLOWED_IN_PAGE} == {}
