"""The users, and whether a password is theirs."""

import secrets

from werkzeug.security import check_password_hash, generate_password_hash

# An example's users share a password that its README tells; what is kept of it is a salted hash.
_HASHES = {name: generate_password_hash("hunter2") for name in ("alice", "bob", "charlie")}

#: The hash of a password that nobody has, for names that nobody has.
_NOBODYS = generate_password_hash(secrets.token_hex(32))


def is_password(username: str, password: str) -> bool:
    """Say whether there is a user of this name and password. An unknown name takes as long."""
    matches = check_password_hash(_HASHES.get(username, _NOBODYS), password)
    # To the hash zeros at the end are nothing: HMAC fills its key up with them.
    return matches and username in _HASHES and "\0" not in password
