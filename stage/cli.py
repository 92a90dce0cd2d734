"""The `stage` command: finds the subcommand and imports only that one."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from stage import __version__
from stage.run.terminal import exit_quietly_on_signals, leave_on_signals
from tracking.records import ConfigError

COMMANDS: dict[str, str] = {
    "demo": "Show a wall that follows a camera, with no hardware.",
    "run": "Run a stage from its configuration.",
    "check": "Check configurations and the files that they name.",
    "new": "Write a starter configuration.",
    "doctor": "Examine this machine: graphics, real time, ports, disk.",
    "listen": "Show what arrives from a tracker.",
    "send": "Send camera motion as real tracker packets.",
    "show": "List, make, archive and check shows.",
    "still": "Draw one frame for a given camera pose into files.",
    "verify": "Compare what the film camera sees with what the world would show.",
    "patterns": "Draw wall test patterns, or show them on a running stage.",
    "control": "Read and set parameters of a running stage; start and stop takes.",
    "lights": "List, check, try and keep the stage lights, and print their patch.",
    "take": "List, describe and repair recorded takes.",
    "replay": "Fold a take again: verify it, or draw its pictures.",
    "service": "Print a systemd unit that runs a stage.",
    "calibrate": "Fit a predictor to recorded motion.",
    "world": "Examine pictures, films and scenes; say where the sun is, and what light a world gives.",
    "bench": "Measure this program on this machine: each figure by one command.",
}


def main(arguments: list[str] | None = None) -> None:
    """Runs one command. Exits 0 if all is well, 1 if something was found, 2 if the command was refused."""
    if arguments is None:
        leave_on_signals(sys.argv[1:])
        _let_children_find_packages()
        _keep_numpy_to_one_thread()
    words = _with_values(sys.argv[1:] if arguments is None else arguments)
    name = next((word for word in words if not word.startswith("-")), None)
    app = typer.Typer(
        name="stage",
        help="OpenStage: stage control for LED-wall virtual production.\n\nExample: stage demo",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback(invoke_without_command=True)(_version)
    for command in [name] if name in COMMANDS else COMMANDS:
        _register(app, command, whole=command == name)
    try:
        program = get_command(app)
        _let_help_flow(program)
        if arguments is None:
            gc.freeze()  # what is loaded stays, and would be gone through several times as the interpreter ends
            exit_quietly_on_signals(words)
        program(words, prog_name="stage")
    except ConfigError as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _let_children_find_packages() -> None:
    """Every Python process that this one starts finds our packages where this one found them.

    None of them takes a file of the user's folder for a module (PYTHONSAFEPATH).
    """
    root = str(Path(__file__).resolve().parents[1])
    before = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part and part != root]
    os.environ["PYTHONPATH"] = os.pathsep.join([root, *before])
    os.environ["PYTHONSAFEPATH"] = "1"


def _keep_numpy_to_one_thread() -> None:
    """NumPy's BLAS would start a thread for each core, in this process and in all that it starts.

    That takes as long as loading NumPy itself, and nothing here multiplies matrices that are large enough to need it.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _with_values(words: list[str]) -> list[str]:
    """`--lan` without an address means every address of this machine, and `--osc` without a form the list.

    The option parser has no optional values.
    """
    filled = []
    for word, following in pairwise([*words, "-"]):
        filled.append(word)
        if word == "--lan" and following.startswith("-"):
            filled.append("*")
        elif word == "--osc" and following.startswith(("-", "/")):
            filled.append("list")
    return filled


def _register(app: typer.Typer, command: str, *, whole: bool) -> None:
    """Adds a command: in `whole` if it is the one to run, else only its line in the help."""
    if not whole:
        app.command(command, help=COMMANDS[command])(_not_loaded)
        return
    module = importlib.import_module(f"stage.command_line.{command}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=command)
    else:
        app.command(command)(module.command)


def _let_help_flow(command: Any) -> None:
    """Puts each paragraph of a command's help, and of its subcommands', on one line: the terminal's width wraps it."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    for inner in getattr(command, "commands", {}).values():
        _let_help_flow(inner)


def _not_loaded() -> None:
    """Takes the place of a command that is not run in the list of commands."""


def _version(
    *, version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True)
) -> None:
    if version:
        print(f"openstage {__version__}")
        raise typer.Exit


if __name__ == "__main__":
    main()
