"""Files of saved values: written whole or not at all, and read with a line for everything that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from stage.control.requests import STARTUP
from stage.run.whole_files import put_whole
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from stage.words.sentences import refusal_line
from tracking.records import Evolving
from tracking.settable import Value
from tracking.sources.ordinary_files import read_ordinary

MAX_FILE_BYTES = 1 << 20


class SavedValues(Evolving):
    """A file of saved values, by path. The stage itself writes only those that differ from their defaults."""

    values: dict[str, Value]
    stage: str = ""
    version: int = 1


def write_values(file: Path, saved: SavedValues) -> None:
    """Replaces `file` whole or not at all, and returns when it is on disk. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    put_whole(file, msgspec.json.format(msgspec.json.encode(saved), indent=1) + b"\n")


def read_values(file: Path) -> SavedValues:
    """The saved values in `file`. Raises OSError, or ValueError if it holds something else."""
    encoded = read_ordinary(file, MAX_FILE_BYTES)
    try:
        return msgspec.json.decode(encoded, type=SavedValues)
    except RecursionError:
        raise ValueError("found lists in lists without end, expected one value at each path") from None


def fitting(tree: ParameterTree, values: Mapping[str, Value]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values that fit the tree, and a line for each one that does not."""
    kept: dict[str, Value] = {}
    findings: list[str] = []
    for path, value in values.items():
        checked = tree.check(path, value)
        if isinstance(checked, Refusal):
            findings.append(f"{refusal_line(checked)}; skipped")
        else:
            kept[path] = checked
    return kept, tuple(findings)


def restore(
    state_directory: Path, tree: ParameterTree, name: str = STARTUP
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values that were saved for the next start, and a line for everything in them that cannot be used.

    A missing file is not a fault. A broken one is renamed to `NAME.json.broken`, so that saving works again.
    """
    file = state_directory / f"{name}.json"
    try:
        saved = read_values(file)
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        return {}, (f"{file}: cannot be read ({error.strerror}); starting with the defaults",)
    except ValueError as error:
        return {}, (f"{file}: {error}; starting with the defaults{_set_aside(file)}",)
    values, findings = fitting(tree, saved.values)
    return values, tuple(f"{file}: {finding}" for finding in findings)


def _set_aside(file: Path) -> str:
    broken = file.with_name(f"{file.name}.broken")
    try:
        file.replace(broken)
    except OSError as error:
        return f"; it could not be set aside ({error.strerror})"
    return f"; it is kept as {broken.name}"
