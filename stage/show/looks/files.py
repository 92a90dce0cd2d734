"""The files of looks in the fold: they come, are changed by hand, and go. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from stage.show.frame.inputs import Cause, LookFile, LooksGone, LooksListed
from stage.show.looks.capture import kept_look
from stage.show.looks.shelf import MOST_LOOKS, LookShelf, drop_look, put_look
from stage.show.report.tracker_health import Fault
from stage.values.tree import ParameterTree

MOST_FAULTS = 64
"""Why so many files are no looks is kept."""
FAULTS_NAMED = 5
"""So many of those are named in health."""


def list_looks(shelf: LookShelf, listed: LooksListed, tree: ParameterTree) -> None:
    """Files of looks that are there, are new, or have been changed.

    A file that cannot be read leaves what it held before on the shelf. A change that somebody made over the wire, and
    that is not written yet, counts more than the file.
    """
    looks = shelf.of(listed.kind)
    by_file = {look.file: name for name, look in looks.items() if look.file}
    for found in listed.files:
        cause = found.cause or _taken(found, looks[found.name].file if found.name in looks else "", by_file)
        if cause is None and found.name not in looks and found.file not in by_file and len(looks) >= MOST_LOOKS:
            cause = Cause(code="look_files_too_many", values={"file": found.file, "most": MOST_LOOKS})
        if cause is not None:
            _note_fault(shelf, found.file, cause)
            continue
        shelf.faults.pop(found.file, None)
        before = by_file.get(found.file)
        if before is not None and before != found.name:
            drop_look(shelf, listed.kind, before)
        by_file[found.file] = found.name
        _take_over(shelf, listed, found, tree)


def forget_looks(shelf: LookShelf, gone: LooksGone) -> None:
    """Files of looks that are there no longer, and their looks; one that is to be written anew stays."""
    shelf.left_out = gone.left_out if gone.kind == "show" else shelf.left_out
    looks = shelf.of(gone.kind)
    by_file = {look.file: name for name, look in looks.items() if look.saved}
    for file in gone.files:
        shelf.faults.pop(file, None)
        if file in by_file:
            drop_look(shelf, gone.kind, by_file[file])


def look_faults(shelf: LookShelf) -> Iterator[Fault]:
    """What health says of files that are no looks."""
    for file, cause in islice(shelf.faults.items(), FAULTS_NAMED):
        yield Fault("look_unreadable", "warning", {**cause.values, "file": file, "why": cause.code})
    if len(shelf.faults) > FAULTS_NAMED:
        yield Fault("looks_unreadable", "warning", {"count": len(shelf.faults) - FAULTS_NAMED})
    if shelf.left_out:
        yield Fault("looks_left_out", "warning", {"count": shelf.left_out, "most": MOST_LOOKS})


def _take_over(shelf: LookShelf, listed: LooksListed, found: LookFile, tree: ParameterTree) -> None:
    """What a file says of its look."""
    known = shelf.of(listed.kind).get(found.name)
    look = kept_look(found.values, tree, file=found.file)
    if known is not None and known.content == look.content:
        if (known.file, known.saved) != (look.file, True):
            put_in_place = msgspec.structs.replace(known, file=look.file, saved=True)
            shelf.of(listed.kind)[found.name] = put_in_place
            shelf.version += 1
    elif known is None or known.saved:
        put_look(shelf, listed.kind, found.name, look)


def _taken(found: LookFile, file: str, by_file: dict[str, str]) -> Cause | None:
    """Why a file cannot have the name that it gives its look: another file has it."""
    if file in ("", found.file) or file not in by_file:
        return None
    return Cause(code="look_named_twice", values={"file": found.file, "look": found.name, "other": file})


def _note_fault(shelf: LookShelf, file: str, cause: Cause) -> None:
    if file in shelf.faults or len(shelf.faults) < MOST_FAULTS:
        shelf.faults[file] = cause
