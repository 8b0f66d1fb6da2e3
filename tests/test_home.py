"""The front door."""

from flask.testing import FlaskClient


def test_home_says_where_menu_and_docs_are(client: FlaskClient) -> None:
    """A person who opens the address of the server learns what it is."""
    answer = client.get("/")
    assert answer.status_code == 200
    home = answer.json or {}
    assert home["menu"] == "/items"
    assert home["docs"]
