"""The commands: tokens, rotation, and what they refuse."""

import json

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from joserfc import jwt
from joserfc.jwk import KeySet

from app.tenant.keys import KeyFile

from .running import AUDIENCE

PERMISSIONS = ["create:items", "update:items", "delete:items"]


@pytest.fixture
def keys(full_key_file: KeyFile) -> KeyFile:
    """The key file that the commands use."""
    return full_key_file


def claims(keys: KeyFile, result: Result) -> dict[str, object]:
    """Return the claims of the one token on standard output, verified."""
    assert result.exit_code == 0, result.stderr
    (token,) = result.stdout.splitlines()
    public = KeySet(list(keys.load().keys))
    return jwt.decode(token, public, algorithms=["RS256"]).claims


def assert_refused(result: Result, *words: str) -> None:
    """Check that a command failed with a message for a person and printed no result."""
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert all(word in result.stderr for word in words)


def test_the_admins_token_carries_the_roles_permissions(cli: FlaskCliRunner, keys: KeyFile) -> None:
    """It has the shape of an Auth0 token of a user who signed in."""
    got = claims(keys, cli.invoke(args=["tenant", "token", "--as", "admin"]))
    issued_at = got.pop("iat")
    assert isinstance(issued_at, int)
    assert got == {
        "iss": "http://127.0.0.1:7001/",
        "sub": "auth0|admin",
        "aud": [AUDIENCE, "http://127.0.0.1:7001/userinfo"],
        "azp": "flask-tenant-token",
        "scope": "openid profile email",
        "permissions": PERMISSIONS,
        "exp": issued_at + 86400,
    }


def test_the_diners_token_carries_no_permissions(cli: FlaskCliRunner, keys: KeyFile) -> None:
    """The list is there, and empty."""
    got = claims(keys, cli.invoke(args=["tenant", "token", "--as", "diner"]))
    assert (got["sub"], got["permissions"]) == ("auth0|diner", [])


@pytest.mark.parametrize(
    ("options", "permissions"),
    [
        (["read:metrics"], ["read:metrics"]),
        (["a:b c:d"], ["a:b", "c:d"]),
        (["a:b, c:d,e:f"], ["a:b", "c:d", "e:f"]),
        (["a:b", "c:d"], ["a:b", "c:d"]),
        (["a:b", "a:b"], ["a:b"]),
        ([""], []),
    ],
)
def test_permissions_can_be_named(
    cli: FlaskCliRunner, keys: KeyFile, options: list[str], permissions: list[str]
) -> None:
    """With spaces, with commas, repeated; they replace the user's own."""
    named = [part for option in options for part in ("--permissions", option)]
    got = claims(keys, cli.invoke(args=["tenant", "token", "--as", "admin", *named]))
    assert got["permissions"] == permissions


@pytest.mark.parametrize("name", ['a"b', "a\\b", "caf\u00e9", "a\x00b"])
def test_a_name_that_no_permission_has_is_refused(cli: FlaskCliRunner, name: str) -> None:
    """The characters are RFC 6749's."""
    result = cli.invoke(args=["tenant", "token", "--as", "admin", "--permissions", name])
    assert_refused(result, "--permissions")


def test_permissions_are_granted_and_revoked(cli: FlaskCliRunner, keys: KeyFile) -> None:
    """The command prints what there is then, one a line; the next token carries it."""
    change = ["tenant", "permissions", "--of", "diner"]
    granted = cli.invoke(args=[*change, "--grant", "a:b, c:d", "--grant", "e:f", "--revoke", "c:d"])
    assert (granted.exit_code, granted.stdout) == (0, "a:b\ne:f\n")
    revoked = cli.invoke(args=[*change, "--revoke", "a:b"])
    assert revoked.stdout == cli.invoke(args=change).stdout == "e:f\n"
    got = claims(keys, cli.invoke(args=["tenant", "token", "--as", "diner"]))
    assert got["permissions"] == ["e:f"]
    assert cli.invoke(args=["tenant", "permissions", "--of", "admin"]).stdout.split() == PERMISSIONS


@pytest.mark.parametrize("option", ["--grant", "--revoke"])
def test_a_name_that_no_permission_has_changes_nothing(cli: FlaskCliRunner, option: str) -> None:
    args = ["tenant", "permissions", "--of", "admin", option, "a:b caf\u00e9"]
    assert_refused(cli.invoke(args=args), option)
    assert cli.invoke(args=args[:4]).stdout.split() == PERMISSIONS


@pytest.mark.parametrize("command", ["permissions --of admin", "token --as admin"])
def test_a_corrupt_permission_file_is_named(
    cli: FlaskCliRunner, keys: KeyFile, command: str
) -> None:
    path = keys.path.with_name("tenant-permissions.json")
    path.write_text("{")
    assert_refused(cli.invoke(args=["tenant", *command.split()]), str(path), "delete it")


@pytest.mark.parametrize("seconds", [60, 0, -60])
def test_the_lifetime_can_be_chosen(cli: FlaskCliRunner, keys: KeyFile, seconds: int) -> None:
    """Also one that has ended, to see what the API says."""
    args = ["tenant", "token", "--as", "admin", "--expires-in", str(seconds)]
    got = claims(keys, cli.invoke(args=args))
    assert got["exp"] == got["iat"] + seconds  # type: ignore[operator]


def test_json_is_the_answer_of_a_token_endpoint(cli: FlaskCliRunner) -> None:
    """One object, and nothing else on standard output."""
    result = cli.invoke(args=["tenant", "token", "--as", "diner", "--json", "--expires-in", "5"])
    answer = json.loads(result.stdout)
    assert answer.pop("access_token").count(".") == 2
    assert answer == {"token_type": "Bearer", "expires_in": 5}


def test_a_token_needs_no_running_tenant_but_is_its_token(
    cli: FlaskCliRunner, keys: KeyFile
) -> None:
    """The key on disk signs it, before and after a rotation."""
    first = cli.invoke(args=["tenant", "token", "--as", "admin"])
    rotated = cli.invoke(args=["tenant", "rotate"]).stdout.strip()
    second = cli.invoke(args=["tenant", "token", "--as", "admin"])
    assert claims(keys, first)["sub"] == claims(keys, second)["sub"]
    assert jwt.decode(second.stdout.strip(), keys.load().current).header["kid"] == rotated


@pytest.mark.parametrize("user", [[], ["--as", "cook"]])
def test_an_unknown_user_is_refused(cli: FlaskCliRunner, user: list[str]) -> None:
    """The message names those there are."""
    assert_refused(cli.invoke(args=["tenant", "token", *user]), "admin", "diner")


def test_no_token_is_made_for_an_issuer_elsewhere(api: Flask, cli: FlaskCliRunner) -> None:
    """Only the issuer's own key could sign it."""
    api.config["AUTH0_ISSUER_URL"] = "https://menu.eu.auth0.com/"
    assert_refused(cli.invoke(args=["tenant", "token", "--as", "admin"]), "AUTH0_ISSUER_URL")


def test_a_missing_audience_is_named(api: Flask, cli: FlaskCliRunner) -> None:
    """Auth0 makes no token for no API either."""
    del api.config["AUTH0_AUDIENCE"]
    assert_refused(cli.invoke(args=["tenant", "token", "--as", "admin"]), "AUTH0_AUDIENCE")


@pytest.mark.parametrize("command", [["run"], ["rotate"], ["token", "--as", "admin"]])
def test_a_corrupt_key_file_is_named(
    cli: FlaskCliRunner, keys: KeyFile, command: list[str]
) -> None:
    """With the cure, and without a traceback."""
    keys.path.write_text("{")
    assert_refused(cli.invoke(args=["tenant", *command]), str(keys.path), "delete it")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "menu.example.com", ""])
def test_the_tenant_runs_on_loopback_only(cli: FlaskCliRunner, host: str) -> None:
    """Whoever reaches it gets tokens."""
    result = cli.invoke(args=["tenant", "run", "--host", host, "--port", "0"])
    assert_refused(result, "loopback", "127.0.0.1")


def test_without_a_command_it_says_what_there_is(cli: FlaskCliRunner) -> None:
    """Addresses, clients with their secrets, accounts, and where to read on; on standard output."""
    result = cli.invoke(args=["tenant"])
    assert (result.exit_code, result.stderr) == (0, "")
    for text in (
        "http://127.0.0.1:7001/authorize",
        "http://127.0.0.1:7001/v2/logout",
        AUDIENCE,
        "dashboard, no secret",
        "postman, postman-development-secret",
        "admin, admin@example.com, menu-admin (create:items update:items delete:items)",
        "diner, diner@example.com, no role (no permissions)",
        "flask tenant --help",
    ):
        assert text in result.stdout


def test_as_json_it_is_one_object(api: Flask, cli: FlaskCliRunner) -> None:
    """With the permissions that users have now, and the port that is set."""
    api.config["TENANT_PORT"] = 7071
    cli.invoke(args=["tenant", "permissions", "--of", "diner", "--grant", "a:b"])
    there_is = json.loads(cli.invoke(args=["tenant", "--json"]).stdout)
    assert there_is["issuer"] == "http://127.0.0.1:7071/"
    assert there_is["addresses"]["tokens"] == "http://127.0.0.1:7071/oauth/token"
    secrets = {client["client_id"]: client["client_secret"] for client in there_is["clients"]}
    assert secrets["dashboard"] is None
    assert secrets["postman"] == "postman-development-secret"
    assert [account["permissions"] for account in there_is["accounts"]] == [PERMISSIONS, ["a:b"]]


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("AUTH0_ISSUER_URL", "https://menu.eu.auth0.com/", "https://menu.eu.auth0.com/"),
        (
            "AUTH0_ISSUER_URL",
            "http://127.0.0.1:7001/, https://menu.eu.auth0.com/",
            "https://menu.eu.auth0.com/",
        ),
        ("AUTH0_ISSUER_URL", "http://127.0.0.1.example.com/", "http://127.0.0.1.example.com/"),
        ("AUTH0_ISSUER_URL", "http://[::1/", "http://[::1/"),
        ("AUTH0_DOMAIN", "menu.eu.auth0.com", "menu.eu.auth0.com"),
        ("CORS_ORIGINS", ("https://menu.example.com",), "https://menu.example.com"),
        (
            "CORS_ORIGINS",
            ("http://127.0.0.1:5173", "http://192.168.0.1"),
            "http://192.168.0.1",
        ),
    ],
)
def test_it_does_not_run_beside_what_is_not_here(
    api: Flask,
    cli: FlaskCliRunner,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: object,
    named: str,
) -> None:
    """Anybody's tokens would open more than this machine; the message says what to change."""
    # If it ran, it would wait for a signal.
    for name in ("hold_stop_signals", "wait_for_stop"):
        monkeypatch.setattr(f"app.tenant.cli.{name}", lambda: None)
    api.config[setting] = value
    assert_refused(cli.invoke(args=["tenant", "run", "--port", "0"]), setting, named)
