"""What the Python client asks of cues."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tracking.records import Evolving

Number = float | int | str
"""A cue's number as people write it: 1.1, or "1.1"."""


class CueAnswer(Evolving):
    """A cue was played, or the list was changed, in `frame`: `number` is the cue, None where it is about no single one.

    `count` is how many values it sets, or how many cues were changed. `absent` is what it names and the stage has not
    got, `refused` has, by path, why further values cannot be set; of many only so many are named, and `more` counts the
    others. `detail` is "loading" where its world must be read before it can be shown.
    """

    frame: int
    epoch: int
    seq: int
    number: float | None = None
    count: int = 0
    absent: tuple[str, ...] = ()
    refused: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    more: int = 0
    detail: str = ""


class CueCalls(ABC):
    """The calls on cues. GO and GOTO are not repeated by themselves: after "no_answer", look at the status first."""

    @abstractmethod
    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply."""

    def cues(self) -> dict[str, Any]:
        """All `cues` in order, and the `status`: the pointer, the next one, what plays, whether it is held."""
        cues: list[dict[str, Any]] = []
        while True:
            reply = self._request("cue", action="list", first=len(cues))
            cues += reply["cues"]
            if not reply["cues"] or len(cues) >= reply["total"]:
                return {"cues": cues, "status": reply["status"]}

    def cue_show(self, number: Number | None = None) -> dict[str, Any]:
        """What a cue sets, or the next one: `cue`, `changes` with `path`, `cue`, `present`; `absent`, `refused`."""
        changes: list[dict[str, Any]] = []
        given: dict[str, Any] = {} if number is None else {"number": number}
        while True:
            shown: dict[str, Any] = self._request("cue", action="show", first=len(changes), **given)["shown"]
            changes += shown["changes"]
            if not shown["changes"] or len(changes) >= shown["total"]:
                return {**shown, "changes": changes}

    def cue_go(self) -> CueAnswer:
        """Plays the next cue."""
        return _cue_answer(self._request("cue", action="go"))

    def cue_back(self) -> CueAnswer:
        """Returns to the values from before the last GO, over its cue's time; the pointer moves back."""
        return _cue_answer(self._request("cue", action="back"))

    def cue_goto(self, number: Number) -> CueAnswer:
        """Plays one cue alone; the one after it is next."""
        return _cue_answer(self._request("cue", action="goto", number=number))

    def cue_hold(self) -> CueAnswer:
        """Stops every fade that cues have begun where it is."""
        return _cue_answer(self._request("cue", action="hold"))

    def cue_resume(self) -> CueAnswer:
        """Lets go on what is held."""
        return _cue_answer(self._request("cue", action="resume"))

    def cue_add(
        self, cues: Iterable[Mapping[str, Any]], after: Number | None = None, *, replace: bool = False
    ) -> CueAnswer:
        """Adds cues, all or none: maps with `number`, `name`, `look` and `only`, or `values` by path; `fade_s`,
        `delay_s`, `curve`, `way`, `follow_on`. Without a number they come `after` that cue, else at the end; with
        `replace` in place of all cues that there are.
        """
        given: dict[str, Any] = {} if after is None else {"after": after}
        given |= {"replace": True} if replace else {}
        return _cue_answer(self._request("cue", action="add", cues=[dict(one) for one in cues], **given))

    def cue_edit(self, number: Number, **fields: Any) -> CueAnswer:
        """Changes the given fields of a cue; see `cue_add`."""
        return _cue_answer(self._request("cue", action="edit", cues=[{"number": number, **fields}]))

    def cue_delete(self, number: Number, to: Number | None = None) -> CueAnswer:
        """Deletes a cue, or all from one number `to` another."""
        given: dict[str, Any] = {} if to is None else {"to": to}
        return _cue_answer(self._request("cue", action="delete", number=number, **given))

    def cue_renumber(self, number: Number | None = None, to: Number | None = None) -> CueAnswer:
        """Gives one cue another number, `to`; without both, all cues become 1, 2, 3. The pointer stays at its cue."""
        given: dict[str, Any] = {name: value for name, value in (("number", number), ("to", to)) if value is not None}
        return _cue_answer(self._request("cue", action="renumber", **given))


def _cue_answer(reply: dict[str, Any]) -> CueAnswer:
    outcome = reply.get("look", {})
    return CueAnswer(
        frame=reply["frame"],
        epoch=reply["epoch"],
        seq=reply["seq"],
        number=reply["value"],
        count=outcome.get("count", 0),
        absent=tuple(outcome.get("absent", ())),
        refused=outcome.get("refused", {}),
        more=outcome.get("more", 0),
        detail=reply["detail"],
    )
