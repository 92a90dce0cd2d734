"""A connection to a running stage, as the commands of `stage control` have it, and how they print what it says."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stage.control.client import Client, ControlError
from stage.control.history_client import Answer
from stage.control.tables import shown
from tracking.records import ConfigError

EndpointOption = Annotated[
    str,
    typer.Option("--endpoint", envvar="OPENSTAGE_CONTROL", help="The stage's control endpoint, tcp://ADDRESS:PORT."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Print it again every second, until Ctrl-C.")]
WatchSecondsOption = Annotated[
    float | None, typer.Option("--seconds", help="With --watch: stop after so many seconds.", min=0.0)
]


def _key_file() -> str | None:
    """The file with this user's key for a stage on another machine, as OPENSTAGE_KEY names it."""
    return os.environ.get("OPENSTAGE_KEY") or None


@contextmanager
def connected(endpoint: str, *, as_json: bool) -> Iterator[Client]:
    """A connected client. If the stage refuses, the exit code is 1; if no stage answers, it is 2."""
    try:
        with Client(endpoint, session=_session(endpoint), name=_user(), key_file=_key_file()) as client:
            yield client
    except (OSError, ValueError) as error:
        raise ConfigError(f"OPENSTAGE_KEY: {error}") from None
    except ControlError as error:
        if error.code == "no_answer":
            raise ConfigError(error.detail) from None
        if as_json:
            why = {"reason": error.reason, "values": error.values}
            print_out({"ok": False, "error": error.code, "detail": error.detail, **why})
        else:
            print(f"{error.code}: {error.detail}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _session(endpoint: str) -> str:
    """This user of this machine is one client of a stage, whichever command it is: so `undo` knows of the last one.

    With another key it is another, since a session belongs to one key.
    """
    who = f"{_user()}\n{_machine()}\n{endpoint}\n{_key_file() or ''}"
    return hashlib.blake2b(who.encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _machine() -> str:
    """What tells this machine from others (machine-id(5)); its name where it has no such file."""
    try:
        return Path("/etc/machine-id").read_text()
    except OSError:
        return socket.gethostname()


def _user() -> str:
    """What the user is called; "" where the system does not say."""
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):  # a container may run under a number without a name
        return ""


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Prints what a command led to."""
    if as_json:
        note = {"detail": answer.detail} if answer.detail else {}
        fields = {name: getattr(answer, name) for name in ("frame", "path", "value", "epoch", "seq")}
        print_out({"ok": True, **fields, **note})
        return
    subject = f"{answer.path} {shown(answer.value)}".strip() if answer.value is not None else "done"
    print_out(f"{subject} (frame {answer.frame})")
    if answer.detail:
        print(answer.detail, file=sys.stderr)


def print_out(what: object) -> None:
    """Prints text as it is, tables and lists of values as JSON, and what is to be drawn on a terminal."""
    if isinstance(what, Mapping | list):
        print(json.dumps(what))
    elif isinstance(what, str):
        print(what)
    else:
        Console().print(what)
