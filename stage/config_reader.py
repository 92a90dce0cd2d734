"""From TOML text to a checked `StageConfig`, or every finding at once. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import msgspec

from calibration.cameras import Camera
from calibration.walls import ArcShape, MeshShape, PlaneShape, Signal, Wall
from render.outputs.records import Output, Region
from render.worlds.records import World
from stage.cards import Card
from stage.config import ControlSection, PanelSection, StageConfig, StageSection, VerifySection
from stage.config_rules import broken_rules
from stage.config_tables import Table, TableReader, nearest
from tracking.presets import apply_preset
from tracking.records import ConfigError, Placement, Record
from tracking.settings import TrackerConfig

_SINGLE: dict[str, type[Record]] = {
    "stage": StageSection,
    "world": World,
    "control": ControlSection,
    "panel": PanelSection,
    "verify": VerifySection,
}
_LISTS: dict[str, type[Record]] = {
    "walls": Wall,
    "outputs": Output,
    "trackers": TrackerConfig,
    "cameras": Camera,
    "cards": Card,
}
_NESTED: tuple[type[Record], ...] = (PlaneShape, ArcShape, MeshShape, Signal, Placement, Region)
_REFERS_TO = {"cameras": ("trackers",), "outputs": ("walls",), "verify": ("cameras", "trackers")}
MOST_FINDINGS = 50


def parse_config(text: str, file: str, read_preset: Callable[[str], Table]) -> StageConfig:
    """The configuration that `text` says.

    `file` names it in messages; `read_preset` gives a tracker preset's table by name, or raises ConfigError.
    Raises ConfigError with all findings, each `file: path.to.key: found, expected`.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
    findings: list[str] = []
    sections: Table = {}
    for name, value in tables.items():
        sections[name] = _read_section(name, value, findings, read_preset)
    config, dropped = _usable(sections)
    told = {finding.partition(":")[0] for finding in findings}
    findings.extend(
        finding
        for finding in broken_rules(config)
        if finding.partition(":")[0] not in told and not dropped.intersection(_concerned(finding))
    )
    if not findings:
        return config
    raise ConfigError(*(f"{file}: {finding}" for finding in findings[:MOST_FINDINGS]))


def _usable(sections: Table) -> tuple[StageConfig, frozenset[str]]:
    """What could be read, as a configuration, and the sections from which something had to be left out."""
    kept: Table = {"walls": ()}
    dropped = set()
    for name, value in sections.items():
        rows = tuple(row for row in value if row is not None) if isinstance(value, tuple) else value
        if rows is not None and name in (*_SINGLE, *_LISTS):
            kept[name] = rows
        if rows is None or (isinstance(value, tuple) and len(rows) < len(value)):
            dropped.add(name)
    return StageConfig(**kept), frozenset(dropped)


def _concerned(finding: str) -> tuple[str, ...]:
    """The sections that a broken rule speaks of: its own, and those that its own refers to."""
    own = finding.partition(":")[0].partition(".")[0].partition("[")[0]
    return (own, *_REFERS_TO.get(own, ()))


def _read_section(name: str, value: Any, findings: list[str], read_preset: Callable[[str], Table]) -> Any:
    """One top-level table as its record (or tuple of records); what is wrong goes into `findings`."""
    if name in _SINGLE:
        return _read_table(name, value, _SINGLE[name], findings)
    if name not in _LISTS:
        findings.append(f"{name}: unknown section{nearest(name, (*_SINGLE, *_LISTS))}")
        return None
    if not isinstance(value, list):
        findings.append(f"{name}: found [{name}], expected [[{name}]]: each one is a table in a list")
        return None
    rows = []
    for index, table in enumerate(value):
        where = f"{name}[{index}]"
        merged = _with_preset(where, table, findings, read_preset) if name == "trackers" else table
        rows.append(_read_table(where, merged, _LISTS[name], findings))
    return tuple(rows)


def _with_preset(where: str, table: Any, findings: list[str], read_preset: Callable[[str], Table]) -> Any:
    preset = table.get("preset") if isinstance(table, dict) else None
    if not isinstance(preset, str):
        return table
    try:
        return apply_preset(table, read_preset(preset))
    except ConfigError as error:
        findings.extend(f"{where}.preset: {finding}" for finding in error.findings)
        return table


def _read_table(where: str, table: Any, kind: type[Record], findings: list[str]) -> Record | None:
    small = tuple(field.name for nested in _NESTED for field in msgspec.structs.fields(nested))
    reader = TableReader(where, kind, small)
    record = reader.read(table)
    findings.extend(reader.findings)
    return record
