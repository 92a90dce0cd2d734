"""Turns cues into TOML that reads back as the same, and says of a text whether somebody has changed it since. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from stage.config.world_writer import written
from stage.values.cues import Cue, as_text

_HEAD = """\
# The cues of this show. The stage writes this file after each change of its list, without comments of others. Change it
# by hand whenever you like: it is read again at once.
"""
_EDITION = re.compile(r"^# Edition (\d{1,18}) of the list, ([0-9a-f]{32})\n", re.MULTILINE)
_NO_KEY = Cue(number=0)


def pieces_of(cues: Iterable[Cue]) -> Iterator[str]:
    """The text after its head (`head_of`) in pieces, one a cue: a long list is written beside a running show."""
    for cue in cues:
        yield f"\n[[cues]]\n{''.join(_lines(cue))}"


def head_of(pieces: Iterable[str], edition: int) -> str:
    """How the text begins: what it is, and what shows that nobody has changed it since."""
    return f"{_HEAD}# Edition {edition} of the list, {_digest(pieces)}\n"


def edition_of(text: str) -> int | None:
    """Which edition of the list a text is as the stage wrote it; None where somebody has written or changed it."""
    found = _EDITION.search(text)
    if found is None or text[: found.start()] != _HEAD or _digest((text[found.end() :],)) != found[2]:
        return None
    return int(found[1])


def _lines(cue: Cue) -> Iterator[str]:
    """The keys of a cue that are not as usual, and its values."""
    yield f"number = {as_text(cue.number)}\n"
    for name in ("name", "look", "only", "fade_s", "delay_s", "curve", "way", "follow_on"):
        value = getattr(cue, name)
        if value != getattr(_NO_KEY, name):
            yield f"{name} = {written(value)}\n"
    values = cue.values
    if values:
        yield "\n[cues.values]\n"
        yield from (f"{written(path)} = {written(value)}\n" for path, value in values.items())


def _digest(pieces: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        digest.update(piece.encode(errors="backslashreplace"))
    return digest.hexdigest()
