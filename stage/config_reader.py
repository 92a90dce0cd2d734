"""From TOML text to a checked `StageConfig`, or every finding at once. Pure.

msgspec stops at its first error, so each table is read again without the offending key until nothing more is found.
"""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Callable
from typing import Any

import msgspec

from calibration.cameras import Camera
from calibration.walls import ArcShape, MeshShape, PlaneShape, Signal, Wall
from render.outputs.records import Output, Region
from render.worlds.records import World
from stage.config import ControlSection, PanelSection, StageConfig, StageSection, VerifySection
from stage.config_rules import broken_rules
from tracking.presets import apply_preset
from tracking.records import ConfigError, Placement, Record
from tracking.settings import TrackerConfig

Table = dict[str, Any]
_SINGLE: dict[str, type[Record]] = {
    "stage": StageSection,
    "world": World,
    "control": ControlSection,
    "panel": PanelSection,
    "verify": VerifySection,
}
_LISTS: dict[str, type[Record]] = {"walls": Wall, "outputs": Output, "trackers": TrackerConfig, "cameras": Camera}
_NESTED: tuple[type[Record], ...] = (PlaneShape, ArcShape, MeshShape, Signal, Placement, Region)
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(unknown|missing required) field `(?P<name>[^`]*)`")
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
    if "walls" not in tables:
        findings.append("walls: found none, expected at least one [[walls]] table")
    if not findings:
        config = StageConfig(**sections)
        findings.extend(broken_rules(config))
        if not findings:
            return config
    raise ConfigError(*(f"{file}: {finding}" for finding in findings[:MOST_FINDINGS]))


def _read_section(name: str, value: Any, findings: list[str], read_preset: Callable[[str], Table]) -> Any:
    """One top-level table as its record (or tuple of records); what is wrong goes into `findings`."""
    if name in _SINGLE:
        return _read_table(name, value, _SINGLE[name], findings)
    if name not in _LISTS:
        findings.append(f"{name}: unknown section{_nearest(name, [*_SINGLE, *_LISTS])}")
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
    """`table` as a record. On an error the key at fault is taken out and the rest is read for further findings."""
    if not isinstance(table, dict):
        findings.append(f"{where}: found {_shown(table)}, expected a table")
        return None
    rest = copy.deepcopy(table)
    blamed: set[str] = set()
    while True:
        try:
            record = msgspec.convert(rest, kind, strict=True)
        except msgspec.ValidationError as error:
            if not _blame(where, str(error), rest, kind, findings, blamed):
                return None
        else:
            return None if blamed else record


def _blame(where: str, message: str, rest: Table, kind: type[Record], findings: list[str], blamed: set[str]) -> bool:
    """Notes one error and takes its key out of `rest`; False when nothing is left to take out."""
    match = _AT.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    named = _NAMED.search(what)
    holder, key = _locate(rest, path)
    full = f"{where}{path}"
    if named and "missing" in named[1]:
        missing = f"{full}.{named['name']}"
        if missing not in blamed:
            findings.append(f"{missing}: missing, and it has no default")
        return False
    if named:
        inner = holder[key] if key is not None else rest
        findings.append(f"{full}.{named['name']}: unknown key{_nearest(named['name'], _known_keys(kind))}")
        blamed.add(f"{full}.{named['name']}")
        return isinstance(inner, dict) and inner.pop(named["name"], None) is not None
    found = holder[key] if key is not None else rest
    findings.append(f"{full}: found {_shown(found)}, {what[0].lower()}{what[1:]}")
    return key is not None and _take_out(holder, key, full, rest, path, blamed)


def _take_out(holder: Any, key: str | int, full: str, rest: Table, path: str, blamed: set[str]) -> bool:
    """Removes the faulty value; inside a list the whole list goes, since its length may matter."""
    if isinstance(holder, list):
        outer_path = path[: path.rindex("[")]
        outer, outer_key = _locate(rest, outer_path)
        blamed.add(full[: full.rindex("[")])
        return outer_key is not None and outer.pop(outer_key, None) is not None
    blamed.add(full)
    del holder[key]
    return True


def _locate(table: Table, path: str) -> tuple[Any, Any]:
    """The container and key that a msgspec path like `.shape.base_m[2]` names; key None for the table itself."""
    holder: Any = None
    key: Any = None
    here: Any = table
    for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        step: Any = name or int(index)
        try:
            holder, key, here = here, step, here[step]
        except (KeyError, IndexError, TypeError):
            return holder, key
    return holder, key


def _known_keys(kind: type[Record]) -> list[str]:
    """Keys a user may have meant in this section: its own and those of the small tables inside it."""
    keys = [field.name for field in msgspec.structs.fields(kind)]
    for nested in _NESTED:
        keys.extend(field.name for field in msgspec.structs.fields(nested))
    return keys


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
