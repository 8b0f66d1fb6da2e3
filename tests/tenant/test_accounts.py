"""Accounts that people make for themselves."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.tenant.accounts import MOST_ACCOUNTS, AccountError, Accounts
from app.tenant.users import USERS, User


@pytest.fixture
def accounts() -> Accounts:
    """Those that there are at first."""
    return Accounts()


def test_at_first_there_are_two(accounts: Accounts) -> None:
    assert accounts.all() == list(USERS.values())
    assert accounts.get("auth0|admin") == USERS["admin"]
    assert accounts.get("auth0|nobody") is None


def test_a_new_account_may_do_nothing(accounts: Accounts) -> None:
    user = accounts.sign_up(" Ann  Lee ", " Ann.Lee@Example.com ")
    assert (user.name, user.email, user.nickname) == ("Ann Lee", "ann.lee@example.com", "ann.lee")
    assert (user.roles, user.permissions) == ((), ())
    assert accounts.get(user.subject) == user
    assert accounts.all()[-1] == user
    assert user.label == "ann.lee@example.com"


def test_a_name_may_be_of_any_script(accounts: Accounts) -> None:
    """And hold what is special to HTML: the page knows how to show it."""
    for number, name in enumerate(["\u0410\u043d\u043d\u0430", "\u674e", "O'Brien", "<b>&amp;"]):
        assert accounts.sign_up(name, f"a{number}@example.com").name == name


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 101, "a\x00", "a\x1b[31m", "a\u202eb", "\ud800", "a\u2060b", "\u200b"]
)
def test_what_cannot_be_shown_is_no_name(accounts: Accounts, name: str) -> None:
    """Control characters, lone surrogates, marks that turn text around."""
    with pytest.raises(AccountError) as caught:
        accounts.sign_up(name, "a@example.com")
    assert caught.value.field == "name"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@@example.com",
        "ann@exa mple.com",
        "ann@exam\nple.com",
        "ann@.com",
        "\u00e9@example.com",
        "<b>@example.com",
        '"ann"@example.com',
        "a\x00@example.com",
        "a" * 251 + "@b.c",
    ],
)
def test_what_browsers_do_not_take_is_no_address(accounts: Accounts, email: str) -> None:
    with pytest.raises(AccountError) as caught:
        accounts.sign_up("Ann", email)
    assert caught.value.field == "email"


@pytest.mark.parametrize("email", ["admin@example.com", "DINER@example.com"])
def test_an_address_is_one_accounts(accounts: Accounts, email: str) -> None:
    """Nobody gets the role of the admin by signing up with that address."""
    with pytest.raises(AccountError, match="There is an account"):
        accounts.sign_up("Eve", email)


def test_of_many_who_want_an_address_at_once_one_gets_it(accounts: Accounts) -> None:
    def sign_up(number: int) -> User | None:
        try:
            return accounts.sign_up(f"Ann {number}", "ann@example.com")
        except AccountError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [user for user in pool.map(sign_up, range(50)) if user]
    assert len(made) == 1


def test_there_is_room_for_a_hundred(accounts: Accounts) -> None:
    """None is given up for another, whose tokens may be in use."""
    for number in range(MOST_ACCOUNTS):
        accounts.sign_up("Ann", f"a{number}@example.com")
    with pytest.raises(AccountError, match="no room"):
        accounts.sign_up("Ann", "ann@example.com")
