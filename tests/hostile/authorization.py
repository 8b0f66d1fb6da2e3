"""Theme: the `Authorization` header around the token (RFC 6750, section 2.1; RFC 9110, 11.4)."""

from collections.abc import Callable, Iterator

from .case import Case, Forge, header

#: Malformed, with a good token in it: `{}`.
MALFORMED = {
    "the scheme alone": "Bearer",
    "the scheme and a space": "Bearer ",
    "the scheme and spaces": "Bearer     ",
    "a space alone": " ",
    "a tab alone": "\t",
    "a space before the scheme": " Bearer {}",
    "a tab after the scheme": "Bearer\t{}",
    "a newline after the scheme": "Bearer\n{}",
    "CRLF after the scheme": "Bearer\r\n{}",
    "a form feed after the scheme": "Bearer\x0c{}",
    "a vertical tab after the scheme": "Bearer\x0b{}",
    "a space of latin-1 after the scheme": "Bearer\xa0{}",
    "a NUL after the scheme": "Bearer\x00{}",
    "a tab after the space": "Bearer \t{}",
    "a tab after the token": "Bearer {}\t",
    "a newline after the token": "Bearer {}\n",
    "CRLF and a header after the token": "Bearer {}\r\nX-Injected: 1",
    "a NUL after the token": "Bearer {}\x00",
    "a NUL before the token": "Bearer \x00{}",
    "an escape after the token": "Bearer {}\x1b[2J",
    "DEL after the token": "Bearer {}\x7f",
    "a byte of latin-1 after the token": "Bearer {}\xe9",
    "a byte-order mark before the token": "Bearer \xef\xbb\xbf{}",
    "a byte-order mark before the scheme": "\xef\xbb\xbfBearer {}",
    "two tokens": "Bearer {} {}",
    "two tokens and a comma": "Bearer {},{}",
    "two tokens, a comma and a space": "Bearer {}, {}",
    "a comma before the token": "Bearer ,{}",
    "a comma after the token": "Bearer {},",
    "sent twice": "Bearer {},Bearer {}",
    "sent twice, with a space": "Bearer {}, Bearer {}",
    "sent twice, the second in capitals": "Bearer {},BEARER {}",
    "sent after another scheme": "Basic YWw6c2VjcmV0,Bearer {}",
    "sent after another scheme, with a space": "Basic YWw6c2VjcmV0, Bearer {}",
    "sent after another scheme, with a tab": "Basic YWw6c2VjcmV0,\tbearer {}",
    "sent after another scheme, bare": "Basic YWw6c2VjcmV0,Bearer",
    "sent before another scheme": "Bearer {}, Basic YWw6c2VjcmV0",
    "the scheme twice": "Bearer Bearer {}",
    "parameters": 'Bearer token={}, realm="api"',
    "a quoted scheme": '"Bearer" {}',
    "a comma before the scheme": ",Bearer {}",
    "a semicolon and a space": "Bearer {}; a=b",
    "a parenthesis before the scheme": "(Bearer) {}",
    "a slash for a scheme": "/ {}",
    "an equals sign in the scheme": "Bearer={}",
    "a colon after the scheme": "Bearer: {}",
    "a slash after the scheme": "Bearer/{}",
    "JSON": '{{"token": "{}"}}',
    "an address": "https://attacker.test/?token={}",
    "the token alone in quotes": '"{}"',
    "letters of latin-1": "\xc9\xe8 {}",
    "a Cyrillic scheme in UTF-8": "\xd0\x92earer {}",
    "all control characters": "Bearer " + "".join(map(chr, range(32))),
}

#: Of the right shape, and of no scheme that is spoken here.
OTHER_SCHEMES = {
    "nothing": "",
    "Basic": "Basic YWw6c2VjcmV0",
    "Digest": 'Digest username="al", realm="api", nonce="n", uri="/", response="r"',
    "Negotiate": "Negotiate YII" + "A" * 4000,
    "NTLM": "NTLM TlRMTVNTUAABAAAA",
    "HOBA": 'HOBA result="1.2.3.4"',
    "Mutual": "Mutual x",
    "AWS4-HMAC-SHA256": "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
    "Token": "Token {}",
    "JWT": "JWT {}",
    "Bearers": "Bearers {}",
    "Bearer-": "Bearer- {}",
    "xBearer": "xBearer {}",
    "B": "B {}",
    "the token alone": "{}",
    "a hyphen": "- {}",
    "a scheme of every character": "!#$%&'*+.^_`|~0-9A-Za-z {}",
    "a scheme of 5,000 letters": "B" * 5000 + " {}",
    "many commas": "Basic " + "," * 5000,
    "many commas and spaces": "Basic " + ", " * 2500,
    "nearly a second Bearer, often": "Basic " + ",bearerx" * 600,
    "a comma and many spaces": "Basic ," + " " * 5000 + "x",
}


def _filled(template: str) -> Callable[[Forge], str]:
    return lambda forge: template.format(forge.good(), forge.good())


def _templates() -> Iterator[Case]:
    for title, template in MALFORMED.items():
        # What has braces is a template; control characters have none.
        name, source = f"malformed: {title}", "RFC 6750 2.1 and 3.1, RFC 9110 11.4"
        yield header(name, source, "request_malformed", _filled(template))
    for title, template in OTHER_SCHEMES.items():
        yield header(f"other scheme: {title}", "RFC 6750 3", "token_missing", _filled(template))


def _with_parts(template: str) -> Callable[[Forge], str]:
    return lambda forge: "Bearer " + template.format(*forge.parts())


def _serialised() -> Iterator[Case]:
    """The JSON serialisations of a JWS (RFC 7515, section 7.2): never accepted, and with commas in
    them not even a token."""
    source = "CVE-2022-39227, RFC 7515 7.2"
    forms = {
        "flattened": '{{"protected":"{0}","payload":"{1}","signature":"{2}"}}',
        "general": '{{"payload":"{1}","signatures":[{{"protected":"{0}","signature":"{2}"}}]}}',
        "of two": '{{"payload":"{1}","signatures":[{{"protected":"{0}","signature":"{2}"}},'
        '{{"header":{{"alg":"none"}},"signature":""}}]}}',
        "without protection": '{{"header":{{"alg":"none"}},"payload":"{1}","signature":""}}',
        "with a compact one in a name": '{{"{0}.{1}.{2}":"","payload":"{1}","signature":"{2}"}}',
    }
    for title, form in forms.items():
        yield header(
            f"JSON serialisation {title}",
            source,
            "request_malformed",
            _with_parts(form),
        )


def _too_long() -> Iterator[Case]:
    """Refused unread, whatever it says."""
    source = "CVE-2025-61920, CVE-2026-119284"
    for title, template in {
        "letters": "Bearer " + "a" * 20_000,
        "spaces before the token": "Bearer " + " " * 20_000 + "{}",
        "spaces after the token": "Bearer {}" + " " * 20_000,
        "spaces alone": " " * 20_000,
        "another scheme": "Basic " + "a" * 20_000,
        "a scheme": "a" * 20_000,
        "commas": "Basic " + "," * 20_000,
        "dots": "Bearer " + "." * 20_000,
        "bytes of latin-1": "Bearer " + "\xff" * 20_000,
        "NULs": "\x00" * 20_000,
    }.items():
        yield header(f"header too long: {title}", source, "request_malformed", _filled(template))


CASES = [*_templates(), *_serialised(), *_too_long()]
