"""The tables of configuration keys in docs/configuration.md, made from the configuration's records.

A key whose field is a declared value (`tracking.settable`) takes unit, range, default and meaning from its declaration.
The meaning of any other key is written in the document and kept.
"""

import re
from typing import get_args

import msgspec
from msgspec import inspect

from calibration.cameras import Camera
from calibration.walls import ArcShape, MeshShape, PlaneShape, Signal, Wall
from render.outputs.records import Output, Region
from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.model.crowd import CrowdKeys
from render.worlds.plate.record import PlateFilm
from stage.config.lights import DmxSection, StageLight
from stage.config.records import (
    Card,
    ControlSection,
    LibrarySection,
    OscSection,
    PanelSection,
    PlaceSection,
    StageSection,
    TimeSection,
    VerifySection,
)
from stage.fixtures.records import Emitter
from tracking.dialects import FreeDDialect, OscArgument, OscMap, OscRule
from tracking.records import Placement
from tracking.settable import SETTING, Setting
from tracking.settings import TrackerConfig

CONFIG_RECORDS = {
    "stage": StageSection,
    "walls": Wall,
    "plane": PlaneShape,
    "arc": ArcShape,
    "mesh": MeshShape,
    "signal": Signal,
    "outputs": Output,
    "regions": Region,
    "trackers": TrackerConfig,
    "dialect": FreeDDialect,
    "map": OscMap,
    "rules": OscRule,
    "arguments": OscArgument,
    "cameras": Camera,
    "cards": Card,
    "placement": Placement,
    "world": Layer,
    "crowd": CrowdKeys,
    "plates": PlateFilm,
    "worlds": World,
    "place": PlaceSection,
    "time": TimeSection,
    "library": LibrarySection,
    "control": ControlSection,
    "panel": PanelSection,
    "osc": OscSection,
    "lights": StageLight,
    "emitters": Emitter,
    "dmx": DmxSection,
    "verify": VerifySection,
}
NAMES = {record: name for name, kind in CONFIG_RECORDS.items() for record in get_args(kind) or (kind,)}
UNITS = ("m_s", "deg_s", "m", "mm", "deg", "hz", "ms", "s", "px", "nits", "k", "stops")
SHOWN_UNITS = {"m_s": "m/s", "deg_s": "deg/s", "hz": "Hz", "k": "K"}
PARAMETER_MARK = "*(parameter)*"


def rows_of(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def records_of(kind) -> tuple[type[msgspec.Struct], ...]:
    """The records of a union, or the one record."""
    return get_args(kind) or (kind,)


def fields_of(kind) -> list[inspect.Field]:
    """Every field of a record, or of all records of a union; declared values last."""
    fields = {field.encode_name: field for record in records_of(kind) for field in inspect.type_info(record).fields}
    return sorted(fields.values(), key=lambda field: setting_of(field) is not None)


def config_table(kind, meanings: dict[str, str]) -> str:
    """The table of a record's keys; `meanings` are those of the keys that are not declared values."""
    rows = []
    tags = sorted(tag for record in records_of(kind) if isinstance(tag := inspect.type_info(record).tag, str))
    if tags:
        rows.append(["`kind`", " or ".join(f"`{tag}`" for tag in tags), "", "required", meanings.get("kind", "")])
    for field in fields_of(kind):
        name, setting = field.encode_name, setting_of(field)
        unit = unit_of(name) if setting is None else setting.unit
        meaning = meanings.get(name, "") if setting is None else f"{setting.help} {PARAMETER_MARK}"
        rows.append([f"`{name}`", kind_of(field.type), unit, default_of(field), meaning])
    return rows_of(["key", "kind", "unit", "default", "meaning"], rows)


def kept_meanings(body: str) -> dict[str, str]:
    """The last cell of every row of an existing table, by key."""
    rows = (re.split(r"(?<!\\)\|", line)[1:-1] for line in body.splitlines() if line.startswith("| `"))
    return {cells[0].strip().strip("`"): cells[-1].strip().replace("\\|", "|") for cells in rows}


def setting_of(field: inspect.Field) -> Setting | None:
    """The declaration of a key whose field is a declared value."""
    return (field.type.extra or {}).get(SETTING) if isinstance(field.type, inspect.Metadata) else None


def unit_of(name: str) -> str:
    """The unit in a key's suffix."""
    unit = next((unit for unit in UNITS if name.endswith("_" + unit)), "")
    return SHOWN_UNITS.get(unit, unit)


def bounds_of(kind: inspect.IntType | inspect.FloatType) -> str:
    """`0 to 60`, `above 0`, `at least 0`, or nothing; whole floats without their point."""
    ge, gt, le = (None if bound is None else f"{bound:.12g}" for bound in (kind.ge, kind.gt, kind.le))
    if le is not None:
        return f" {ge} to {le}" if ge is not None else f" above {gt}, to {le}"
    return f" above {gt}" if gt is not None else f" at least {ge}" if ge is not None else ""


def kind_of(kind: inspect.Type) -> str:
    """A type as a person who writes TOML thinks of it."""
    match kind:
        case inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "whole number" + bounds_of(kind)
        case inspect.FloatType():
            return "number" + bounds_of(kind)
        case inspect.StrType():
            return "text"
        case inspect.TupleType(item_types=items):
            words = dict.fromkeys(kind_of(item) for item in items)
            return f"{len(items)} x {' / '.join(words)}" if len(words) == 1 else f"[{', '.join(words)}]"
        case inspect.VarTupleType(item_type=item):
            return f"list of {kind_of(item)}"
        case inspect.UnionType(types=members):
            shown = dict.fromkeys(kind_of(member) for member in members if not isinstance(member, inspect.NoneType))
            return " or ".join(shown)
        case inspect.StructType(cls=cls):
            return f"table *{NAMES[cls]}*"
        case inspect.DictType():
            return "table"
        case inspect.Metadata(type=inner):
            return kind_of(inner)
    return type(kind).__name__.removesuffix("Type").lower()


def default_of(field: inspect.Field) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not inspect.NODEFAULT else field.default_factory()
    if value is None:
        return "none"
    if isinstance(value, msgspec.Struct):
        return "its defaults"
    return "`" + msgspec.json.encode(value).decode().replace(",", ", ") + "`"
