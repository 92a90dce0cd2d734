"""The tables in the documents, made from the program's own declarations so that they cannot drift.

`python -m tests.document_tables` rewrites them between their marks; `test_docs.py` fails if one is out of date.
"""

import importlib
import re
import sys
from pathlib import Path

import typer
from msgspec import inspect
from typer.main import get_command

from calibration.cameras import Camera
from calibration.walls import ArcShape, Wall
from render.worlds.configured import World
from render.worlds.plate.record import PlateLayer
from stage.cli import COMMANDS
from stage.config.lights import StageLight
from stage.config.records import Card, StageConfig
from stage.config.starting_values import tree_of
from stage.control.wire import WIRE_COMMANDS
from stage.panel.refusals import STATUS_OF
from stage.panel.variables import VARIABLES
from stage.values.tree import ParameterTree
from tests.configuration_tables import CONFIG_RECORDS, config_table, kept_meanings, rows_of
from tracking.settings import TrackerConfig

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MARKED = re.compile(r"<!-- table: (?P<name>[a-z-]+) -->\n(?P<body>.*?)<!-- end of table -->\n", re.DOTALL)
COMMON_FIELDS = {"id", "session", "client", "role"}
"""The fields of every request."""


def parameter_table() -> str:
    """Every parameter of a stage, with `{name}` and `{key}` for the names and keys of its parts."""
    config = StageConfig(
        walls=(
            Wall(name="-wall-", resolution_px=(16, 16), shape=ArcShape(radius_m=1.0, sweep_deg=90.0, height_m=1.0)),
        ),
        trackers=(TrackerConfig(name="-tracker-", protocol="freed", source="udp://:0"),),
        cameras=(Camera(name="-camera-", tracker="-tracker-"),),
        cards=(Card(name="-card-"),),
        lights=(
            StageLight(
                name="-light-",
                key="-light-",
                fixture="x",
                universe=1,
                address=1,
                position_m=(0.0, 0.0, 3.0),
                aim_m=(0.0, 0.0, 1.5),
                groups=("-group-",),
            ),
        ),
        worlds=(World(name="NAME", key="-world-", layers=(PlateLayer(key="-layer-"),)),),
    )
    header = ["path", "values", "unit", "default", "least role", "fades", "looks", "seen", "guarded", "meaning"]
    rows = parameter_rows(tree_of(config))
    named = [
        [
            re.sub(
                "-(world|layer|light)-",
                "{key}",
                re.sub("-(wall|camera|card|tracker)-|(?<=/group/)group", "{name}", path),
            ),
            *rest,
        ]
        for path, *rest in rows
    ]
    return rows_of(header, [row for row in named if not re.match(r"`/card/card\d+/", row[0])])


def parameter_rows(tree: ParameterTree) -> list[list[str]]:
    """A row for each parameter of a tree."""
    rows = []
    for one in tree:
        span = f"{one.minimum:g} to {one.maximum:g}" if one.minimum is not None and one.maximum is not None else ""
        span = " ".join(f"`{choice}`" for choice in one.choices) or span or one.form or "on or off"
        default = {True: "on", False: "off"}.get(one.default, one.default) if isinstance(one.default, bool) else None
        default = default if default is not None else f"{one.default:g}" if one.kind == "float" else str(one.default)
        seen, guarded = "yes" if one.seen else "", "yes" if one.guarded else ""
        declared = [one.unit, default, one.role, one.fade or "", one.look or "", seen, guarded, one.help]
        rows.append([f"`{one.path}`", span, *declared])
    return rows


def request_table() -> str:
    """Every request of the wire with its least role, and its fields besides `type` and what all requests have."""
    rows = []
    for request in dict.fromkeys(command.request for command in WIRE_COMMANDS):
        found = inspect.type_info(request)
        own = [field for field in found.fields if field.name not in COMMON_FIELDS]
        fields = [f"`{field.encode_name}`" + ("" if field.required else " (optional)") for field in own]
        meaning = " ".join((request.__doc__ or "").split())
        rows.append([f"`{found.tag}`", ", ".join(fields), roles_of(request), meaning])
    return rows_of(["`type`", "fields", "least role", "meaning"], rows)


def roles_of(request: type) -> str:
    """The least role that a request needs, for each of its actions where they differ."""
    commands = [command for command in WIRE_COMMANDS if command.request is request]
    roles: dict[str, list[str]] = {}
    for command in commands:
        roles.setdefault(command.least_role or "each parameter's own", []).append(f"`{command.action}`")
    return (
        next(iter(roles)) if len(roles) == 1 else "; ".join(f"{role} ({', '.join(one)})" for role, one in roles.items())
    )


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
        if subcommands is None or command.invoke_without_command:
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


def variable_table() -> str:
    """Every flat variable for button panels."""
    rows = [[f"`{one.name}`", one.meaning] for one in VARIABLES]
    ends = [
        ["`link`", "`live`; `stale` where the stage sends nothing, and then it stands alone"],
        ["`frame`", "the newest frame"],
        ["`tracker_NAME`", "a tracker's state; its name in lower case, with `_` for all but letters and digits"],
        ["`tracker_NAME_hz`", "its packets a second"],
    ]
    return rows_of(["name", "what it says"], [*rows, *ends])


def http_status_table() -> str:
    """The HTTP status of each of the wire's error codes."""
    rows = [[f"`{code}`", f"{int(status)} {status.phrase}"] for code, status in STATUS_OF.items()]
    return rows_of(["code", "status"], rows)


def table(name: str, body: str) -> str:
    """The table called `name` as it must be; `body` is what stands there, for the meanings in it."""
    whole = {
        "parameters": parameter_table,
        "requests": request_table,
        "commands": command_reference,
        "presets": preset_table,
        "configurations": shipped_table,
        "variables": variable_table,
        "http-status": http_status_table,
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
