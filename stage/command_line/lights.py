"""`stage lights`: lists and checks the stage lights, prints their patch, tries them, and keeps where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.command_line.lights_check import check
from stage.command_line.lights_learn import learn
from stage.command_line.lights_trial import identify, step_through
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.light_tables import light_tables
from stage.control.light_views import LightStatus, configured_lights
from stage.doctor.patch_sheet import FORMS, patch_sheet
from stage.loading.files import load_config
from stage.words.sentences import counted
from tracking.records import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="List and check the stage lights, print their patch, try them, keep where they stand.\n\n"
    "Example: stage lights list",
)
app.command()(check)
app.command(name="test")(step_through)
app.command()(identify)
app.command()(learn)


@app.command(name="list")
def list_lights(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG]", help="A configuration (TOML); without it, the running stage.")
    ] = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print every light: fixture, patch, place, aim, what it follows and gives now, and what differs from the file.

    Example: stage lights list hw_configs/sim_lights.toml
    """
    if config is not None:
        lights: list[dict[str, Any]] = _as_sent(configured_lights(load_config(config).config))
    else:
        with connected(endpoint, as_json=as_json) as stage:
            lights = stage.lights()
    if as_json:
        print_out(lights)
        return
    for table in light_tables(lights):
        print_out(table)


@app.command(name="patch-sheet")
def print_patch_sheet(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The stage's configuration (TOML).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it here: .csv, .md or .html; without it, print Markdown."),
    ] = None,
) -> None:
    """Print the patch as a sheet: a table for each universe, in the order of addresses.

    It is that of the file. Where lamps were moved since, `lights list` says so.

    Example: stage lights patch-sheet hw_configs/sim_lights.toml --out patch.html
    """
    loaded = load_config(config).config
    sheet = patch_sheet(loaded.stage.name, configured_lights(loaded))
    form = FORMS.get(".md" if out is None else out.suffix.lower())
    if form is None:
        raise ConfigError(f"--out: found {str(out)!r}, expected a file ending in {', '.join(FORMS)}")
    if out is None:
        print(form(sheet), end="")
        return
    try:
        out.write_text(form(sheet), encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written ({error.strerror}); choose another place with --out") from error
    print(f"{out} is written: {counted(sum(map(len, sheet.universes.values())), 'light')}")


@app.command()
def save(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Save where lights stand, point to and are patched, where that differs from the file, in the show's folder.

    The next start uses it; what else is saved for the next start stays as it is.

    Example: stage lights save
    """
    with connected(endpoint, as_json=as_json) as stage:
        saved = stage.lights_save()
        count = saved["count"]
        if as_json:
            print_out({"ok": True, **{field: saved[field] for field in ("frame", "epoch", "seq", "name", "count")}})
        else:
            print_out(f"{count} value{'' if count == 1 else 's'} of lights saved for the next start")


def _as_sent(lights: tuple[LightStatus, ...]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.to_builtins(list(lights))
    return found
