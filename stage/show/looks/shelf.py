"""The looks that a show has: made by hand, kept of its takes, and shipped with the program. Pure."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import msgspec

from stage.show.frame.inputs import Cause, LookKind
from stage.show.looks.file_names import file_of_look, place_of
from stage.show.parts.part import KeptRecord, Part
from stage.values.looks import PackedLook
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import Value

MOST_LOOKS = 500
"""So many looks by hand, and so many of takes: of more takes, the newest."""
MOST_BYTES = 12 << 20
"""So many bytes all looks may have together: thousands of values in each of hundreds is nobody's, and all are state."""
KINDS: tuple[LookKind, ...] = ("show", "shipped", "take")
"""In the order in which a name is looked for."""
_MOST_DROPPED = 2 * MOST_LOOKS


class KeptLook(KeptRecord, array_like=True):
    """One look. `file` is the name of its file in its folder, and `saved` says that the file has it as it is.

    `frame` is when the values were taken from the stage, -1 where they never were.
    """

    look: PackedLook
    file: str = ""
    saved: bool = False
    frame: int = -1

    @property
    def values(self) -> dict[str, Value]:
        """Its values by path."""
        return self.look.values


class LookShelf(Part):
    """Every look by its name; those of takes in the order in which they were made.

    `version` grows with each change. `takes` is the count of the newest take that a look was kept of. `faults` are why
    files of the looks' folder are no looks, by their place there; `left_out` is how many files were too many. `dropped`
    are the places of files that must go, each with the place of the file that has the look since, "" for none.
    """

    looks: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    of_takes: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    shipped: dict[str, KeptLook] = msgspec.field(default_factory=dict)
    version: int = 0
    takes: int = 0
    faults: dict[str, Cause] = msgspec.field(default_factory=dict)
    left_out: int = 0
    dropped: dict[str, str] = msgspec.field(default_factory=dict)

    def of(self, kind: LookKind) -> dict[str, KeptLook]:
        """The looks of one kind by name."""
        return {"show": self.looks, "take": self.of_takes, "shipped": self.shipped}[kind]


class CalledLook(NamedTuple):
    """A look that was found: what it is called, and among which."""

    name: str
    kind: LookKind
    kept: KeptLook


def look_called(shelf: LookShelf, name: str, *, takes: bool = False) -> CalledLook | Refusal:
    """The look of that name, in any Unicode form and case; or why there is none.

    One made by hand comes first, then a shipped one, then one of a take; with `takes` only those are meant.
    """
    kinds: tuple[LookKind, ...] = ("take",) if takes else KINDS
    for kind in kinds:
        found = shelf.of(kind).get(name)
        if found is not None:
            return CalledLook(name, kind, found)
    alike = folded(name)
    for kind in kinds:
        for other, look in shelf.of(kind).items():
            if folded(other) == alike:
                return CalledLook(other, kind, look)
    values: dict[str, Scalar] = {"found": name, "count": len(shelf.of_takes if takes else shelf.looks)}
    return Refusal(code="unknown_path", reason="no_look_of_a_take" if takes else "no_look", values=values)


def folded(name: str) -> str:
    """What makes two names the same: neither Unicode's form nor upper case tells looks apart, as on many disks."""
    return unicodedata.normalize("NFC", name).casefold()


def put_look(shelf: LookShelf, kind: LookKind, name: str, look: PackedLook, *, frame: int = -1) -> None:
    """Adds a look or replaces one, which keeps its file. Of takes, the oldest are forgotten."""
    looks = shelf.of(kind)
    before = looks.pop(name, None) if kind == "take" else looks.get(name)
    file = before.file if before is not None else file_of_look(name, _files_taken(shelf, kind))
    looks[name] = KeptLook(look=look, file=file, frame=frame)
    shelf.dropped.pop(place_of(kind, file), None)
    shelf.version += 1
    shelf.note_change()
    while kind == "take" and len(looks) > MOST_LOOKS:
        drop_look(shelf, kind, next(iter(looks)))


def drop_look(shelf: LookShelf, kind: LookKind, name: str) -> None:
    """Takes a look off the shelf; its file must go."""
    gone = shelf.of(kind).pop(name)
    shelf.version += 1
    shelf.note_change()
    shelf.dropped[place_of(kind, gone.file)] = ""
    while len(shelf.dropped) > _MOST_DROPPED:
        del shelf.dropped[next(iter(shelf.dropped))]


def rename_look(shelf: LookShelf, called: CalledLook, name: str) -> None:
    """Gives a look another name, and a file of that name; one of a take is one made by hand since."""
    drop_look(shelf, called.kind, called.name)
    put_look(shelf, "show", name, called.kept.look, frame=called.kept.frame)
    place = place_of(called.kind, called.kept.file)
    if place in shelf.dropped:
        shelf.dropped[place] = place_of("show", shelf.looks[name].file)
        shelf.note_change()


def room_left(shelf: LookShelf) -> int:
    """How many bytes more looks may have."""
    return MOST_BYTES - sum(len(kept.look.content) for kind in KINDS for kept in shelf.of(kind).values())


def _files_taken(shelf: LookShelf, kind: LookKind) -> tuple[str, ...]:
    """The files that a new look must not be written into: those of other looks, and those that nobody could read."""
    own = tuple(look.file for look in shelf.of(kind).values())
    return (*own, *(place.rpartition("/")[2] for place in shelf.faults))
