"""The findings of an examination."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tracking.records import Record

State = Literal["ok", "warn", "fail"]


class Finding(Record):
    """One thing that was examined: what was found, and the cure for a warning or failure."""

    name: str
    state: State
    found: str
    cure: str = ""


def good(name: str, found: str) -> Finding:
    """A finding that needs nothing."""
    return Finding(name=name, state="ok", found=found)


def warning(name: str, found: str, cure: str) -> Finding:
    """A finding that a show can live with."""
    return Finding(name=name, state="warn", found=found, cure=cure)


def failure(name: str, found: str, cure: str) -> Finding:
    """A finding that stops a show."""
    return Finding(name=name, state="fail", found=found, cure=cure)


def system_text(path: str) -> str:
    """The text of a file of the operating system, or "" if it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
