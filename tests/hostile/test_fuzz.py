"""The parsers under a fuzzer, for a bounded number of inputs, beginning with the corpus."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from .case import Forge
from .corpus import CORPUS
from .encodings import REWRITTEN
from .fuzz import TARGETS
from .key_sets import USELESS
from .publications import NO_KEY_SETS

pytestmark = pytest.mark.slow

RUNS = 20_000

#: Bytes of the longest seed: a fuzzer is slow with long ones.
LONGEST = 2500


def seeds(target: str, forge: Forge) -> Iterable[bytes]:
    """Return what to begin with."""
    if target == "key_set":
        good = json.dumps({"keys": [forge.key.jwk]}).encode()
        yield good
        for change in USELESS.values():
            yield json.dumps({"keys": [change(forge.key.jwk)]}).encode()
        yield from (
            change(good) for title, change in NO_KEY_SETS.items() if title != "16 megabytes"
        )
        return
    if target == "parts":
        header, claims = json.dumps(forge.header()), json.dumps(forge.claims())
        for rewrite in REWRITTEN.values():
            for pair in ((rewrite(header), claims), (header, rewrite(claims))):
                lines = [each.encode() if isinstance(each, str) else each for each in pair]
                yield b"\n".join([*lines, b"x"])
        return
    name = {"proof": "DPoP", "client_certificate": "Client-Cert"}.get(target, "Authorization")
    yield forge.client_certificate.header.encode()
    yield forge.client_certificate.escaped_pem.encode()
    for case in CORPUS:
        headers = case.headers(forge)
        if name in headers:
            yield headers[name].encode("latin-1")


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_is_an_error(target: str, forge: Forge, tmp_path: Path) -> None:
    """In a process of its own, since libFuzzer ends the one that it runs in."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for number, seed in enumerate(each for each in seeds(target, forge) if len(each) <= LONGEST):
        (folder / f"{number:04}").write_bytes(seed)
    options = [f"-runs={RUNS}", "-seed=1", "-timeout=10", f"-artifact_prefix={tmp_path}/", folder]
    fuzzer = subprocess.run(
        [sys.executable, "-m", f"{__package__}.fuzz", target, *map(str, options)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert fuzzer.returncode == 0, fuzzer.stderr[-4000:]
