"""The style sheet and the icon of the pages, and where their templates lie."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

#: Seconds that a browser goes by what it has.
_MAX_AGE = 60


def page_files() -> Blueprint:
    """Make the routes."""
    files = Blueprint("page_files", __name__, template_folder="templates")
    folder = Path(__file__).parent / "assets"

    @files.get("/u/assets/<any('tenant.css', 'tenant.svg'):name>")
    def asset(name: str) -> Response:
        """Serve a file."""
        return send_from_directory(folder, name, max_age=_MAX_AGE)

    return files
