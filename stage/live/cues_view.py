"""What clients see of the cues of a running show."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import Literal

from stage.control.cue_views import CueChange, CueRunStatus, CueShown, CuesStatus, CueStatus
from stage.control.replies import refused_in_words
from stage.live.looks_view import NamedWorlds
from stage.show.air.state import AirState
from stage.show.commands.look_work import MOST_NAMED
from stage.show.cues.cue_list import CueList, cue_at, next_cue, no_cue
from stage.show.cues.cue_values import seen_values, world_of
from stage.show.cues.edit import number_of
from stage.show.cues.play import CuePlay, CueRun, end_of
from stage.show.frame.requests import CueRequest
from stage.show.looks.shelf import KINDS, LookShelf, folded
from stage.show.show import Show
from stage.show.values.fades import standing_at
from stage.values.cues import Cue, as_number
from stage.values.parameters import Refusal
from stage.values.tree import value_at


def cues_status(cues: CueList, play: CuePlay, frame: int, rate: Fraction) -> CuesStatus:
    """Where a show stands in its cues at `frame`."""
    following = next_cue(cues.cues, play.pointer)
    return CuesStatus(
        count=len(cues.cues),
        pointer=as_number(play.pointer) if play.pointer else None,
        next=None if following is None else as_number(following.number),
        next_name="" if following is None else following.name or following.look,
        running=tuple(_run(run, frame, rate) for run in play.runs),
        held=any(run.held >= 0 for run in play.runs),
        goes=play.goes,
        steps=len(play.steps),
    )


def cue_statuses(show: Show, first: int, most: int) -> tuple[tuple[CueStatus, ...], int]:
    """At most so many cues from the `first` on, and how many there are."""
    state = show.state
    sight = _Sight(state.looks, state.air)
    cues = state.cues.cues
    return tuple(sight.status(cue) for cue in cues[first : first + most]), len(cues)


def shown_cue(show: Show, request: CueRequest, most: int) -> CueShown | Refusal:
    """What the cue that a request names would set, or the next one; at most so many values of it."""
    state = show.state
    cue = _asked(state.cues, state.play, request)
    if isinstance(cue, Refusal):
        return cue
    found = seen_values(cue, state.looks, show.tree, state.air)
    if isinstance(found, Refusal):
        return found
    first, controls = request.first or 0, state.controls
    changes = []
    for path, value in islice(found.values.items(), first, first + most):
        fade = controls.fades.get(path)
        present = value_at(controls.values, path) if fade is None else fade.target
        changes.append(CueChange(path=path, cue=value, present=present))
    return CueShown(
        cue=_Sight(state.looks, state.air).status(cue),
        changes=tuple(changes),
        total=len(found.values),
        absent=found.absent[:MOST_NAMED],
        refused=refused_in_words(dict(islice(found.refused.items(), MOST_NAMED))),
    )


def _asked(cues: CueList, play: CuePlay, request: CueRequest) -> Cue | Refusal:
    if not request.number:
        following = next_cue(cues.cues, play.pointer)
        reason = "no_cue_left" if cues.cues else "no_cues"
        return following or Refusal(code="conflict", reason=reason)
    number = number_of(request.number)
    return number if isinstance(number, Refusal) else cue_at(cues.cues, number) or no_cue(cues.cues, number)


def _run(run: CueRun, frame: int, rate: Fraction) -> CueRunStatus:
    at, end = standing_at(frame, run.held), end_of(run, rate)
    begun, left = at - run.begin, max(0, end - at)
    waits: Literal["delay", "fade", "world"] = "delay" if begun < 0 else "fade" if left else "world"
    return CueRunStatus(
        number=as_number(run.number),
        state="held" if run.held >= 0 else waits,
        share=1.0 if end <= run.begin <= at else min(max(begun / max(1, end - run.begin), 0.0), 1.0),
        left_s=float(left / rate),
        takes_back=run.takes_back,
        follow_on=run.follow_on,
    )


class _Sight:
    """What is there of looks and worlds: each is looked at once for a list."""

    def __init__(self, looks: LookShelf, air: AirState) -> None:
        self._looks = looks
        self._worlds = NamedWorlds(air)
        self._folded: frozenset[str] | None = None

    def status(self, cue: Cue) -> CueStatus:
        """One cue."""
        has_look = not cue.look or self._has_look(cue.look)
        world = world_of(cue, self._looks) if has_look else ""
        standing = (self._worlds.standing(world) or "missing") if world else ""
        return CueStatus(
            number=as_number(cue.number),
            name=cue.name,
            look=cue.look,
            only=cue.only,
            count=cue.count,
            world=world,
            world_state=standing,
            fade_s=cue.fade_s,
            delay_s=cue.delay_s,
            curve=cue.curve,
            way=cue.way,
            follow_on=cue.follow_on,
            missing=() if has_look and standing != "missing" else ("world",) if has_look else ("look",),
        )

    def _has_look(self, name: str) -> bool:
        if any(name in self._looks.of(kind) for kind in KINDS):
            return True
        if self._folded is None:
            self._folded = frozenset(folded(one) for kind in KINDS for one in self._looks.of(kind))
        return folded(name) in self._folded
