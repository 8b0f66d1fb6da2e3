"""What the API adds to a request. The limits are for gross regressions."""

from contextlib import redirect_stderr
from os import devnull

from flask import Flask

from .comparing import Compare, request_to


def test_all_that_is_added_to_an_open_route(compare: Compare, plain: Flask, menu: Flask) -> None:
    """Headers, CORS, an id, a line in the log, counts, and the guard that looks at nobody."""
    with open(devnull, "w") as nowhere, redirect_stderr(nowhere):
        took = compare(request_to(menu, "/plain"), plain=request_to(plain, "/"))
    assert took["part"] / took["plain"] < 2


def test_the_menu(compare: Compare, plain: Flask, menu: Flask) -> None:
    """One statement of SQL, and a page that is kept."""
    with open(devnull, "w") as nowhere, redirect_stderr(nowhere):
        took = compare(request_to(menu, "/items"), plain=request_to(plain, "/"))
    assert took["part"] / took["plain"] < 4
