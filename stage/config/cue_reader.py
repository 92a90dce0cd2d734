"""Turns the text of a show's cues into records, or into findings on it. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from render.worlds.shared.keys import is_shown
from stage.config.bounds import Bounds
from stage.config.cue_writer import edition_of
from stage.config.file_faults import FileFault, file_fault
from stage.config.findings import Findings
from stage.config.look_reader import read_values
from stage.config.reader import tables_of
from stage.config.table_reader import TableReader
from stage.config.wording import quoted, unknown_key
from stage.values.cues import MOST_BYTES, MOST_CUES, Cue, CueFields, as_text, fields_given, thousandths, with_values

OF_CUES = Bounds(characters=6 << 20, lines=150_000, keys=150_000, values=300_000, rows=MOST_CUES)


class CueText(NamedTuple):
    """The cues of a text, in the order of their numbers, and which edition of the list it is; `by_hand` where that
    cannot be known, since somebody has written or changed it.
    """

    cues: tuple[Cue, ...]
    edition: int
    by_hand: bool


def read_cues(text: str, findings: Findings) -> CueText | None:
    """The cues that a text describes, with its faults in `findings`; None where there are any."""
    edition = edition_of(text)
    tables = tables_of(text, findings, OF_CUES)
    if tables is None:
        return None
    for key in (key for key in tables if key != "cues"):
        findings.report(key, unknown_key(key, ("cues",), "wanted_cue_tables"))
    rows = tables.get("cues", [])
    if not isinstance(rows, list):
        findings.report("cues", file_fault("cues_one_table"))
        rows = []
    cues: dict[int, Cue] = {}
    for place, row in enumerate(rows):
        found = _cue(f"cues[{place}]", row, findings)
        if found is None:
            continue
        if found.number in cues:
            findings.report(f"cues[{place}].number", file_fault("cue_number_twice", found=as_text(found.number)))
        cues[found.number] = found
    size = sum(len(cue.content) for cue in cues.values())
    if size > MOST_BYTES:
        findings.report("cues", file_fault("cues_large", found=size, most=MOST_BYTES))
    if findings.lines():
        return None
    return CueText(tuple(cues[number] for number in sorted(cues)), edition or 0, by_hand=edition is None)


def _cue(where: str, row: Any, findings: Findings) -> Cue | None:
    """One cue; None where it is none, which is in `findings`."""
    before = len(findings.lines())
    rest = {key: value for key, value in row.items() if key != "values"} if isinstance(row, dict) else row
    if isinstance(row, dict) and isinstance(row.get("number"), bool | list | dict):
        findings.report(f"{where}.number", _no_number(rest.pop("number")))
    fields = TableReader(where, CueFields, findings, ("values",)).read(rest)
    assert isinstance(fields, CueFields)
    has_values = isinstance(row, dict) and "values" in row
    values = read_values(row["values"], findings, where) if has_values else {}
    if len(findings.lines()) > before:
        return None
    number = None if isinstance(fields.number, msgspec.UnsetType) else thousandths(fields.number)
    if number is None:
        findings.report(f"{where}.number", _no_number(fields.number))
    fault = _fault_of(fields, has_values=has_values)
    if fault is not None:
        findings.report(f"{where}.{fault[0]}", fault[1])
    if number is None or fault is not None:
        return None
    cue = msgspec.structs.replace(Cue(number=number), **fields_given(fields))
    if has_values:
        return with_values(cue, {path: float(one) if type(one) is int else one for path, one in values.items()})
    return msgspec.structs.replace(cue, look=fields.look or "", only=fields.only or ())


def _no_number(found: object) -> FileFault:
    """What is said of a value that is no cue's number, or of none."""
    if isinstance(found, msgspec.UnsetType):
        return file_fault("file_value_missing", "wanted_cue_number")
    return file_fault("file_value", "wanted_cue_number", found=quoted(found))


def _fault_of(fields: CueFields, *, has_values: bool) -> tuple[str, FileFault] | None:
    """What keeps fields from being a cue: a key, and a finding on it."""
    if not is_shown(fields.name or ""):
        return "name", file_fault("file_value", "wanted_one_line", found=quoted(fields.name))
    if not fields.look and not has_values:
        return "look", file_fault("file_value_missing", "wanted_look_or_values")
    if fields.look and has_values:
        return "values", file_fault("cue_values_beside_look")
    if fields.only and not fields.look:
        return "only", file_fault("cue_only_without_look")
    return None
