"""Taking items off the menu."""

from flask.testing import FlaskClient

from tests.conftest import Bearer


def test_deleted_item_is_gone(client: FlaskClient, bearer: Bearer) -> None:
    """The answer is empty, and the rest of the menu stays."""
    answer = client.delete("/items/2", headers=bearer("delete:items"))
    assert answer.status_code == 204
    assert answer.data == b""
    assert client.get("/items/2").status_code == 404
    assert list(client.get("/items").json or {}) == ["1", "3"]


def test_missing_item_is_404(client: FlaskClient, bearer: Bearer) -> None:
    """The second of two equal requests finds nothing."""
    client.delete("/items/2", headers=bearer("delete:items"))
    assert client.delete("/items/2", headers=bearer("delete:items")).status_code == 404


def test_guard_stands_before_it(client: FlaskClient, bearer: Bearer) -> None:
    """Without the permission nothing is deleted, and nobody learns what exists."""
    headers = bearer("create:items", "update:items")
    for item_id in (2, 99):
        assert client.delete(f"/items/{item_id}").status_code == 401
        assert client.delete(f"/items/{item_id}", headers=headers).status_code == 403
    assert client.get("/items/2").status_code == 200
