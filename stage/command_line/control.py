"""`stage control`: reads and sets the parameters of a running stage, and starts and stops takes."""

from __future__ import annotations

import importlib
import json
import math
from typing import Annotated

import msgspec
import typer

from stage.command_line.connected import (
    EndpointOption,
    JsonOption,
    WatchOption,
    WatchSecondsOption,
    connected,
    print_answer,
    print_out,
)
from stage.command_line.control_cue import app as cue_app
from stage.command_line.control_keys import app as keys_app
from stage.command_line.control_light import app as light_app
from stage.command_line.control_log import log
from stage.command_line.control_look import app as look_app
from stage.command_line.control_tablets import app as tablets_app
from stage.command_line.control_tablets import pair
from stage.command_line.control_undo import ForceOption, redo, undo
from stage.command_line.control_worlds import app as worlds_app
from stage.command_line.live_status import print_live
from stage.command_line.osc_addresses import OscForm, print_osc
from stage.command_line.value_files import local_file, read_file, tree_of_stage, write_file
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.saved_values import SavedValues, fitting
from stage.control.status_tables import status_tables
from stage.control.tables import described, shown, value_table
from tracking.settable import Value, Way

app = typer.Typer(
    no_args_is_help=True,
    help="Read and set parameters of a running stage; start and stop takes.\n\nExample: stage control status",
)
take_app = typer.Typer(
    no_args_is_help=True,
    help="Start and stop recording.\n\nExample: stage control take start --name slate-12",
)

PathArgument = Annotated[str, typer.Argument(metavar="PATH", help="A parameter such as /grade/exposure_stops.")]
FadeOption = Annotated[
    float, typer.Option("--fade-s", help="Seconds until the value is reached; 0 sets it at once.", min=0.0, max=3600.0)
]
WayOption = Annotated[
    Way, typer.Option("--way", help="Which way round an hour or an angle goes there; forward is later, and left.")
]
FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A bare name is saved by the stage itself; its next start restores startup. A name with a path "
        "separator, or one that ends in .json, is a file on this machine with every value in it.",
    ),
]
_SWITCH_WORDS = dict.fromkeys(("true", "on", "yes", "1"), True) | dict.fromkeys(("false", "off", "no", "0"), False)


@app.command()
def get(path: PathArgument, endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Print one present value.

    Example: stage control get /grade/exposure_stops
    """
    with connected(endpoint, as_json=as_json) as stage:
        value = stage.get(path)
        unit = "" if as_json else str(stage.describe(path)[0].get("unit", ""))
        print_out({"path": path, "value": value} if as_json else shown(value, unit))


@app.command(name="set", context_settings={"ignore_unknown_options": True})
def set_value(
    path: PathArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A number, on or off, or one of the choices.")],
    fade_s: FadeOption = 0.0,
    *,
    way: WayOption = "shorter",
    force: ForceOption = False,
    if_seq: Annotated[
        int | None, typer.Option("--if-seq", help="Only if it has not changed after this set of changes.", min=0)
    ] = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Set one parameter and print the frame in which it took effect.

    Example: stage control set /grade/exposure_stops -1.5 --fade-s 2
    """
    with connected(endpoint, as_json=as_json) as stage:
        declared = stage.describe(path)
        wanted = _value_of(value, str(declared[0]["kind"])) if declared[0]["path"] == path else value
        print_answer(stage.set(path, wanted, fade_s, way=way, force=force, if_seq=if_seq), as_json=as_json)


@app.command()
def describe(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A parameter, or a folder such as /camera/A.")] = "",
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the requests instead.")] = False,
    osc: Annotated[
        OscForm | None,
        typer.Option(
            "--osc",
            help="Print the OSC addresses instead: a list, a layout for Open Stage Control, or a table for TouchOSC.",
        ),
    ] = None,
) -> None:
    """Print what can be set: range, unit, default, least role, fade rule, looks, meaning.

    Example: stage control describe /camera/A
    """
    if schema:
        # Loaded for this alone: the requests bring the fold's commands with them, which no other command needs.
        print_out(importlib.import_module("stage.control.wire").request_schema())
        return
    with connected(endpoint, as_json=as_json) as stage:
        parameters = stage.describe(path)
        if osc is not None:
            print_osc(parameters, osc, stage.hello()["stage"], as_json=as_json)
        else:
            print_out(parameters if as_json else described(parameters))


@app.command()
def snapshot(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Print every present value.

    Example: stage control snapshot --json
    """
    with connected(endpoint, as_json=as_json) as stage:
        present = stage.snapshot()
        if as_json:
            print_out({key: present[key] for key in ("frame", "epoch", "seq", "values")})
        else:
            print_out(value_table(present["values"], stage.describe()))


@app.command()
def watch(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="A parameter or folder; / means all.")] = "/",
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Stop after so many seconds; without it, never.")
    ] = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print the present values, then every change. With --json, one object a line.

    Example: stage control watch /grade --seconds 10
    """
    with connected(endpoint, as_json=as_json) as stage:
        for change in stage.watch(prefix, seconds=seconds):
            line = msgspec.to_builtins(change) if as_json else f"{change.frame} {change.path} {shown(change.value)}"
            print(json.dumps(line) if as_json else line, flush=True)


@app.command()
def status(
    watch: WatchOption = False,
    seconds: WatchSecondsOption = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print the frame, trackers, cameras, walls, latency, what is in force and what is wrong.

    Example: stage control status --watch
    """
    with connected(endpoint, as_json=as_json) as stage:
        print_live(stage.status, status_tables, watched_s=(seconds or math.inf) if watch else 0.0, as_json=as_json)


@app.command()
def save(file: FileArgument, endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Save the present values, on the stage or in a file here.

    Example: stage control save startup
    """
    with connected(endpoint, as_json=as_json) as stage:
        here = local_file(file)
        if here is None:
            count = stage.save(file)["count"]
        else:
            values = stage.snapshot()["values"]
            count = len(values)
            write_file(here, SavedValues(stage=stage.hello()["stage"], values=values))
        print_out({"ok": True, "file": file, "count": count} if as_json else _saved(count, file))


def _saved(count: int, file: str) -> str:
    return f"{count} value{'' if count == 1 else 's'} saved as {file}"


@app.command()
def load(
    file: FileArgument,
    *,
    force: ForceOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Put saved values in force, all in one frame. Values that no longer fit the stage are reported and skipped.

    Example: stage control load startup
    """
    here = local_file(file)
    values = None if here is None else read_file(here).values
    with connected(endpoint, as_json=as_json) as stage:
        if values is None:
            print_answer(stage.load(file, force=force), as_json=as_json)
            return
        fit, findings = fitting(tree_of_stage(stage), values)
        print_answer(
            msgspec.structs.replace(stage.batch(fit, force=force), detail="; ".join(findings)), as_json=as_json
        )


@app.command(context_settings={"ignore_unknown_options": True})
def heading(
    tracker: Annotated[str, typer.Argument(metavar="TRACKER", help="Name of the tracker.")],
    pan_deg: Annotated[float, typer.Option("--pan-deg", help="Degrees; + turns left, 0 faces the front wall.")] = 0.0,
    *,
    by_deg: Annotated[
        float | None, typer.Option("--by-deg", help="Turn it by so many degrees from where it is, + left.")
    ] = None,
    force: ForceOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Set heading here: the direction that the tracked body faces now becomes --pan-deg; or turn it by --by-deg.

    Example: stage control heading freed-a --pan-deg 0
    """
    with connected(endpoint, as_json=as_json) as stage:
        print_answer(stage.heading(tracker, pan_deg, by_deg=by_deg, force=force), as_json=as_json)


@app.command()
def ack(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code in health, such as core_restarted.")],
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge the findings of one code, such as a restart or values that were reset; health then drops them.

    Example: stage control ack core_restarted
    """
    with connected(endpoint, as_json=as_json) as stage:
        print_answer(stage.acknowledge(code), as_json=as_json)


@take_app.command()
def start(
    name: Annotated[str, typer.Option("--name", help="Name of the take; without it, the stage numbers it.")] = "",
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Start recording.

    Example: stage control take start --name slate-12
    """
    with connected(endpoint, as_json=as_json) as stage:
        print_answer(stage.take_start(name), as_json=as_json)


@take_app.command()
def stop(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Stop recording and close the take.

    Example: stage control take stop
    """
    with connected(endpoint, as_json=as_json) as stage:
        print_answer(stage.take_stop(), as_json=as_json)


def _value_of(text: str, kind: str) -> Value:
    """The text as a value of the parameter's kind. What does not fit is sent as text, and the stage refuses it."""
    if kind == "boolean":
        return _SWITCH_WORDS.get(text.lower(), text)
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            return text
    return text


app.command()(undo)
app.command()(redo)
app.command()(log)
app.command()(pair)
app.add_typer(take_app, name="take")
app.add_typer(look_app, name="look")
app.add_typer(cue_app, name="cue")
app.add_typer(worlds_app, name="worlds")
app.add_typer(light_app, name="light")
app.add_typer(keys_app, name="keys")
app.add_typer(tablets_app, name="tablets")
