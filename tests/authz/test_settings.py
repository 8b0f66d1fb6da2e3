"""Settings are read once, and every problem is told at once."""

from typing import Any

import pytest

from app.authz.reading import DEFAULTS, SettingsError
from app.authz.settings import Settings

GOOD = {"AUTH0_ISSUER_URL": "https://tenant.test/", "AUTH0_AUDIENCE": "https://menu-api.test"}


def problems(**config: Any) -> list[str]:
    """Return what is wrong with a config."""
    try:
        Settings.from_config(config)
    except SettingsError as error:
        return error.problems
    return []


def test_an_issuer_and_an_audience_are_enough() -> None:
    settings = Settings.from_config(GOOD)
    (issuer,) = settings.issuers
    assert issuer.url == "https://tenant.test/"
    assert issuer.audiences == {"https://menu-api.test"}
    assert issuer.algorithms == {"RS256"}
    assert (settings.leeway, settings.keys_fresh, settings.keys_stale) == (10, 600, 86_400)
    assert (settings.keys_timeout, settings.permissions_claim) == (3, "permissions")


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        AUTH0_ISSUER_URL="http://tenant.test/", AUTHZ_LEEWAY="long", AUTHZ_LEEWAI="1", OTHER="x"
    )
    assert [text.split()[0] for text in found] == [
        "AUTH0_ISSUER_URL",
        "AUTH0_AUDIENCE",
        "AUTHZ_LEEWAY",
        "AUTHZ_LEEWAI",
    ]
    assert "did you mean AUTHZ_LEEWAY?" in found[-1]


@pytest.mark.parametrize(
    "url",
    [
        "http://tenant.test/",
        "http://127.0.0.1.tenant.test/",
        "tenant.test",
        "https://",
        "https://tenant.test/?a=b",
        "https://tenant.test/#a",
        "https://user:secret@tenant.test/",
        "file:///etc/passwd",
        "https://tenant .test/",
        "https://tenant.test/\r\nx",
        "https://tenänt.test/",
        "https://tenant.test/,http://other.test/",
        "https://tenant.test/,https://tenant.test",
    ],
)
def test_an_unsafe_issuer_is_refused(url: str) -> None:
    (problem,) = problems(**GOOD | {"AUTH0_ISSUER_URL": url})
    assert problem.startswith("AUTH0_ISSUER_URL")
    assert "https" in problem
    assert "secret" not in problem


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_plain_http_is_for_this_machine(host: str) -> None:
    assert problems(**GOOD | {"AUTH0_ISSUER_URL": f"http://{host}:7001/"}) == []


def test_several_issuers_and_audiences_are_lists() -> None:
    """Written with commas in the environment, or as a list in Python."""
    text = Settings.from_config(
        {"AUTH0_ISSUER_URL": "https://a.test/, https://b.test/", "AUTH0_AUDIENCE": "one,two"}
    )
    python = Settings.from_config(
        {
            "AUTH0_ISSUER_URL": ["https://a.test/", "https://b.test/"],
            "AUTH0_AUDIENCE": ["one", "two"],
        }
    )
    assert text == python
    assert [issuer.url for issuer in text.issuers] == ["https://a.test/", "https://b.test/"]


def test_a_domain_stands_for_its_address() -> None:
    config = {"AUTH0_DOMAIN": "tenant.eu.auth0.com", "AUTH0_AUDIENCE": "menu"}
    assert Settings.from_config(config).issuers[0].url == "https://tenant.eu.auth0.com/"
    config["AUTH0_ISSUER_URL"] = "https://login.test/"
    assert Settings.from_config(config).issuers[0].url == "https://login.test/"


@pytest.mark.parametrize("domain", ["https://tenant.test/", "tenant test", "a@b", "a/b", "a:99999"])
def test_a_domain_is_a_host_name(domain: str) -> None:
    (problem,) = problems(AUTH0_DOMAIN=domain, AUTH0_AUDIENCE="menu")
    assert problem.startswith("AUTH0_DOMAIN")


@pytest.mark.parametrize("value", ["none", "HS256", "RS256,HS256", "rs256", ",", ["none"], 1])
def test_only_asymmetric_algorithms_are_allowed(value: Any) -> None:
    (problem,) = problems(**GOOD, AUTHZ_ALGORITHMS=value)
    assert problem.startswith("AUTHZ_ALGORITHMS")


@pytest.mark.parametrize("value", ["", " ", ",", " , ", [], None])
def test_no_audience_is_no_start(value: Any) -> None:
    """An empty expectation would accept every token of the issuer."""
    (problem,) = problems(**GOOD | {"AUTH0_AUDIENCE": value})
    assert problem.startswith("AUTH0_AUDIENCE")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHZ_LEEWAY", "-1"),
        ("AUTHZ_LEEWAY", "nan"),
        ("AUTHZ_LEEWAY", "inf"),
        ("AUTHZ_LEEWAY", "301"),
        ("AUTHZ_KEYS_FRESH", "0"),
        ("AUTHZ_KEYS_STALE", "x"),
        ("AUTHZ_KEYS_TIMEOUT", "0"),
        ("AUTHZ_REALM", 'a"b'),
        ("AUTHZ_REALM", "a\nb"),
        ("AUTHZ_PERMISSIONS_CLAIM", 1),
        ("AUTHZ_PERMISSIONS_CLAIM", ".."),
        ("AUTHZ_PERMISSIONS_CLAIM", "a..b"),
        ("AUTHZ_DPOP_NONCE", b"n" * 32),
        ("AUTHZ_DPOP_NONCE", "n" * 31),
        ("AUTHZ_RESOURCE", "https://menu.test/<name>"),
        ("AUTHZ_RESOURCE", "https://menu.test/%3Cname%3E"),
    ],
)
def test_a_value_out_of_bounds_is_refused(name: str, value: Any) -> None:
    (problem,) = problems(**GOOD, **{name: value})
    assert problem.startswith(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AUTHZ_LEEWAI", "AUTHZ_LEEWAY"),
        ("AUTH0_CLIENT_SECRT", "AUTH0_CLIENT_SECRET"),
        ("PROXY_HOP", "PROXY_HOPS"),
        ("PUBLIC_URLS", "PUBLIC_URL"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
    ],
)
def test_a_misspelt_name_is_refused(name: str, meant: str) -> None:
    """What it was to protect would not be."""
    assert problems(**GOOD, **{name: "x"}) == [f"{name} is not a setting: did you mean {meant}?"]


def test_a_misspelt_name_beside_the_right_one_is_somebody_elses() -> None:
    given = {"PUBLIC_URL": "https://menu.test", "PUBLIC_URLS": "x", "AUTH0_DEBUG": "1", "HOPS": "1"}
    assert problems(**GOOD | given) == []


def test_an_empty_value_is_the_default() -> None:
    """A line `AUTHZ_LEEWAY=` in a file means that nobody has chosen."""
    empty = {name: "" for name in DEFAULTS if name not in GOOD}
    assert Settings.from_config(GOOD | empty) == Settings.from_config(GOOD)


CLIENT = {"AUTH0_CLIENT_ID": "menu-api", "AUTH0_CLIENT_SECRET": "s3cr3t"}
ENDPOINT = {"AUTHZ_INTROSPECTION_URL": "https://tenant.test/introspect"}
SEVERAL = {"AUTH0_ISSUER_URL": "https://a.test/,https://b.test/"}


def test_a_client_is_enough_to_ask_one_issuer_for_opaque_tokens() -> None:
    settings = Settings.from_config(GOOD | CLIENT)
    assert (settings.client_id, settings.client_secret) == ("menu-api", "s3cr3t")
    assert settings.introspection_url is None
    assert "s3cr3t" not in repr(settings)


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        ({"AUTH0_CLIENT_ID": "menu-api"}, ["AUTH0_CLIENT_SECRET"]),
        ({"AUTH0_CLIENT_SECRET": "s3cr3t"}, ["AUTH0_CLIENT_ID"]),
        (ENDPOINT, ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"]),
        (CLIENT | SEVERAL, ["AUTHZ_INTROSPECTION_URL"]),
        (CLIENT | ENDPOINT | SEVERAL, []),
        (CLIENT | ENDPOINT, []),
    ],
)
def test_what_is_missing_to_ask_for_opaque_tokens_is_told(
    config: dict[str, str], missing: list[str]
) -> None:
    found = problems(**GOOD | config)
    assert [text.split()[0] for text in found] == missing
    assert not any("s3cr3t" in text for text in found)


def test_issuers_that_the_app_finds_may_be_several() -> None:
    """Whose an opaque token is then only one endpoint for all can tell."""
    for config in (GOOD | CLIENT, CLIENT):
        with pytest.raises(SettingsError, match="AUTHZ_INTROSPECTION_URL is missing"):
            Settings.from_config(config, issuer_needed=False, finds_issuers=True)
        Settings.from_config(config | ENDPOINT, issuer_needed=False, finds_issuers=True)


def test_a_client_for_the_management_api_alone_needs_no_endpoint() -> None:
    config = GOOD | SEVERAL | CLIENT | {"AUTHZ_PERMISSIONS_SOURCE": "management"}
    assert not any("AUTHZ_INTROSPECTION_URL" in text for text in problems(**config))


@pytest.mark.parametrize(
    "url",
    [
        "http://tenant.test/introspect",
        "tenant.test",
        "https://user:s3cr3t@tenant.test/",
        "https://tenant.test/#a",
        "file:///etc/passwd",
    ],
)
def test_an_unsafe_endpoint_is_refused(url: str) -> None:
    """The client's secret goes there."""
    (problem,) = problems(**GOOD | CLIENT | {"AUTHZ_INTROSPECTION_URL": url})
    assert problem.startswith("AUTHZ_INTROSPECTION_URL")
    assert "s3cr3t" not in problem


@pytest.mark.parametrize("name", ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"])
def test_a_client_is_a_text(name: str) -> None:
    (problem,) = problems(**GOOD | CLIENT | {name: 7})
    assert problem.startswith(name)


MANAGEMENT = GOOD | {
    "AUTHZ_PERMISSIONS_SOURCE": "management",
    "AUTH0_CLIENT_ID": "our-api",
    "AUTH0_CLIENT_SECRET": "s3cret",
}


def test_permissions_come_from_the_claim_unless_said_otherwise() -> None:
    settings = Settings.from_config(GOOD)
    assert (settings.permissions_source, settings.management_url) == ("claim", None)


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://tenant.test"),
        ({"AUTHZ_MANAGEMENT_URL": "https://t.eu.auth0.com/"}, "https://t.eu.auth0.com"),
        ({"AUTHZ_MANAGEMENT_URL": "http://127.0.0.1:7001"}, "http://127.0.0.1:7001"),
        (
            {
                "AUTH0_ISSUER_URL": "https://login.test/,https://t.eu.auth0.com/",
                "AUTHZ_MANAGEMENT_URL": "https://t.eu.auth0.com",
            },
            "https://t.eu.auth0.com",
        ),
    ],
)
def test_the_management_api_is_the_issuers_or_the_one_that_is_named(
    changes: dict[str, str], url: str
) -> None:
    settings = Settings.from_config(MANAGEMENT | changes)
    assert (settings.permissions_source, settings.management_url) == ("management", url)
    assert (settings.client_id, settings.client_secret) == ("our-api", "s3cret")
    assert settings.permissions_cache_seconds == 5


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(Settings.from_config(MANAGEMENT))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"AUTHZ_PERMISSIONS_SOURCE": "Management"}, "AUTHZ_PERMISSIONS_SOURCE"),
        ({"AUTHZ_PERMISSIONS_SOURCE": ["claim"]}, "AUTHZ_PERMISSIONS_SOURCE"),
        ({"AUTH0_CLIENT_ID": ""}, "AUTH0_CLIENT_ID"),
        ({"AUTH0_CLIENT_ID": 1}, "AUTH0_CLIENT_ID"),
        ({"AUTH0_CLIENT_SECRET": " "}, "AUTH0_CLIENT_SECRET"),
        ({"AUTH0_ISSUER_URL": "https://a.test/,https://b.test/"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTH0_ISSUER_URL": "https://a.test/realms/b"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_MANAGEMENT_URL": "http://t.eu.auth0.com/"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_MANAGEMENT_URL": "https://t.eu.auth0.com/api/v2/"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_MANAGEMENT_URL": "https://t.eu.auth0.com/?a=b"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_MANAGEMENT_URL": "https://u:s3cret@t.eu.auth0.com"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_MANAGEMENT_URL": "t.eu.auth0.com"}, "AUTHZ_MANAGEMENT_URL"),
        ({"AUTHZ_PERMISSIONS_CACHE_SECONDS": "0"}, "AUTHZ_PERMISSIONS_CACHE_SECONDS"),
        ({"AUTHZ_PERMISSIONS_CACHE_SECONDS": "61"}, "AUTHZ_PERMISSIONS_CACHE_SECONDS"),
    ],
)
def test_a_management_api_that_cannot_be_asked_is_no_start(
    changes: dict[str, Any], name: str
) -> None:
    (problem,) = problems(**MANAGEMENT | changes)
    assert problem.startswith(f"{name} ")
    assert "s3cret" not in problem


def test_a_management_api_that_nobody_asks_is_no_start() -> None:
    """Whoever named it believes that changes bite at once."""
    (problem,) = problems(**GOOD, AUTHZ_MANAGEMENT_URL="https://t.eu.auth0.com/")
    assert problem.startswith("AUTHZ_MANAGEMENT_URL has no effect")
    assert "AUTHZ_PERMISSIONS_SOURCE=management" in problem


def test_issuers_that_are_found_later_say_nothing_of_the_management_api() -> None:
    config = {name: value for name, value in MANAGEMENT.items() if name not in GOOD}
    with pytest.raises(SettingsError, match=r"^AUTHZ_MANAGEMENT_URL is missing"):
        Settings.from_config(config, issuer_needed=False)
    config["AUTHZ_MANAGEMENT_URL"] = "https://t.eu.auth0.com/"
    assert Settings.from_config(config, issuer_needed=False).issuers == ()
