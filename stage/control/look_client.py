"""What the Python client asks of looks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tracking.records import Evolving
from tracking.settable import Value


class LookAnswer(Evolving):
    """A look was made, changed or recalled in `frame`: how many values it has, or has set.

    `absent` is what it names and the stage has not got. `refused` has, by path, why further values could not be set:
    `code`, `reason` and `detail`. Of many only so many are named, and `more` counts the others. `detail` is "loading"
    where its world must be read before it can be shown.
    """

    frame: int
    epoch: int
    seq: int
    name: str
    count: int
    absent: tuple[str, ...] = ()
    refused: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    more: int = 0
    detail: str = ""


class LookCalls(ABC):
    """The calls on looks. `takes` means the looks that are kept of takes."""

    @abstractmethod
    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply."""

    def looks(self, *, takes: bool = False) -> list[dict[str, Any]]:
        """Every look: its name and kind, what it holds, whether its world is ready, the path of a small picture."""
        looks: list[dict[str, Any]] = []
        while True:
            reply = self._request("look", action="list", first=len(looks), **_of(takes=takes))
            looks += reply["looks"]
            if not reply["looks"] or len(looks) >= reply["total"]:
                return looks

    def look_diff(self, name: str, only: Iterable[str] = (), *, takes: bool = False) -> dict[str, Any]:
        """A look beside what is in force: `changes` with `path`, `look` and `present`; `absent` and `refused`."""
        changes: list[dict[str, Any]] = []
        while True:
            reply = self._request(
                "look", action="diff", name=name, only=list(only), first=len(changes), **_of(takes=takes)
            )
            look: dict[str, Any] = reply["look"]
            changes += look["changes"]
            if not look["changes"] or len(changes) >= look["total"]:
                return {**look, "changes": changes}

    def look_save(self, name: str, only: Iterable[str] = ()) -> LookAnswer:
        """Saves the present values as a new look, all or `only` some parts: sky, light, grade, time, world."""
        return _look_answer(self._request("look", action="save", name=name, only=list(only)))

    def look_update(self, name: str, only: Iterable[str] = ()) -> LookAnswer:
        """Puts the present values into a look: those of its parts, or of `only` some."""
        return _look_answer(self._request("look", action="update", name=name, only=list(only)))

    def look_rename(self, name: str, to: str, *, takes: bool = False) -> LookAnswer:
        """Gives a look another name; one of a take is one made by hand from then on."""
        return _look_answer(self._request("look", action="rename", name=name, to=to, **_of(takes=takes)))

    def look_delete(self, name: str, *, takes: bool = False) -> LookAnswer:
        """Deletes a look, with its file."""
        return _look_answer(self._request("look", action="delete", name=name, **_of(takes=takes)))

    def look_import(self, name: str, values: Mapping[str, Value], *, replace: bool = False) -> LookAnswer:
        """Makes a look of values by path; with `replace` also where there is one of that name."""
        given = {"replace": True} if replace else {}
        return _look_answer(self._request("look", action="import", name=name, values=dict(values), **given))

    def look_recall(
        self, name: str, fade_s: float = 0.0, only: Iterable[str] = (), *, takes: bool = False
    ) -> LookAnswer:
        """Recalls a look, all or `only` some parts, in one frame or over `fade_s` seconds."""
        return _look_answer(
            self._request("look", action="recall", name=name, fade_s=float(fade_s), only=list(only), **_of(takes=takes))
        )


def _of(*, takes: bool) -> dict[str, bool]:
    return {"takes": True} if takes else {}


def _look_answer(reply: dict[str, Any]) -> LookAnswer:
    look = reply.get("look", {})
    return LookAnswer(
        frame=reply["frame"],
        epoch=reply["epoch"],
        seq=reply["seq"],
        name=reply["value"],
        count=look.get("count", 0),
        absent=tuple(look.get("absent", ())),
        refused=look.get("refused", {}),
        more=look.get("more", 0),
        detail=reply["detail"],
    )
