"""Conditional requests."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Bearer

#: Values of `If-Match` that name no version of an item, made from its tag.
MISMATCHES = ['"other"', "W/{tag}", "", ",", '"', '"other", W/{tag}']


def change(client: FlaskClient, method: str, body: object, headers: dict[str, str]) -> TestResponse:
    """Send a PUT or DELETE of the item 1."""
    return client.open("/items/1", method=method, json={"item": body}, headers=headers)


@pytest.mark.parametrize("path", ["/items", "/items/1", "/items?limit=1"])
def test_answer_has_a_strong_tag_and_is_to_be_revalidated(client: FlaskClient, path: str) -> None:
    """A cache may keep it, and asks before it uses it."""
    headers = client.get(path).headers
    assert headers["ETag"].startswith('"')
    assert headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", "*", '"other", {tag}'])
@pytest.mark.parametrize("path", ["/items", "/items/1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_known_version_is_304(client: FlaskClient, method: str, path: str, form: str) -> None:
    """`If-None-Match` compares weakly (RFC 9110, section 13.1.2)."""
    tag = client.get(path).headers["ETag"]
    answer = client.open(path, method=method, headers={"If-None-Match": form.format(tag=tag)})
    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == "public, no-cache"


def test_304_keeps_the_link_to_the_next_page(client: FlaskClient) -> None:
    """What follows a page may change while the page does not."""
    tag = client.get("/items?limit=1").headers["ETag"]
    answer = client.get("/items?limit=1", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert "Link" in answer.headers


@pytest.mark.parametrize("value", ['"other"', "", '"'])
def test_other_version_is_sent_whole(client: FlaskClient, value: str) -> None:
    """A tag that is not the current one costs a full answer."""
    assert client.get("/items/1", headers={"If-None-Match": value}).status_code == 200


def test_change_makes_new_tags(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """The tags of the item and of the menu with it both change."""
    before = [client.get(path).headers["ETag"] for path in ("/items", "/items/1", "/items/2")]
    change(client, "PUT", soup, bearer("update:items"))
    after = [client.get(path).headers["ETag"] for path in ("/items", "/items/1", "/items/2")]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]


@pytest.mark.parametrize("form", ["{tag}", "*", '"other", {tag}'])
@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("DELETE", 204)])
def test_if_match_lets_the_current_version_be_changed(
    client: FlaskClient,
    bearer: Bearer,
    soup: dict[str, object],
    method: str,
    status: int,
    form: str,
) -> None:
    """The caller changes what it has seen."""
    tag = client.get("/items/1").headers["ETag"]
    headers = bearer("update:items", "delete:items") | {"If-Match": form.format(tag=tag)}
    assert change(client, method, soup, headers).status_code == status


@pytest.mark.parametrize("form", MISMATCHES)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_if_match_of_another_version_is_412(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], method: str, form: str
) -> None:
    """`If-Match` compares strongly, and one that names nothing matches nothing."""
    before = client.get("/items/1")
    condition = form.format(tag=before.headers["ETag"])
    headers = bearer("update:items", "delete:items") | {"If-Match": condition}
    answer = change(client, method, soup, headers)
    assert answer.status_code == 412
    assert (answer.json or {})["code"] == "precondition_failed"
    assert client.get("/items/1").data == before.data


def test_second_of_two_changes_from_one_version_is_412(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """The tag of the first answer lets its caller go on."""
    tag = client.get("/items/1").headers["ETag"]
    headers = bearer("update:items") | {"If-Match": tag}
    first = change(client, "PUT", soup, headers)
    assert first.status_code == 200
    assert change(client, "PUT", {**soup, "name": "Stew"}, headers).status_code == 412
    headers["If-Match"] = first.headers["ETag"]
    assert change(client, "PUT", {**soup, "name": "Stew"}, headers).status_code == 200


def test_condition_holds_where_the_body_names_the_item(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """The compared version is the item's, not the menu's."""
    tag = client.get("/items/1").headers["ETag"]
    sent = {"item": {"id": 1, **soup}}
    headers = bearer("update:items") | {"If-Match": tag}
    assert client.put("/items", json=sent, headers=headers).status_code == 200
    assert client.put("/items", json=sent, headers=headers).status_code == 412


@pytest.mark.parametrize("condition", ["*", '"x"'])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_condition_on_a_missing_item_is_404(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], method: str, condition: str
) -> None:
    """That the item is gone says more than that its version is another."""
    headers = bearer("update:items", "delete:items") | {"If-Match": condition}
    answer = client.open("/items/99", method=method, json={"item": soup}, headers=headers)
    assert answer.status_code == 404


def test_invalid_item_is_422_whatever_the_condition(client: FlaskClient, bearer: Bearer) -> None:
    """Conditions are judged last (RFC 9110, section 13.2.1)."""
    headers = bearer("update:items") | {"If-Match": '"other"'}
    assert change(client, "PUT", {}, headers).status_code == 422


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_if_none_match_of_the_current_version_stops_a_change(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], method: str
) -> None:
    """For a method that changes, it is 412 rather than 304."""
    headers = bearer("update:items", "delete:items") | {"If-None-Match": "*"}
    assert change(client, method, soup, headers).status_code == 412


def test_if_match_is_judged_before_if_none_match(client: FlaskClient) -> None:
    """The order is that of RFC 9110, section 13.2.2."""
    tag = client.get("/items/1").headers["ETag"]
    both = {"If-Match": tag, "If-None-Match": tag}
    assert client.get("/items/1", headers=both).status_code == 304
    other = {"If-Match": '"other"', "If-None-Match": tag}
    assert client.get("/items/1", headers=other).status_code == 412
