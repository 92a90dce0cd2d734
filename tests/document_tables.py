"""The tables in the documents, made from the program's own declarations so that they cannot drift.

`python -m tests.document_tables` writes them anew between their marks; `test_docs.py` fails where one is out of date.
What a declaration cannot say (the meaning of a configuration key) stands in the document and is kept by its key.
"""

import importlib
import re
import sys
from pathlib import Path
from typing import get_args

import msgspec
import typer
from msgspec import inspect
from stage.show.plan.cards import Card
from typer.main import get_command

from calibration.cameras import Camera
from calibration.walls import ArcShape, MeshShape, PlaneShape, Signal, Wall
from render.outputs.records import Output, Region
from render.worlds.kinds import World
from stage.cli import COMMANDS
from stage.config.records import ControlSection, PanelSection, StageConfig, StageSection, VerifySection
from stage.control import wire
from stage.values.parameters import declare
from tracking.dialects import FreeDDialect, OscArgument, OscMap, OscRule
from tracking.records import Placement
from tracking.settings import TrackerConfig

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MARKED = re.compile(r"<!-- table: (?P<name>[a-z-]+) -->\n(?P<body>.*?)<!-- end of table -->\n", re.DOTALL)
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
    "world": World,
    "control": ControlSection,
    "panel": PanelSection,
    "verify": VerifySection,
}
NAMES = {record: name for name, record in CONFIG_RECORDS.items()}
UNITS = ("m_s", "deg_s", "m", "mm", "deg", "hz", "ms", "s", "px", "nits", "k", "stops")
SHOWN_UNITS = {"m_s": "m/s", "deg_s": "deg/s", "hz": "Hz", "k": "K"}


def rows_of(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def unit_of(name: str) -> str:
    """The unit that a key's suffix says, as the project names things."""
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


def records_of(kind) -> tuple[type[msgspec.Struct], ...]:
    """The records of a union; a record that is not a union, alone."""
    return get_args(kind) or (kind,)


def fields_of(kind) -> list[msgspec.structs.FieldInfo]:
    """Every field that a record, or any record of a union, has."""
    found = {field.encode_name: field for record in records_of(kind) for field in msgspec.structs.fields(record)}
    return list(found.values())


def config_table(kind, meanings: dict[str, str]) -> str:
    found = [inspect.type_info(record) for record in records_of(kind)]
    rows = []
    tags = sorted(record.tag for record in found if isinstance(record.tag, str))
    if tags:
        rows.append(["`kind`", " or ".join(f"`{tag}`" for tag in tags), "", "required", meanings.get("kind", "")])
    for field in {field.encode_name: field for record in found for field in record.fields}.values():
        name = field.encode_name
        meaning = meanings.get(name, "")
        rows.append([f"`{name}`", kind_of(field.type), unit_of(name), default_of(field), meaning])
    return rows_of(["key", "kind", "unit", "default", "meaning"], rows)


def kept_meanings(body: str) -> dict[str, str]:
    """The last cell of every row of a table that is there already, by key."""
    rows = (re.split(r"(?<!\\)\|", line)[1:-1] for line in body.splitlines() if line.startswith("| `"))
    return {cells[0].strip().strip("`"): cells[-1].strip().replace("\\|", "|") for cells in rows}


def parameter_table() -> str:
    """Every parameter, with `{name}` for the names of a configuration's walls, cameras, cards and trackers."""
    config = StageConfig(
        walls=(
            Wall(name="-wall-", resolution_px=(16, 16), shape=ArcShape(radius_m=1.0, sweep_deg=90.0, height_m=1.0)),
        ),
        trackers=(TrackerConfig(name="-tracker-", protocol="freed", source="udp://:0"),),
        cameras=(Camera(name="-camera-", tracker="-tracker-"),),
        cards=(Card(name="-card-"),),
    )
    rows = []
    for one in declare(config):
        path = re.sub("-(wall|camera|card|tracker)-", "{name}", one.path)
        span = f"{one.minimum:g} to {one.maximum:g}" if one.minimum is not None and one.maximum is not None else ""
        span = " ".join(f"`{choice}`" for choice in one.choices) or span or "on or off"
        default = {True: "on", False: "off"}.get(one.default, one.default) if isinstance(one.default, bool) else None
        default = default if default is not None else f"{one.default:g}" if one.kind == "float" else str(one.default)
        fades, looks = "yes" if one.fades else "", "yes" if one.in_looks else ""
        rows.append([f"`{path}`", span, one.unit, default, one.role, fades, looks, one.help])
    return rows_of(["path", "values", "unit", "default", "least role", "fades", "in looks", "meaning"], rows)


def request_table() -> str:
    """Every request of the wire with its fields besides `type` and `id`."""
    rows = []
    for kind in inspect.type_info(wire.WireRequest).types:
        fields = [f"`{field.encode_name}`" + ("" if field.required else " (optional)") for field in kind.fields[1:]]
        rows.append([f"`{kind.tag}`", ", ".join(fields), " ".join((kind.cls.__doc__ or "").split())])
    return rows_of(["`type`", "fields besides `id`", "meaning"], rows)


def loaded_command(name: str):
    module = importlib.import_module(f"stage.command_line.{name}")
    if hasattr(module, "app"):
        return get_command(module.app)
    app = typer.Typer(add_completion=False)
    app.command(name)(module.command)
    return get_command(app)


def leaf_commands() -> dict[str, object]:
    """Every command that can be run, by its words: `run`, `control take start`."""
    found = {}

    def add(words: str, command) -> None:
        subcommands = getattr(command, "commands", None)
        if subcommands is None:
            found[words] = command
        for name, inner in (subcommands or {}).items():
            add(f"{words} {name}", inner)

    for name in COMMANDS:
        add(name, loaded_command(name))
    return found


def option_rows(command) -> list[list[str]]:
    rows = []
    for option in command.params:
        if option.name in {"install_completion", "show_completion"}:
            continue
        words = " / ".join(f"`{word}`" for word in (*option.opts, *option.secondary_opts))
        if option.param_type_name == "argument":
            words = f"`{option.metavar or option.name.upper()}`"
        shown = "required" if option.required else option.default
        empty = shown in (None, "", (), []) or (shown is False and not option.secondary_opts)
        default = "" if empty else str(shown if not isinstance(shown, bool) else "on" if shown else "off")
        rows.append([words, default, " ".join((option.help or "").split())])
    return rows


def command_reference() -> str:
    parts = []
    for words, command in leaf_commands().items():
        first = (command.help or COMMANDS.get(words, "")).split("\n\n")[0]
        parts.append(f"### `stage {words}`\n\n{' '.join(first.split())}\n\n")
        parts.append(rows_of(["argument or option", "default", "meaning"], option_rows(command)) + "\n")
    return "".join(parts)


def preset_table() -> str:
    """Every tracker preset with the comment it opens with: whose it is, its usual port, and what was verified."""
    rows = []
    for path in sorted((ROOT / "hw_configs" / "trackers").glob("*.toml")):
        lines = [line for line in path.read_text().splitlines() if line.startswith("#")]
        text = " ".join(line.lstrip("# ") for line in lines)
        protocol = re.search(r'^protocol = "(\w+)"', path.read_text(), re.MULTILINE)[1]
        rows.append([f"`{path.stem}`", protocol, text.replace("{", "`{").replace("}", "}`")])
    return rows_of(["preset", "protocol", "whose it is, and what was verified"], rows)


def shipped_table() -> str:
    """Every shipped configuration with the sentence it opens with."""
    rows = []
    for path in sorted((ROOT / "hw_configs").glob("*.toml")):
        first = path.read_text().split("\n")[0].lstrip("# ")
        rows.append([f"[{path.name}](../hw_configs/{path.name})", first])
    return rows_of(["file", "what it is"], rows)


def table(name: str, body: str) -> str:
    """The table called `name` as it must be; `body` is what stands there, for the meanings in it."""
    whole = {
        "parameters": parameter_table,
        "requests": request_table,
        "commands": command_reference,
        "presets": preset_table,
        "configurations": shipped_table,
    }
    if name in whole:
        return whole[name]()
    return config_table(CONFIG_RECORDS[name.removeprefix("config-")], kept_meanings(body))


def renewed(text: str) -> str:
    """A document with every table in it made anew."""
    return MARKED.sub(
        lambda found: f"<!-- table: {found['name']} -->\n{table(found['name'], found['body'])}<!-- end of table -->\n",
        text,
    )


if __name__ == "__main__":
    for document in DOCUMENTS:
        before = document.read_text()
        after = renewed(before)
        if after != before:
            document.write_text(after)
            print(f"{document.relative_to(ROOT)}: tables written", file=sys.stderr)
