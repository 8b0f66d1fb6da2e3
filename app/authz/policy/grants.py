"""Matching what was granted against what is required.

That is by equality; or, where an app says so, by patterns on names whose segments are divided by
``/``: ``*`` is one whole segment, ``**`` any number of them, none included. The required name is
never a pattern. Grants are text from a token: no regular expression is made of them.
"""

from collections.abc import Collection


def covers_with_globs(granted: Collection[str], name: str) -> bool:
    """Say whether a name was granted, by equality or by a pattern."""
    return name in granted or any("*" in grant and matches(grant, name) for grant in granted)


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern covers a name.

    The time is that of splitting both, and the product of the name's segments with as many of the
    pattern's: a pattern that asks for more segments than there are is given up at once.
    """
    wanted, found = pattern.split("/"), name.split("/")
    if sum(segment != "**" for segment in wanted) > len(found):
        return False
    w = f = 0
    # Where to resume when what follows the last `**` does not fit: it then takes one segment more.
    resume_w = resume_f = -1
    while f < len(found):
        if w < len(wanted) and wanted[w] == "**":
            w += 1
            resume_w, resume_f = w, f
        elif w < len(wanted) and wanted[w] in ("*", found[f]):
            w += 1
            f += 1
        elif resume_w >= 0:
            resume_f += 1
            w, f = resume_w, resume_f
        else:
            return False
    return all(segment == "**" for segment in wanted[w:])
