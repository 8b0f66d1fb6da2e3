"""What `make serve` decides to serve."""

from local.plan import make_plan

TENANT = "http://127.0.0.1:7001/"
OTHER = "https://other.example/"


def test_a_person_can_sign_in_on_the_docs_page_at_the_local_tenant() -> None:
    assert make_plan({}).environ["DOCS_CLIENT_ID"] == "dashboard"


def test_another_client_for_the_docs_page_stays() -> None:
    given = {"AUTH0_ISSUER_URL": TENANT, "DOCS_CLIENT_ID": "docs"}
    assert make_plan(given).environ["DOCS_CLIENT_ID"] == "docs"


def test_another_issuer_is_not_told_a_client_that_it_does_not_know() -> None:
    assert "DOCS_CLIENT_ID" not in make_plan({"AUTH0_ISSUER_URL": OTHER}).environ
