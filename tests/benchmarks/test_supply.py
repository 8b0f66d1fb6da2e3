"""The tokens of a run."""

from pathlib import Path

import pytest

from app.authz.testing import TokenFactory
from benchmarks import supply
from benchmarks.load import Tokens as Lines
from benchmarks.scenarios import Tokens
from benchmarks.supply import Supply


def lines(found: Lines | None) -> list[str]:
    assert found
    return Path(found.file).read_text().splitlines()[found.start : found.end]


@pytest.fixture
def tokens_of_a_run(
    tokens: TokenFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Supply:
    """Those of two rounds, few in each."""
    monkeypatch.setattr(supply, "NEW", 20)
    monkeypatch.setattr(supply, "NEW_TO_WARM_UP", 5)
    return Supply(tokens, rounds=2, folder=tmp_path)


def test_new_tokens_are_new_in_each_warm_up_and_round(tokens_of_a_run: Supply) -> None:
    kinds = [tokens_of_a_run.of(Tokens.NEW, position) for position in (0, 1)]
    sent = [token for pair in kinds for found in pair for token in lines(found)]
    assert len(sent) == 2 * (5 + 20)
    others = [Tokens.ONE, Tokens.IN_TURN]
    sent += [token for kind in others for token in lines(tokens_of_a_run.of(kind, 0)[1])]
    assert len(set(sent)) == len(sent)


def test_only_new_tokens_are_sent_once(tokens_of_a_run: Supply) -> None:
    sent = {kind: tokens_of_a_run.of(kind, 0)[1] for kind in Tokens}
    assert {kind for kind, found in sent.items() if found and found.once} == {Tokens.NEW}
    assert {kind for kind, found in sent.items() if found is None} == {Tokens.NONE}
    assert len(lines(sent[Tokens.IN_TURN])) == 200
