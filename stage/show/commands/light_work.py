"""Commands for lights: take from the world now what a light would follow, and keep it by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import msgspec

from stage.show.commands.answered import AnswerMemory
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.owed import given, owing
from stage.show.commands.set_values import set_targets
from stage.show.frame.outcome import Answer
from stage.show.frame.requests import BatchRequest, Command, LightRequest, Target
from stage.show.lights.colour import cell_of
from stage.show.lights.rows import taken_values
from stage.show.lights.state import MOST_ASKED, AskedLight
from stage.show.people.guards import THE_SHOW, giver_of
from stage.values.lights import Follow
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import Value

MEASURED_S = 1.0
"""How long a light may take to be measured, in seconds of show time."""
_TAKEN = ("follow", "colour", "x", "y", "intensity")
_MOST_NAMED = 16


class TakenLight(NamedTuple):
    """A light that has taken what it would follow, or was refused: the command for the journal, and the answers."""

    command: Command
    answers: tuple[Answer, ...]


def taken_lights(hands: Hands, memory: AnswerMemory, frame: int, rate: Fraction) -> Iterator[TakenLight]:
    """Sets every light that asked and was measured since; refuses what was not within a second."""
    for one in list(hands.lights.asked):
        command = one.owed.command
        is_late = (frame - one.since_frame) * rate.denominator > MEASURED_S * rate.numerator
        if command is None or not (one.reached or is_late):
            continue
        hands.lights.asked.remove(one)
        targets = _targets(hands, one) if one.reached else ()
        effect = _set(hands, command, one, targets)
        answer = Answer(
            sender=one.owed.sender,
            id=one.owed.id,
            path=effect.path,
            value=effect.value,
            refusal=effect.refusal,
            sequence=hands.controls.state.sequence,
            frame=frame,
            before=effect.before,
        )
        answers = tuple(given(memory, one.owed, answer))
        yield TakenLight(command if effect.refusal is not None else _as_set(command, targets), answers)


def _take(hands: Hands, command: Command) -> Effect:
    """Asks for a light's present light; it is set when that is known."""
    request = command.request
    assert isinstance(request, LightRequest)
    asked = unicodedata.normalize("NFC", request.name)
    names = [(light.key, unicodedata.normalize("NFC", light.name)) for light in hands.lamps]
    place = next((place for place, known in enumerate(names) if asked in known), None)
    if place is None:
        values: dict[str, Scalar] = {
            "light": request.name,
            "lights": ", ".join(name for _, name in names[:_MOST_NAMED]),
        }
        reason = "no_light" if names else "no_light_at_all"
        return Effect(refusal=Refusal(code="unknown_path", reason=reason, values=values))
    if len(hands.lights.asked) >= MOST_ASKED:
        return Effect(refusal=Refusal(code="busy", reason="lights_asked", values={"most": MOST_ASKED}))
    hands.lights.asked_ever += 1
    hands.lights.asked.append(
        AskedLight(
            number=hands.lights.asked_ever,
            light=place,
            follow=request.follow or _would_follow(hands, place),
            since_frame=hands.controls.state.frame,
            owed=owing(command),
        )
    )
    return Effect(owed=True)


def _would_follow(hands: Hands, place: int) -> Follow:
    """What a light follows; else what its configuration says; else the light that reaches it."""
    lamp = hands.lamps[place]
    now = hands.controls.state.values.light[lamp.key or ""].follow
    follows = now if now != "off" else lamp.follow
    return "world" if follows == "off" else follows


def _targets(hands: Hands, one: AskedLight) -> tuple[Target, ...]:
    """The values by which a light gives what reached it."""
    key = hands.lamps[one.light].key or ""
    red, green, blue = one.reached
    values = taken_values(hands.controls.state.values.light[key], cell_of((red, green, blue)))
    return tuple(Target(path=f"/light/{key}/{name}", value=getattr(values, name)) for name in _TAKEN)


def _set(hands: Hands, command: Command, one: AskedLight, targets: tuple[Target, ...]) -> Effect:
    lamp = hands.lamps[one.light]
    if not targets:
        values: dict[str, Scalar] = {"light": lamp.name, "seconds": MEASURED_S}
        return Effect(refusal=Refusal(code="conflict", reason="light_not_measured", values=values))
    before: dict[str, Value] = {target.path: hands.controls.target_of(target.path) for target in targets}
    hands.by = giver_of(command, undoable=True)
    effect = set_targets(hands, command.role, targets, f"/light/{lamp.key}/intensity")
    hands.by = THE_SHOW
    if effect.refusal is not None:
        return effect
    level = next(target.value for target in targets if target.path == effect.path)
    return msgspec.structs.replace(effect, value=level, before=before)


def _as_set(command: Command, targets: tuple[Target, ...]) -> Command:
    """The command as the journal has it: what it has set, since the light of then cannot be measured again."""
    request = command.request
    batch = BatchRequest(
        id=request.id, session=request.session, client=request.client, role=request.role, items=targets
    )
    return msgspec.structs.replace(command, request=batch)


LIGHT_COMMANDS = (CommandKind(LightRequest, "director", _take, undoable=True),)
