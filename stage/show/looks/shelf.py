"""The looks that a show has: made by hand, kept of its takes, and shipped with the program. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from stage.show.frame.inputs import Cause, LookKind
from stage.values.looks import LookPart
from stage.values.parameters import Refusal
from tracking.records import Evolving, Notebook, Scalar
from tracking.settable import Value

MOST_LOOKS = 500
"""So many looks by hand, and so many of takes: of more takes, the newest."""
LONGEST_LOOK_NAME = 64
_DECODER = msgspec.msgpack.Decoder(dict[str, Value])
_ENCODER = msgspec.msgpack.Encoder()


class KeptLook(Evolving, array_like=True):
    """One look. `content` has its values by path as MessagePack: hundreds of looks are kept and few are read.

    `parts` are those that it holds values of, `count` how many values, `world` the world that it names, "" for none.
    `file` is the name of its file in its folder, "" where it has none yet; `saved` says that the file has this content.
    `frame` is when it was made or changed, -1 where a file brought it.
    """

    content: bytes
    parts: tuple[LookPart, ...]
    count: int
    world: str = ""
    file: str = ""
    saved: bool = False
    frame: int = -1

    @property
    def values(self) -> dict[str, Value]:
        """Its values by path."""
        return _DECODER.decode(self.content)


class LookShelf(Notebook):
    """Every look by its name; those of takes in the order in which they were made.

    `version` grows with each change. `takes` is the count of the newest take that a look was kept of. `faults` are why
    files of the looks' folder are no looks, by their names; `left_out` is how many files were too many.
    """

    looks: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    of_takes: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    shipped: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    version: int = 0
    takes: int = 0
    faults: dict[str, Cause] = msgspec.field(default_factory=dict)
    left_out: int = 0

    def of(self, kind: LookKind) -> dict[str, KeptLook]:
        """The looks of one kind by name."""
        return {"show": self.looks, "take": self.of_takes, "shipped": self.shipped}[kind]


class CalledLook(NamedTuple):
    """A look that was found: what it is called, and among which."""

    name: str
    kind: LookKind
    look: KeptLook


def encoded_values(values: dict[str, Value]) -> bytes:
    """Values by path as a look keeps them; equal values in equal order give equal bytes."""
    return _ENCODER.encode(values)


def look_called(shelf: LookShelf, name: str, *, takes: bool = False) -> CalledLook | Refusal:
    """The look of that name, in any Unicode form and case; or why there is none.

    One made by hand comes first, then a shipped one, then one of a take; with `takes` only those are meant.
    """
    kinds: tuple[LookKind, ...] = ("take",) if takes else ("show", "shipped", "take")
    for kind in kinds:
        found = shelf.of(kind).get(name)
        if found is not None:
            return CalledLook(name, kind, found)
    alike = folded(name)
    for kind in kinds:
        for other, look in shelf.of(kind).items():
            if folded(other) == alike:
                return CalledLook(other, kind, look)
    return no_look(shelf, name, takes=takes)


def no_look(shelf: LookShelf, name: str, *, takes: bool = False) -> Refusal:
    """The refusal of a name that no look has."""
    values: dict[str, Scalar] = {"found": name, "count": len(shelf.of_takes if takes else shelf.looks)}
    return Refusal(code="unknown_path", reason="no_look_of_a_take" if takes else "no_look", values=values)


def folded(name: str) -> str:
    """What makes two names the same: neither Unicode's form nor upper case tells looks apart, as on many disks."""
    return unicodedata.normalize("NFC", name).casefold()


def put_look(shelf: LookShelf, kind: LookKind, name: str, look: KeptLook) -> None:
    """Adds or replaces a look. Of takes, the oldest are forgotten."""
    looks = shelf.of(kind)
    if kind == "take":
        looks.pop(name, None)
    looks[name] = look
    shelf.version += 1
    while kind == "take" and len(looks) > MOST_LOOKS:
        del looks[next(iter(looks))]


def drop_look(shelf: LookShelf, kind: LookKind, name: str) -> None:
    """Takes a look off the shelf."""
    if shelf.of(kind).pop(name, None) is not None:
        shelf.version += 1


def all_looks(shelf: LookShelf) -> Iterator[tuple[LookKind, str, KeptLook]]:
    """Every look with its kind and name."""
    kinds: tuple[LookKind, ...] = ("show", "shipped", "take")
    for kind in kinds:
        yield from ((kind, name, look) for name, look in shelf.of(kind).items())
