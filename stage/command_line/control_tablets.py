"""`stage control pair` and `stage control tablets`: lets tablets in by a code, lists, renames and revokes them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from stage.command_line.connected import JsonOption, print_out
from stage.command_line.control_keys import ConfigOption, StateOption, keys_folder
from stage.control.keys.tablets import LONGEST_NAME, Tablet, TabletFile, TabletRole
from stage.panel.pairing_link import invitation
from tracking.records import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="List, rename and revoke the tablets that are paired with a stage.\n\n"
    "Example: stage control tablets list --state FOLDER",
)
TabletArgument = Annotated[str, typer.Argument(metavar="TABLET", help="The name of a tablet, or its id.")]


def pair(
    *,
    role: Annotated[TabletRole, typer.Option("--role", help="What the tablet may do.")] = "director",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a code, and a QR code to scan, by which one tablet is paired with the stage that runs here.

    It holds for three minutes. Exits 2 where no stage with a page runs here.

    Example: stage control pair --role director --state FOLDER
    """
    page = importlib.import_module("stage.control.page_client")  # HTTP is loaded for this alone
    found = page.ask_page(page.page_of(keys_folder(config, state)), "/api/v1/pair/code", {"role": role})
    if as_json:
        print_out({key: found[key] for key in ("code", "url", "role", "expires_s")})
        return
    page_url = str(found["url"]).partition("/pair#")[0]
    print_out(invitation(page_url, str(found["code"]), role, float(found["expires_s"])))


@app.command(name="list")
def list_tablets(config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False) -> None:
    """List every tablet that was paired.

    Example: stage control tablets list --state FOLDER
    """
    tablets = TabletFile(keys_folder(config, state)).tablets()
    if as_json:
        keys = ("id", "name", "role", "address", "paired_unix_s", "revoked")
        print_out({"tablets": [{key: getattr(one, key) for key in keys} for one in tablets]})
        return
    for one in tablets:
        marks = "  revoked" * one.revoked + "  locked" * (one.lock is not None)
        print_out(f"{one.id}  {one.name}  {one.role}{marks}")
    if not tablets:
        print_out("no tablet is paired")


@app.command()
def rename(
    tablet: TabletArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"Its new name, at most {LONGEST_NAME} characters.")],
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Give a tablet another name, by which the log and other tablets call it.

    Example: stage control tablets rename "tablet (2)" "Wei's iPad" --state FOLDER
    """
    changed = _changed(keys_folder(config, state), tablet, name=name)
    print_out(f"{tablet} is now called {changed.name}")


@app.command()
def revoke(tablet: TabletArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Revoke a tablet, at once: what it has open is closed.

    Example: stage control tablets revoke "Wei's iPad" --state FOLDER
    """
    changed = _changed(keys_folder(config, state), tablet, revoked=True)
    print_out(f"{changed.name} is revoked")


@app.command()
def unlock(tablet: TabletArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Open the lock of a tablet whose PIN is forgotten.

    Example: stage control tablets unlock "Wei's iPad" --state FOLDER
    """
    changed = _changed(keys_folder(config, state), tablet, lock=None)
    print_out(f"the lock of {changed.name} is open")


def _changed(keys: Path, called: str, **fields: Any) -> Tablet:
    """Changes the tablet of a name or id. Raises ConfigError where there is none, or the file cannot be written."""
    tablets = TabletFile(keys)
    found = [one for one in tablets.tablets() if not one.revoked and called in (one.id, one.name)]
    try:
        changed = tablets.change(found[0].id, **fields) if found else None
    except OSError as error:
        raise ConfigError(f"{error.filename or keys}: cannot be written: {error.strerror}") from None
    if changed is None:
        raise ConfigError(f"found no tablet called {called!r}, expected one of `stage control tablets list`")
    return changed
