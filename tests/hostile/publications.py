"""Theme: answers of an issuer, or of who speaks for it, that are no key set and no metadata."""

import json
from collections.abc import Callable
from typing import Any

#: Answers to the request for keys that are no key set, given a good one.
NO_KEY_SETS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda b: b"",
    "a space": lambda b: b" ",
    "null": lambda b: b"null",
    "a list": lambda b: b"[]",
    "a list of keys": lambda b: json.dumps(json.loads(b)["keys"]).encode(),
    "a text": lambda b: json.dumps(b.decode()).encode(),
    "a number": lambda b: b"1",
    "a number of 5,000 digits": lambda b: b"1" * 5000,
    "no keys": lambda b: b"{}",
    "keys null": lambda b: b'{"keys": null}',
    "keys true": lambda b: b'{"keys": true}',
    "keys in a text": lambda b: b'{"keys": "[]"}',
    "keys in an object": lambda b: b'{"keys": {"first": {}}}',
    "one key": lambda b: json.dumps(json.loads(b)["keys"][0]).encode(),
    "KEYS": lambda b: b.replace(b'"keys"', b'"KEYS"'),
    "HTML": lambda b: b"<!doctype html><title>Sign in</title>",
    "PEM": lambda b: b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "JavaScript": lambda b: b")]}'\n" + b,
    "a form": lambda b: b"keys=[]",
    "cut short": lambda b: b[:-2],
    "with a comma too many": lambda b: b[:-1] + b",}",
    "with another behind it": lambda b: b + b,
    "with a NUL behind it": lambda b: b + b"\x00",
    "bytes that are no text": lambda b: b"\xff\xfe\xfd",
    "gzip that was not announced": lambda b: b"\x1f\x8b\x08\x00" + b,
    "10,000 open lists": lambda b: b"[" * 10_000,
    "100,000 nested lists": lambda b: b'{"keys":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "50,000 nested objects": lambda b: b'{"keys":' * 50_000 + b"1" + b"}" * 50_000,
    "more than a megabyte": lambda b: b[:-1] + b" " * 1_000_000 + b"}",
    "16 megabytes": lambda b: b" " * 16_000_000 + b,
}

#: Addresses of keys that nobody may ask, given those of the issuer and the attacker, which end in a
#: slash.
ADDRESSES: dict[str, Callable[[str, str], Any]] = {
    "null": lambda issuer, canary: None,
    "in a list": lambda issuer, canary: [canary],
    "in an object": lambda issuer, canary: {"href": canary},
    "of a file": lambda issuer, canary: "file:///etc/passwd",
    "that is data": lambda issuer, canary: "data:,%7B%22keys%22:[]%7D",
    "without TLS": lambda issuer, canary: "http://attacker.test/jwks",
    "of a cloud's metadata": lambda issuer, canary: "http://169.254.169.254/",
    "of FTP": lambda issuer, canary: "ftp://127.0.0.1/jwks",
    "of gopher": lambda issuer, canary: "gopher://127.0.0.1:1/_",
    "with a user name": lambda issuer, canary: canary.replace("://", "://a:b@"),
    "with a newline": lambda issuer, canary: f"{canary}\r\nX-Injected: 1",
    "after a space": lambda issuer, canary: f" {canary}",
    "with a NUL": lambda issuer, canary: f"{canary}\x00",
    "without a host": lambda issuer, canary: "http:///jwks",
    "with a wrong port": lambda issuer, canary: "http://127.0.0.1:99999/",
    "with a port of letters": lambda issuer, canary: "http://127.0.0.1:x/",
    "that is relative": lambda issuer, canary: "/.well-known/jwks.json",
    "of nothing": lambda issuer, canary: "",
    "with an open bracket": lambda issuer, canary: "http://[::1/",
    "of the metadata": lambda issuer, canary: f"{issuer}.well-known/openid-configuration",
    "of nobody": lambda issuer, canary: f"{issuer}nothing-here",
}

#: Names of an issuer that are not its own.
NAMES: dict[str, Callable[[str, str], Any]] = {
    "null": lambda issuer, canary: None,
    "a list": lambda issuer, canary: [issuer],
    "an object": lambda issuer, canary: {"url": issuer},
    "nothing": lambda issuer, canary: "",
    "the attacker": lambda issuer, canary: canary,
    "ours with a path": lambda issuer, canary: f"{issuer}a",
    "ours with two slashes": lambda issuer, canary: f"{issuer}/",
    "ours in capitals": lambda issuer, canary: issuer.upper(),
    "ours with a space": lambda issuer, canary: f"{issuer} ",
    "ours by another name": lambda issuer, canary: issuer.replace("127.0.0.1", "localhost"),
}
