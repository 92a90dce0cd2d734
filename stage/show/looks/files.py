"""The files of looks in the fold: they come, are changed by hand, and go. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import islice

from stage.show.frame.inputs import Cause, LookFile, LooksGone, LooksListed
from stage.show.looks.file_names import place_of
from stage.show.looks.shelf import MOST_BYTES, MOST_LOOKS, KeptLook, LookShelf, folded, room_left
from stage.show.report.tracker_health import Fault

MOST_FAULTS = 64
"""Why so many files are no looks is kept."""
FAULTS_NAMED = 5
"""So many of those are named in health."""


def list_looks(shelf: LookShelf, listed: LooksListed) -> None:
    """Files of looks that are there, are new, or have been changed.

    A file that cannot be read leaves what it held before on the shelf. A change that somebody made over the wire, and
    that is not written yet, counts more than the file.
    """
    shelf.note_change()
    looks = shelf.of(listed.kind)
    by_file, room = {look.file: name for name, look in looks.items()}, room_left(shelf)
    key = str if listed.kind == "take" else folded  # takes are called as their slates were written
    alike = {key(name): look.file for name, look in looks.items()}
    for found in listed.files:
        place = place_of(listed.kind, found.file)
        if place in shelf.dropped:
            continue
        cause = found.cause or _why_not(found, alike.get(key(found.name)), len(looks), by_file)
        if cause is not None or found.look is None:
            _note_fault(shelf, place, cause)
            continue
        shelf.faults.pop(place, None)
        before = by_file.get(found.file, found.name)
        known = looks.get(before)
        is_same = known is not None and before == found.name and known.look == found.look
        if known is not None and (known.saved and known.file == found.file if is_same else not known.saved):
            continue
        if len(found.look.content) > room and not is_same:
            _note_fault(shelf, place, Cause(code="looks_too_large", values={"most_mib": MOST_BYTES >> 20}))
            continue
        room -= 0 if is_same else len(found.look.content)
        if before != found.name and looks.pop(before, None) is not None:
            del alike[key(before)]
        frame = known.frame if known is not None and is_same else -1
        looks[found.name] = KeptLook(look=found.look, file=found.file, saved=True, frame=frame)
        by_file[found.file], alike[key(found.name)] = found.name, found.file
        shelf.version += 1


def forget_looks(shelf: LookShelf, gone: LooksGone) -> None:
    """Files of looks that are there no longer, and their looks; one that is to be written anew stays."""
    shelf.note_change()
    if isinstance(gone.left_out, int):
        shelf.left_out = gone.left_out
    looks = shelf.of(gone.kind)
    by_file = {look.file: name for name, look in looks.items() if look.saved}
    for file in gone.files:
        place = place_of(gone.kind, file)
        shelf.faults.pop(place, None)
        shelf.dropped.pop(place, None)
        if file in by_file:
            del looks[by_file[file]]
            shelf.version += 1


def look_faults(shelf: LookShelf) -> Iterator[Fault]:
    """What health says of files that are no looks."""
    for place, cause in islice(shelf.faults.items(), FAULTS_NAMED):
        yield Fault("look_unreadable", "warning", {**cause.values, "file": place, "why": cause.code})
    if len(shelf.faults) > FAULTS_NAMED:
        yield Fault("looks_unreadable", "warning", {"count": len(shelf.faults) - FAULTS_NAMED})
    if shelf.left_out:
        yield Fault("looks_left_out", "warning", {"count": shelf.left_out, "most": MOST_LOOKS})


def _why_not(found: LookFile, other: str | None, number: int, by_file: Container[str]) -> Cause | None:
    """Why a file that can be read is no look beside the `number` that there are: the file `other` has its name, or they
    are too many.
    """
    if other is not None and other != found.file:
        return Cause(code="look_named_twice", values={"look": found.name, "other": other})
    if other is None and found.file not in by_file and number >= MOST_LOOKS:
        return Cause(code="look_files_too_many", values={"most": MOST_LOOKS})
    return None


def _note_fault(shelf: LookShelf, place: str, cause: Cause | None) -> None:
    if cause is not None and (place in shelf.faults or len(shelf.faults) < MOST_FAULTS):
        shelf.faults[place] = cause
