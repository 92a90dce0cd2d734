"""Reads the file that says what a lighting desk moves, and checks it against the stage."""

from __future__ import annotations

from pathlib import Path

from stage.config.desk_reader import TABLE, read_desk_maps
from stage.config.findings import Findings
from stage.loading.texts import text_of
from stage.values.desk import DeskMap, broken_map_rule
from stage.values.tree import ParameterTree
from stage.words.sentences import sentence
from tracking.settable import Role


def read_desk_file(path: Path, findings: Findings, *, tree: ParameterTree, role: Role) -> tuple[DeskMap, ...]:
    """The rows of a file, with its faults in `findings`: also rows that a desk with this role could never move."""
    text = text_of(path, findings, what="a desk's mapping")
    maps = () if text is None else read_desk_maps(text, findings)
    for place, row in enumerate(maps):
        reason = broken_map_rule(row, tree.get(row.path), role)
        if reason is not None:
            findings.report(f"{TABLE}[{place}].path", sentence(reason, {"path": row.path, "role": role}))
    return maps
