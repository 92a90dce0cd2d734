"""`stage control keys`: who may control a stage from other machines: makes keys and tokens, lists and revokes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.command_line.connected import JsonOption, print_out
from stage.control.keys.tokens import TokenFolder
from stage.gate.keys import ClientKey, KeyFolder
from stage.run.options import KEYS
from stage.run.runtime_folder import running_states
from stage.run.whole_files import put_whole
from tracking.records import ConfigError
from tracking.settable import Role

app = typer.Typer(
    no_args_is_help=True,
    help="Make, list and revoke the keys of clients on other machines.\n\n"
    "Example: stage control keys list --state FOLDER",
)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is: a person or a tablet.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The stage's configuration; without it, the stage that runs here.")
]
StateOption = Annotated[
    Path | None, typer.Option("--state", help="The stage's state folder, where `run --state` has it.")
]


@app.command()
def add(
    name: NameArgument,
    *,
    role: Annotated[Role, typer.Option("--role", help="What its holder may do.")],
    http: Annotated[bool, typer.Option("--http", help="Make a bearer token for HTTP, and print it once.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file for the client. Default: NAME.key in this folder.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key: a file that its client needs, or with --http a token. A running stage knows it at once.

    Example: stage control keys add tablet-1 --role director --state FOLDER
    """
    folder = keys_folder(config, state)
    try:
        if http:
            token = TokenFolder(folder).make(name, role)
            print_out({"name": name, "role": role, "token": token} if as_json else token)
            return
        file = out or Path(f"{name}.key")
        key = _make_key(KeyFolder(folder), name, role, file)
    except FileExistsError as error:
        raise ConfigError(
            f"{error.filename or name}: is there already: revoke it first, or take another name"
        ) from None
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if as_json:
        print_out({"name": name, "role": role, "file": str(file), "server": key.server})
    else:
        print_out(
            f"{file} has the key of {name} ({role}): give it to that client and to nobody else\n"
            f"the stage's public key is {key.server}\n"
            f'Client("tcp://ADDRESS:7700", key_file="{file}")   # or OPENSTAGE_KEY={file}'
        )


@app.command(name="list")
def list_keys(config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False) -> None:
    """List everybody who has a key or a token.

    Example: stage control keys list --state FOLDER
    """
    folder = keys_folder(config, state)
    keys = [
        {"name": one.name, "role": one.role, "kind": "key", "revoked": one.revoked}
        for one in KeyFolder(folder).holders()
    ]
    tokens = [
        {"name": one.name, "role": one.role, "kind": "token", "revoked": one.revoked}
        for one in TokenFolder(folder).holders()
    ]
    if as_json:
        print_out({"keys": keys + tokens})
        return
    for one in keys + tokens:
        print_out(f"{one['name']}  {one['role']}  {one['kind']}{'  revoked' if one['revoked'] else ''}")
    if not keys and not tokens:
        print_out("nobody has a key")


@app.command()
def revoke(name: NameArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Revoke a key and a token, at once: open connections are closed.

    Example: stage control keys revoke tablet-1 --state FOLDER
    """
    folder = keys_folder(config, state)
    found = [KeyFolder(folder).revoke(name), TokenFolder(folder).revoke(name)]
    if not any(found):
        raise ConfigError(f"found no key called {name!r}, expected one of `stage control keys list`")
    print_out(f"{name} is revoked")


def _make_key(keys: KeyFolder, name: str, role: Role, file: Path) -> ClientKey:
    """Makes a key and its client's file, which this user alone can read from its first moment on."""
    if file.exists():
        raise FileExistsError(17, "exists", str(file))
    key = keys.make(name, role)
    put_whole(file.absolute(), msgspec.json.encode(key), new=True)
    return key


def keys_folder(config: Path | None, state: Path | None) -> Path:
    """The folder of a stage's keys and tablets. Raises ConfigError where it is not clear which stage is meant."""
    if state is not None:
        return state.absolute() / KEYS
    if config is not None:
        from stage.loading.files import load_config  # noqa: PLC0415 - no other command of `control` reads one
        from stage.supervision.launch import state_directory  # noqa: PLC0415

        return state_directory(load_config(config).config).absolute() / KEYS
    running = running_states()
    if len(running) != 1:
        found = "no stage" if not running else f"{len(running)} stages"
        raise ConfigError(f"found {found} running here, expected one: name yours, with --config FILE or --state FOLDER")
    return running[0] / KEYS
