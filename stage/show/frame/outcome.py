"""What one step gives: the plan for the GPU, and what each edge needs of the rest."""

from __future__ import annotations

import msgspec

from render.plan.frame import FramePlan
from stage.show.frame.inputs import Cause, Severity
from stage.show.frame.lights import LightsPlan
from stage.show.frame.requests import Command
from stage.values.parameters import Refusal
from tracking.records import Evolving, Scalar, TrackerCondition
from tracking.settable import Value


class LookOutcome(Evolving):
    """What came of a look that was made or recalled: how many values it has, or has set.

    `absent` is what it names and the stage has not got, `refused` why further values could not be set, by path; of
    either only so many are named, and `more` counts the others.
    """

    count: int
    absent: tuple[str, ...] = ()
    refused: dict[str, Refusal] = msgspec.field(default_factory=dict)
    more: int = 0


class Answer(Evolving):
    """The answer to one command, in the order in which the commands were drained.

    Without a `refusal` the command took effect in this frame. `value` is what is in force at `path` afterwards (the
    target, where a fade runs), `sequence` the number of the newest set of changes. `frame` is the frame in which a
    command took effect that is sent again; -1 is this frame. `detail` is "loading" where a world waits to be read.
    `before` are the values that it replaced, where somebody may want to take it back; `look` is what came of a look,
    and `warnings` say what could spoil the take that it started.
    """

    sender: str
    id: str | int
    path: str = ""
    value: Value | None = None
    refusal: Refusal | None = None
    sequence: int = 0
    frame: int = -1
    detail: str = ""
    before: dict[str, Value] | msgspec.UnsetType = msgspec.UNSET
    warnings: tuple[Cause, ...] | msgspec.UnsetType = msgspec.UNSET
    look: LookOutcome | msgspec.UnsetType = msgspec.UNSET


NO_ANSWER = Answer(sender="", id="")
"""What answers are made of, by `msgspec.structs.replace`: there may be hundreds a second, and to make one anew takes
four times as long before Python 3.12.
"""


class Finding(Evolving):
    """Something that is wrong now: a code with the values that its sentence speaks of.

    `since_frame` is the first frame of those without a break in which it was found.
    """

    code: str
    severity: Severity
    values: dict[str, Scalar]
    since_frame: int
    acknowledged: bool = False


class TrackerReport(Evolving):
    """How a tracker stood in this frame, and how far its pose was carried ahead, by which method."""

    name: str
    state: TrackerCondition
    horizon_ms: float
    method: str


class AirReport(Evolving):
    """What is on air, by the worlds' names: `target` is what was asked for, and may still wait.

    In a dissolve `on_air` goes and `coming` has `share` (0 to 1) of the light; it began in `since_frame`. Otherwise
    that is the frame since which `on_air` is alone.
    """

    target: str
    on_air: str
    since_frame: int
    coming: str = ""
    share: float = 0.0


class Report(Evolving):
    """What a step gives besides the picture.

    `answers` go to the clients, `health`, `trackers` and `air` to everybody who watches, `lights` to the process that
    sends it to the fixtures; it is UNSET on a stage without lights. A take keeps it as `/outcome`.
    """

    frame: int
    answers: tuple[Answer, ...] = ()
    health: tuple[Finding, ...] = ()
    trackers: tuple[TrackerReport, ...] = ()
    air: AirReport | None = None
    lights: LightsPlan | msgspec.UnsetType = msgspec.UNSET


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """A command that was carried out or refused in this frame for the first time, with its answer: for the journal.

    `number` counts them (`ShowState.entries`). It is never encoded, and there may be hundreds a second.
    """

    number: int
    command: Command
    answer: Answer


class FilmAhead(Evolving):
    """Frames of a film that will be wanted, in the order in which they will be; the first is due in this slot.

    `media` is its identity, `file` its name in the configuration. With `waits` they are what a cue or a world begins
    with that is to come: they stay until it does.
    """

    media: str
    file: str
    frames: tuple[int, ...]
    waits: bool = False


class Outcome(Report):
    """One step's result: each edge takes its own field. The plan is all that the GPU needs.

    `plates_ahead` are the frames of films to read next, which no take keeps.
    """

    plan: FramePlan
    entered: tuple[Entered, ...] = ()
    plates_ahead: tuple[FilmAhead, ...] = ()

    def report(self) -> Report:
        """The rest of the outcome, without the plan."""
        return Report(**{name: getattr(self, name) for name in Report.__struct_fields__})


_ENCODER = msgspec.msgpack.Encoder()
_ANSWERS = msgspec.msgpack.Decoder(Answer)


def encode_answer(answer: Answer) -> bytes:
    """MessagePack map of an answer."""
    return _ENCODER.encode(answer)


def decode_answer(encoded: bytes) -> Answer:
    """An answer from its bytes. Raises one of `UNDECODABLE`."""
    return _ANSWERS.decode(encoded)


def encode_plan(plan: FramePlan) -> bytes:
    """MessagePack map of the plan, fields in declared order: equal plans give equal bytes."""
    return _ENCODER.encode(plan)


def encode_report(outcome: Outcome) -> bytes:
    """MessagePack map of all but the plan."""
    return _ENCODER.encode(outcome.report())
