"""The table of servers."""

import pytest

from benchmarks.servers import SERVERS, Server, chosen


def server(name: str) -> Server:
    return next(each for each in SERVERS if each.name == name)


def test_names_and_how_they_begin_choose_servers() -> None:
    names = [each.name for each in chosen("express, menu-granian")]
    assert names == ["menu-granian-sqlite", "menu-granian-postgresql", "express"]
    assert chosen("") == SERVERS


def test_a_name_that_no_server_has_is_refused_with_those_they_have() -> None:
    with pytest.raises(ValueError, match=r"named django: choose of menu-gunicorn-sqlite, "):
        chosen("express,django")


def test_granian_runs_as_the_documentation_says_with_one_worker() -> None:
    command = server("menu-granian-sqlite").with_port(7070)
    assert command[1:5] == ["-m", "granian", "--interface", "wsgi"]
    assert command[-5:] == ["--workers", "1", "--port", "7070", "wsgi:app"]


def test_gunicorn_runs_as_it_is_shipped_with_one_worker() -> None:
    found = server("menu-gunicorn-postgresql")
    assert found.with_port(7070)[1:] == ["-m", "gunicorn", "--bind", "127.0.0.1:7070", "wsgi:app"]
    assert dict(found.environ) == {"WEB_CONCURRENCY": "1"}
