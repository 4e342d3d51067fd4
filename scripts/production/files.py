"""The files of docs/production, with the addresses, ports and paths of one run."""

import re

from processes import REPOSITORY, Trouble

FOLDER = REPOSITORY / "docs" / "production"


def rendered(name, *replaced):
    """The text of a file in which the first of each of these pairs, a text or a pattern, is replaced by the second. It has
    to be there: a run is never one of another file than that."""
    text = (FOLDER / name).read_text()
    for old, new in replaced:
        pattern = old if isinstance(old, re.Pattern) else re.compile(re.escape(old))
        text, count = pattern.subn(lambda _: str(new), text)
        if not count:
            raise Trouble(f"docs/production/{name} has no {pattern.pattern!r}, which would be replaced")
    return text


def port(number):
    """This port, wherever it stands after an address."""
    return re.compile(rf"(?<=:){number}\b")


def line(beginning):
    """A whole line that begins so."""
    return re.compile(rf"^[ \t]*{re.escape(beginning)}.*\n", re.MULTILINE)
