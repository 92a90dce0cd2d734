"""`stage control undo` and `redo`: take back what this user's last command changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.control.client import DEFAULT_ENDPOINT, Client
from stage.control.history_client import Answer
from stage.control.tables import shown

FadeOption = Annotated[
    float,
    typer.Option("--fade-s", help="Seconds until the values are there; 0 is at once.", min=0.0, max=3600.0),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Also what could spoil the take that records, or another client moves.")
]


def undo(
    fade_s: FadeOption = 0.0,
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Leave it as it is, and do not offer it again.")] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Print what can be undone and redone, the newest first.")
    ] = False,
    force: ForceOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Take back the newest change of this user's commands, if nobody has changed the values since.

    Example: stage control undo
    """
    if listed:
        _print_changes(endpoint, as_json=as_json)
        return
    _print(lambda stage: stage.forget() if forget else stage.undo(fade_s, force=force), endpoint, as_json=as_json)


def redo(
    fade_s: FadeOption = 0.0,
    *,
    force: ForceOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Put in force again what was undone last.

    Example: stage control redo
    """
    _print(lambda stage: stage.redo(fade_s, force=force), endpoint, as_json=as_json)


def _print(ask: Callable[[Client], Answer], endpoint: str, *, as_json: bool) -> None:
    """Prints each value with what it was until now."""
    with connected(endpoint, as_json=as_json) as stage:
        answer = ask(stage)
        now = {path: stage.get(path) for path in answer.before}
    if as_json:
        print_out({"ok": True, "frame": answer.frame, "epoch": answer.epoch, "before": answer.before})
        return
    for path, before in answer.before.items():
        print_out(f"{path} {shown(now[path])}, it was {shown(before)}")
    print_out(f"done (frame {answer.frame})")


def _print_changes(endpoint: str, *, as_json: bool) -> None:
    """Prints each change with the values that it has set, the first few by name."""
    with connected(endpoint, as_json=as_json) as stage:
        changes = stage.changes()
    if as_json:
        print_out(changes)
        return
    for what, found in changes.items():
        for change in found:
            set_to = [f"{one['path']} {shown(one['before'])} to {shown(one['after'])}" for one in change["values"]]
            more = change["count"] - len(set_to)
            named = f"{change['names']}, " if change["names"] else ""
            further = f", and {more} more" if more else ""
            print_out(f"{what}: {named}{', '.join(set_to)}{further} (frame {change['frame']})")
    if not any(changes.values()):
        print_out("nothing to undo")
