"""The names that people give to worlds and layers, and the keys for paths that are made of them. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container

KEY_PATTERN = r"^[a-z0-9_-]{1,64}$(?!\n)"
FEWEST_LETTERS = 3
_LONGEST = 48
_HASH_DIGITS = 8
_OTHER = re.compile(r"[^a-z0-9_-]+")
JOINERS = "\u200c\u200d"
"""They shape the letters beside them, as in Persian, in scripts of India, and in emoji of several people."""
_SPACE = "Zs"


def is_shown(text: str) -> bool:
    """Whether every character may stand in a name: none moves a cursor, turns the text around or cannot be seen.

    `str.isprintable` knows no space but " ", and names have others: the wide one of Chinese and Japanese text (U+3000),
    and the narrow one that systems put into the names of screenshots (U+202F).
    """
    return text.isprintable() or all(
        one.isprintable() or one in JOINERS or unicodedata.category(one) == _SPACE for one in text
    )


def key_of(name: str, taken: Container[str]) -> str:
    """The key of a new world or layer: unique among `taken`, and the same for the same name in any Unicode form.

    It is made of the name's lower-case letters a to z, digits, `_` and `-`; any other run is one `-`. Where that leaves
    fewer than three characters, or a key that is taken, the first digits of the name's SHA-256 (of its NFC form) are
    added.
    """
    normal = unicodedata.normalize("NFC", name)
    plain = _OTHER.sub("-", normal.lower()).strip("-")[:_LONGEST]
    if len(plain) >= FEWEST_LETTERS and plain not in taken:
        return plain
    digest = hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()
    for digits in range(_HASH_DIGITS, len(digest) + 1):
        key = f"{plain or 'w'}-{digest[:digits]}"
        if key not in taken:
            break
    return key
