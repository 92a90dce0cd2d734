"""Turns TOML text into a checked `StageConfig`, or into all findings at once. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any, get_args

from calibration.cameras import Camera
from calibration.walls import Wall
from render.outputs.records import Output
from render.worlds.configured import World
from render.worlds.kinds import Layer
from stage.config.bounds import DEEPEST, OF_CONFIGURATION, Bounds, excess_of_tables, excess_of_text
from stage.config.declarations import TableKind
from stage.config.file_faults import file_fault
from stage.config.findings import Findings
from stage.config.lights import DmxSection, StageLight
from stage.config.records import (
    Card,
    ControlSection,
    LibrarySection,
    OscSection,
    PanelSection,
    PlaceSection,
    StageConfig,
    StageSection,
    TimeSection,
    VerifySection,
)
from stage.config.rules import broken_rules
from stage.config.table_paths import Table
from stage.config.table_reader import TableReader
from stage.config.wording import fault_of_toml, near_names, quoted, suggestion
from tracking.records import ConfigError, Record
from tracking.settings import Protocol, TrackerConfig, apply_preset

_SINGLE: dict[str, TableKind] = {
    "stage": StageSection,
    "world": Layer,
    "place": PlaceSection,
    "time": TimeSection,
    "library": LibrarySection,
    "control": ControlSection,
    "panel": PanelSection,
    "osc": OscSection,
    "dmx": DmxSection,
    "verify": VerifySection,
}
_LISTS: dict[str, type[Record]] = {
    "walls": Wall,
    "outputs": Output,
    "trackers": TrackerConfig,
    "cameras": Camera,
    "cards": Card,
    "worlds": World,
    "lights": StageLight,
}
_SECTIONS = (*_SINGLE, *_LISTS)
PresetReader = Callable[[str], Table]


def parse_config(text: str, file: str, read_preset: PresetReader) -> StageConfig:
    """The configuration in `text`.

    `file` is its name in messages; `read_preset` returns a tracker preset's table by name, or raises ConfigError.
    Raises ConfigError with all findings, each `file: path.to.key: found, expected`.
    """
    findings = Findings(file)
    config = read_config(text, findings, read_preset)
    findings.refuse()
    assert config is not None
    return config


def read_config(text: str, findings: Findings, read_preset: PresetReader) -> StageConfig | None:
    """The configuration as far as it can be read, with its faults in `findings`; None if it is not TOML.

    Every row keeps its number: its faults are replaced by stand-ins or defaults. So the rules are checked against
    everything that can be read. What they conclude from a stand-in is not reported.
    """
    tables = tables_of(text, findings)
    if tables is None:
        return None
    findings.arrange(tables)
    sections: dict[str, Any] = {"walls": ()}
    for name, value in tables.items():
        if name in _SINGLE:
            sections[name] = _reader(name, _SINGLE[name], findings).read(
                _with_dates(value) if name == "place" else value
            )
        elif name in _LISTS:
            sections[name] = _read_rows(name, value, findings, read_preset)
        else:
            _report_unknown(name, tables, findings)
    config = StageConfig(**sections)
    findings.report_conclusions(broken_rules(config))
    return config


def tables_of(text: str, findings: Findings, most: Bounds = OF_CONFIGURATION) -> Table | None:
    """The tables of a TOML text that is not too large to be examined; None if it is, or is not TOML."""
    excess = excess_of_text(text, most)
    if excess is not None:
        findings.report("", excess)
        return None
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        findings.report("", file_fault("file_nested_too_deep", most=DEEPEST))
        return None
    except tomllib.TOMLDecodeError as error:
        findings.report("", fault_of_toml(text, str(error)))
        return None
    except ValueError:  # int() of Python refuses them
        findings.report("", file_fault("file_too_many_digits", found=4300, most=18))
        return None
    too_large = excess_of_tables(tables, most)
    if too_large is not None:
        findings.report(*too_large)
        return None
    return tables


def _with_dates(table: Any) -> Any:
    """A table whose dates are text, as values are: TOML has dates of its own."""
    if not isinstance(table, dict):
        return table
    return {key: value.isoformat() if type(value).__name__ == "date" else value for key, value in table.items()}


def _reader(where: str, kind: TableKind, findings: Findings) -> TableReader:
    return TableReader(where, kind, findings)


def _report_unknown(name: str, tables: Table, findings: Findings) -> None:
    if findings.is_full:
        findings.report(name, "unknown section")
        return
    findings.report(name, f"unknown section{suggestion(name, _SECTIONS)}")
    for meant in near_names(name, _SECTIONS):
        if meant not in tables:
            findings.mark_unreliable(meant)


def _read_rows(name: str, value: Any, findings: Findings, read_preset: PresetReader) -> tuple[Record, ...]:
    if not isinstance(value, list):
        findings.report(name, f"found [{name}], expected [[{name}]]: each one is a table in a list")
        return ()
    rows = []
    for index, table in enumerate(value):
        where = f"{name}[{index}]"
        merged = _with_preset(where, table, findings, read_preset) if name == "trackers" else table
        rows.append(_reader(where, _LISTS[name], findings).read(merged))
    return tuple(rows)


def _with_preset(where: str, table: Any, findings: Findings, read_preset: PresetReader) -> Any:
    """A tracker's table laid over its preset's. A preset for another protocol is reported and ignored."""
    name = table.get("preset") if isinstance(table, dict) else None
    if not isinstance(name, str):
        return table
    try:
        preset = read_preset(name)
    except ConfigError as error:
        for finding in error.findings:
            findings.report(f"{where}.preset", finding)
        return table
    protocol = table.get("protocol", preset.get("protocol"))
    if protocol != preset.get("protocol") and protocol in get_args(Protocol):
        found = f"found {quoted(name)}, which is for {preset.get('protocol')}"
        findings.report(f"{where}.preset", f"{found}, expected one for protocol = {quoted(protocol)}")
        return table
    return apply_preset(table, preset)
