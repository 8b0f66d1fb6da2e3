"""What is told of given figures."""

from benchmarks.figures import Figures, results
from benchmarks.report import Run, page, tables


def figures(server: str, cpu: float, **changes: float) -> Figures:
    measured = {"rate": 1234.5, "database_cpu": 0.0, "p50": 1.234, "p99": 5.678} | changes
    return Figures(server=server, scenario="write", cpu=cpu, memory=99_600_000, **measured)


MEASURED = [
    figures("menu-gunicorn-sqlite", 0.9),
    figures("express", 0.31, p50=9.9),
    figures("express", 0.25),
    figures("menu-gunicorn-sqlite", 0.5),
    figures("menu-gunicorn-postgresql", 1.25, database_cpu=0.125),
]


def test_the_round_with_the_least_cpu_is_told_with_the_worst_beside_it() -> None:
    text = tables(results(MEASURED))
    assert "| Menu API, gunicorn, SQLite | 1,234 | 0.500 | 0.900 |  | 1.23 | 5.68 | 100 |" in text
    assert "| Express, express-oauth2-jwt-bearer | 1,234 | 0.250 | 0.310 |  | 1.23 |" in text
    assert "| Menu API, gunicorn, PostgreSQL | 1,234 | 1.25 | 1.25 | 0.125 | 1.23 |" in text


def test_ratios_are_ours_over_the_peers() -> None:
    text = tables(results(MEASURED))
    assert "|  | gunicorn, SQLite | gunicorn, PostgreSQL |" in text
    assert "| Express, express-oauth2-jwt-bearer | 2.00 | 5.00 |" in text


def test_without_a_peer_there_are_no_ratios() -> None:
    assert "multiple" not in tables(results(MEASURED[:1]))


def test_the_page_says_how_and_where_it_was_measured() -> None:
    run = Run("2026-11-22", 3, 1.5, {"CPU": "Abacus"}, {"The Menu API": {"flask": "3.1.3"}})
    text = page(run, results(MEASURED), parts="| a part |", disturbances="| a flood |")
    assert "in 3 rounds of 1.5 seconds" in text
    assert "| Date | 2026-11-22 |\n| CPU | Abacus |" in text
    assert "The Menu API: flask 3.1.3." in text
    assert "\n\n| a part |\n\n" in text
    assert "\n\n| a flood |\n\n" in text
    assert "$" not in text
