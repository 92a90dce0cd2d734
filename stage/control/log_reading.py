"""The log: who changed what, when, from where, and how it was answered. It is read from the journal, newest first.

The keeper's thread reads it, a bounded amount for each request, and rests between so that the loop never waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stage.control.requests import LogRequest
from stage.run.journal import entries_back
from stage.show.commands.table import name_of
from stage.show.frame.entries import JournalRecord, RefusedCall, decode_entry
from stage.show.frame.requests import BatchRequest, Command, Request, SetRequest
from stage.values.parameters import Refusal
from stage.words.sentences import refusal_line
from tracking.records import UNDECODABLE, Evolving, Scalar
from tracking.settable import Role, Value

MOST_READ = 8192
"""So many entries are looked at for one request: a rare person is found with several."""
_REST_EVERY = 64
_REST_S = 0.001
_PATHS_NAMED = 8
_LONGEST_TEXT = 200
_NAMING = ("name", "tracker", "number", "code")
"""The fields in which requests say what they are about. A world's name goes before the code of its finding."""
_COMMON = frozenset(Request.__struct_fields__)


class LogLine(Evolving):
    """One thing that was asked of the show: when (`unix_s`, seconds since 1970, and frame), by whom, and the answer.

    `person` is the name of a key, token or tablet, or what the client calls itself; `owner` and `origin` are empty for
    this machine without a key. `asked` is the request in one line. `action` is what it asks for where a request can do
    several things, `name` what it is done to (a take, look, world, light, tracker, cue), `fade_s` over how many
    seconds. Of a set or batch, `paths` are the first values and `count` how many there were. With a `code` it was
    refused: `reason` and `values` say why, `detail` in English. `number` counts what the show was asked, over all
    runs; 0 is a request that never came there.
    """

    number: int
    unix_s: float
    frame: int
    epoch: int
    request: str
    asked: str
    role: Role
    person: str = ""
    owner: str = ""
    origin: str = ""
    session: str = ""
    path: str = ""
    value: Value | None = None
    paths: tuple[str, ...] = ()
    count: int = 0
    code: str = ""
    detail: str = ""
    action: str = ""
    name: str = ""
    fade_s: float = 0.0
    reason: str = ""
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class LogPage(Evolving):
    """Some lines of the log, the newest first; `before` is where to go on, None at the end."""

    lines: tuple[LogLine, ...]
    before: int | None


class LogJob(Evolving):
    """Reads a page of the log in the journal's `folder`. `sender` and `id` say for whom."""

    sender: str
    id: str | int
    folder: str
    request: LogRequest

    def read(self) -> LogPage:
        """The page. Never raises: what cannot be read is not there."""
        lines: list[LogLine] = []
        place: int | None = None
        wanted = self.request.last
        for looked_at, (place, line) in enumerate(_lines(Path(self.folder), self.request.before or None), 1):
            if line is not None and line.unix_s < (self.request.since or 0.0):
                return LogPage(lines=tuple(lines), before=None)
            if line is not None and _is_asked_for(line, self.request):
                lines.append(line)
            if len(lines) >= wanted or looked_at >= MOST_READ:
                return LogPage(lines=tuple(lines), before=place)
            if looked_at % _REST_EVERY == 0:
                time.sleep(_REST_S)
        return LogPage(lines=tuple(lines), before=None)


def _lines(folder: Path, before: int | None) -> Iterator[tuple[int, LogLine | None]]:
    """The place of each entry and its line; None for one of another version."""
    for entry in entries_back(folder, before):
        try:
            yield entry.place, line_of(decode_entry(entry.content))
        except UNDECODABLE:
            yield entry.place, None


def line_of(record: JournalRecord) -> LogLine | None:
    """The line of an entry; None where it holds nothing."""
    command, call, answer = record.command, record.call, record.answer
    refusal: Refusal | None
    if call is not None:
        refusal = call.refusal
        line = _line(record, call, call.person, (call.request, call.request))
    elif command is not None and answer is not None:
        refusal = answer.refusal
        asked = name_of(type(command.request)), _asked(command)
        line = msgspec.structs.replace(
            _line(record, command, command.person or command.request.client or "", asked),
            session=command.request.session or "",
            path=answer.path,
            value=answer.value,
            paths=_paths(command)[:_PATHS_NAMED],
            count=len(_paths(command)),
            action=str(getattr(command.request, "action", "")),
            name=_name(command.request),
            fade_s=float(getattr(command.request, "fade_s", 0.0)),
        )
    else:
        return None
    if refusal is None:
        return line
    detail = refusal_line(refusal)
    return msgspec.structs.replace(
        line, code=refusal.code, reason=refusal.reason, values=dict(refusal.values), detail=detail
    )


def _line(record: JournalRecord, by: Command | RefusedCall, person: str, asked: tuple[str, str]) -> LogLine:
    """When, by whom, and what: the name of the request, and all of it in one line."""
    return LogLine(
        number=record.number,
        unix_s=record.unix_s,
        frame=record.frame,
        epoch=record.epoch,
        request=asked[0],
        asked=asked[1],
        role=by.role,
        person=person,
        owner=by.owner,
        origin=by.origin,
    )


def _asked(command: Command) -> str:
    """A request in one line: its name, and what it says beyond what every request has."""
    request = command.request
    if isinstance(request, SetRequest):
        said = [request.path, str(request.value), *([f"over {request.fade_s:g} s"] if request.fade_s else [])]
    elif isinstance(request, BatchRequest):
        said = [f"{len(request.items)} values"]
    else:
        fields = {name: getattr(request, name) for name in request.__struct_fields__ if name not in _COMMON}
        said = [f"{name} {_short(value)}" for name, value in fields.items() if value not in ("", (), {}, msgspec.UNSET)]
    return " ".join((name_of(type(request)), *said))[:_LONGEST_TEXT]


def _name(request: Request) -> str:
    """What a request is about; "" where it names nothing."""
    named = (getattr(request, field, "") for field in _NAMING)
    return next((str(one) for one in named if one not in ("", msgspec.UNSET)), "")


def _short(value: object) -> str:
    return f"({len(value)})" if isinstance(value, tuple | dict) else str(value)


def _paths(command: Command) -> tuple[str, ...]:
    request = command.request
    if isinstance(request, BatchRequest):
        return tuple(item.path for item in request.items)
    return (request.path,) if isinstance(request, SetRequest) else ()


def _is_asked_for(line: LogLine, request: LogRequest) -> bool:
    if request.person and request.person not in (line.person, line.owner):
        return False
    below = request.path.rstrip("/") + "/"
    paths = {line.path, *line.paths}
    return not request.path or any(path == request.path or path.startswith(below) for path in paths)
