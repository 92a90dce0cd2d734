"""What several commands share: options, points as text, printing of records, and the end on Ctrl-C."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tracking.motion_files import Axes
from tracking.records import ConfigError, Record, Vec3
from tracking.settable import Value

NETWORK_PANEL = "Network (repeatable from --seed)"

ConfigArgument = Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")]
WorldOption = Annotated[
    Path | None,
    typer.Option(
        "--world",
        metavar="FILE",
        help="A picture, a 3D scene (.glb) or a world's file (NAME.world.toml), in the place of the configured worlds.",
    ),
]
LookOption = Annotated[
    str | None,
    typer.Option(
        "--look",
        metavar="FILE",
        help="Begin with a look: its file (TOML), or the name of a shipped one, such as dusk.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
AxesOption = Annotated[
    Axes,
    typer.Option(help="Body axes of the motion file: stage (x right, y ahead) or optical (x right, y down, z ahead)."),
]
_SWITCH_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
MOTION_FILE = "Motion file with lines of timestamp_s tx ty tz qx qy qz qw; may be .gz."


def numbers_of(text: str) -> tuple[float, ...]:
    """Reads numbers that are separated by spaces or commas; empty where a word is not a number."""
    try:
        return tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        return ()


def point_of(text: str, most_m: float = math.inf) -> Vec3:
    """Reads `--at`: three numbers in metres, each less than `most_m` from 0. Raises ConfigError for anything else."""
    numbers = numbers_of(text)
    if len(numbers) != 3:
        raise ConfigError(f'--at: found {text!r}, expected three numbers in metres: "0 -1 1.5"')
    if not all(abs(value) < most_m for value in numbers):
        within = f"a place within {most_m:g} m" if most_m < math.inf else "finite numbers"
        raise ConfigError(f"--at: found {text!r}, expected {within}")
    x, y, z = numbers
    return (x, y, z)


def setting_of(text: str) -> tuple[str, Value]:
    """Reads `--set`: a path and its value. Raises ConfigError."""
    path, equals, word = text.partition("=")
    if not equals:
        raise ConfigError(f"--set: found {text!r}, expected PATH=VALUE such as /grade/exposure_stops=1")
    if word.lower() in _SWITCH_WORDS:
        return path, _SWITCH_WORDS[word.lower()]
    try:
        return path, float(word)
    except ValueError:
        return path, word


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set instead of ending the program."""
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    return stop


def print_json(record: Record | dict[str, Record]) -> None:
    """Prints one line of JSON on standard output."""
    print(msgspec.json.encode(record).decode())


class RunningLine:
    """A line on a terminal's standard error that is overwritten at most every `interval_s` seconds."""

    def __init__(self, interval_s: float) -> None:
        self.terminal = sys.stderr.isatty()
        self._interval_s = interval_s
        self._next_s = 0.0

    def show(self, text: str) -> None:
        """Shows `text`, unless the last text is too recent or nobody watches."""
        now_s = time.monotonic()
        if self.terminal and now_s >= self._next_s:
            self._next_s = now_s + self._interval_s
            print(f"\r{text} ", end="", file=sys.stderr, flush=True)


def tell_progress(text: str) -> None:
    """What a long measurement does now, as a line on standard error."""
    print(text, file=sys.stderr, flush=True)


def print_figures(figures: Record | dict[str, Record], *, as_json: bool) -> None:
    """Prints figures as JSON, or one a line under their dotted names."""
    if as_json:
        print_json(figures)
        return
    for name, value in _flat("", msgspec.to_builtins(figures)):
        print(f"{name:40s} {value:.4g}" if isinstance(value, float) else f"{name:40s} {value}")


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    """Nested figures as pairs of dotted name and value."""
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [row for key, inner in value.items() for row in _flat(f"{prefix}.{key}" if prefix else key, inner)]
