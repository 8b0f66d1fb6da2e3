"""Fuzz targets, and how a fuzzer drives them: `python -m tests.hostile.fuzz TARGET [-runs=N ...]`.

Each target takes bytes and raises what it must never raise. Under atheris (libFuzzer) the inputs
follow the branches that they reach; where there is no atheris, they are mutations of the seeds.
"""

import json
import logging
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

HAS_ATHERIS = find_spec("atheris") is not None

if HAS_ATHERIS:
    import atheris

    # What is instrumented is what is imported in here for the first time.
    with atheris.instrument_imports(include=["app.authz"]):
        from app.authz import errors
        from app.authz.tokens import certificate, compact, credentials, jwks, proofs
        from app.authz.tokens.parts import encode
else:
    from app.authz import errors
    from app.authz.tokens import certificate, compact, credentials, jwks, proofs
    from app.authz.tokens.parts import encode

ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})

Target = Callable[[bytes], None]


def authorization(data: bytes) -> None:
    """The `Authorization` header, and the token in it."""
    with suppress(errors.RequestMalformed, errors.Unauthorized):
        found = credentials.read(data.decode("latin-1"), credentials.BEARER_AND_DPOP)
        if found is not None:
            credentials.check_token(found[1])
            token = compact.read(found[1], ALGORITHMS)
            # Whoever gets claims may write them down.
            json.dumps(token.unverified_claims, ensure_ascii=False).encode()
            assert token.header.alg in ALGORITHMS


def parts(data: bytes) -> None:
    """What a token and a proof hold: two texts and a signature, on a line each."""
    text = ".".join(map(encode, data.split(b"\n", 2)))
    authorization(b"Bearer " + text.encode())
    proof(text.encode())


def key_set(data: bytes) -> None:
    """A key set, as far as it is JSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(document, dict):
        try:
            found = jwks.KeySet.from_document(document, ALGORITHMS)
        except ValueError:
            return
        assert len(found.keys) + len(found.refused) == len(document["keys"])


def proof(data: bytes) -> None:
    """The `DPoP` header."""
    with suppress(errors.DpopProofInvalid):
        proofs.read([data.decode("latin-1")])


def client_certificate(data: bytes) -> None:
    """The header with the client's certificate."""
    with suppress(errors.TokenBinding):
        assert len(certificate.thumbprint_of(data.decode("latin-1"))) == 43


TARGETS: dict[str, Target] = {
    target.__name__: target for target in (authorization, parts, key_set, proof, client_certificate)
}


def mutated(seeds: list[bytes], source: random.Random) -> bytes:
    """Return a seed with a few bytes changed, cut, repeated or taken from another seed."""
    data = bytearray(source.choice(seeds))
    for _ in range(source.randint(1, 6)):
        at, length = source.randint(0, len(data)), source.randint(1, 8)
        other = source.choice(seeds)
        start = source.randint(0, len(other))
        data[at : at + length] = source.choice(
            [
                b"",
                source.randbytes(length),
                bytes(data[at : at + length]) * 2,
                other[start : start + 8 * length],
                bytes([source.choice(b'{}[]":,.=-_\\0%')]),
            ]
        )
    return bytes(data)


def drive_without_coverage(target: Target, runs: int, seeds: list[bytes]) -> None:
    """Take the place of a fuzzer: same in every run."""
    source = random.Random(1)
    for seed in seeds:
        target(seed)
    for _ in range(runs):
        target(mutated(seeds, source))


def main(name: str, *options: str) -> None:
    """Drive one target.

    :param options: of libFuzzer: `-runs=N`, and the folder of the seeds last.
    """
    logging.disable()
    if HAS_ATHERIS:
        atheris.Setup([name, *options], TARGETS[name])
        atheris.Fuzz()
        return
    runs = int(next(each for each in options if each.startswith("-runs=")).removeprefix("-runs="))
    seeds = [each.read_bytes() for each in sorted(Path(options[-1]).iterdir())]
    drive_without_coverage(TARGETS[name], runs, seeds)


if __name__ == "__main__":
    main(*sys.argv[1:])
