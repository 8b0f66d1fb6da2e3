"""The page that teaches the guard layer with the example."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "records"
PAGE = (FOLDER / "README.md").read_text()

SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SOURCES = [path.read_text() for path in FOLDER.glob("*.py")]


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.split("\n")[0])
def test_code_on_the_page_is_in_the_example(snippet: str) -> None:
    """It is shown word for word."""
    assert any(snippet in source for source in SOURCES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda path: path.name)
def test_page_names_every_file(path: Path) -> None:
    """Each has its line in the table."""
    assert f"`{path.name}`" in PAGE
