"""Reads the file that says what a lighting desk moves, and checks it against the stage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from stage.config.desk_reader import TABLE, read_desk_maps
from stage.config.findings import Finding, Findings
from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.loading.texts import text_of
from stage.values.desk import DeskMap, broken_map_rule
from stage.words.sentences import sentence


def read_desk_maps_of(config: StageConfig, path_of: Callable[[str], Path], findings: Findings) -> StageConfig:
    """The configuration with what its desk moves; faults of the file are in `findings`, at the key that names it."""
    if config.dmx is None or config.dmx.mapping is None or findings.is_unreliable("dmx.mapping"):
        return config
    own = Findings(config.dmx.mapping)
    maps = _read(path_of(config.dmx.mapping), config, own)
    lines = own.lines()
    if lines:
        findings.report_conclusions(Finding("dmx.mapping", line) for line in lines)
        return config
    return msgspec.structs.replace(config, desk_maps=maps)


def _read(path: Path, config: StageConfig, findings: Findings) -> tuple[DeskMap, ...]:
    """The rows of a file, with its faults in `findings`: also rows that a desk with its role could never move."""
    text = text_of(path, findings, what="a desk's mapping")
    maps = () if text is None else read_desk_maps(text, findings)
    role, tree = "director" if config.dmx is None else config.dmx.role, tree_of(config)
    for place, row in enumerate(maps):
        reason = broken_map_rule(row, tree.get(row.path), role)
        if reason is not None:
            findings.report(f"{TABLE}[{place}].path", sentence(reason, {"path": row.path, "role": role}))
    return maps
