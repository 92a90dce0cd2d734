"""Every way in which people are kept from each other's values, and from what they want to take back."""

from __future__ import annotations

from collections.abc import Iterator

from stage.show.frame.inputs import TakeReport, WorldGone
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import Command, LeaseRequest, Request, UndoRequest
from stage.show.report.take import TakeState
from stage.show.show import Show
from tests.building import camera, command, inputs_at, set_to, stage, start_take, tracker, value_of
from tests.fold.show.air_stage import everything_ready, stage_of_worlds
from tracking.settable import Value

STAGE = stage(tracker("t"), camera("A", tracker="t", lenses=["24", "35"]))
TINT, EXPOSURE, GUIDE = "/grade/tint", "/grade/exposure_stops", "/world/guide"
UNDO, REDO, FORGET = (UndoRequest(id=0, action=action) for action in ("undo", "redo", "forget"))
ANNA, BEN = "session of anna", "session of ben"


class Desk:
    """A show at which several people work; each command has a frame of its own."""

    def __init__(self, show: Show | None = None) -> None:
        self.show = show or STAGE.show()
        self.frame = -1

    def idle(self, frames: int = 1) -> Outcome:
        """Some frames without anybody doing anything."""
        self.frame += frames
        return self.show.step(inputs_at(self.frame))

    def does(self, who: str, *requests: Request, **given: str) -> Outcome:
        """One frame in which a client asks for this; an operator without a name, unless said otherwise."""
        self.frame += 1
        asked = [
            self.command(who, request, f"{self.frame}-{number}", **given) for number, request in enumerate(requests)
        ]
        return self.show.step(inputs_at(self.frame, *asked))

    def command(self, who: str, request: Request, request_id: str, **given: str) -> Command:
        """A command of a client, over a connection of its own."""
        fields = {"role": "operator", "sender": f"connection of {who}", **given}
        return command(request, request_id=request_id, session=f"{who:-<16}", **fields)

    def starts_take(self, who: str, **given: str) -> Outcome:
        """A client starts a take, and the recorder has it on disk in the next frame, which is the one that is returned."""
        self.does(who, start_take("one"), **given)
        self.frame += 1
        begun = TakeReport(name="one", state="recording", count=self.take.count)
        return self.show.step(inputs_at(self.frame, observations=[begun]))

    def value(self, path: str) -> Value:
        """The value in force at a path."""
        return value_of(self.show, path)

    @property
    def take(self) -> TakeState:
        """The take as the show has it."""
        return self.show.state.take


def lease(*paths: str, action: str = "take", **given: bool) -> LeaseRequest:
    """Takes, renews or drops the lease on values."""
    return LeaseRequest(id=0, action=action, paths=paths, **given)


def walk_of_people() -> Iterator[Outcome]:
    """Frames that have every refusal between people among their answers."""
    desk = Desk()
    yield desk.does(ANNA, UNDO, REDO, set_to(TINT, 0.1), lease(TINT, action="renew"))
    yield desk.does(BEN, set_to(TINT, 0.2), set_to(EXPOSURE, 1.0))
    yield desk.does(ANNA, UNDO, set_to(TINT, 0.3, if_seq=0))
    yield desk.does(BEN, set_to(TINT, 0.4), person="Ben")
    yield desk.does(ANNA, UNDO, set_to(TINT, 0.3, if_seq=0), set_to(TINT, 0.3, if_seq=99))
    yield desk.does(ANNA, lease(TINT), set_to(EXPOSURE, 1.5))
    yield desk.does(BEN, set_to(TINT, 0.5), set_to(TINT, 0.5, force=True), role="director")
    yield desk.does(ANNA, lease(TINT), person="Anna")
    yield desk.does(BEN, set_to(TINT, 0.5), lease(TINT))
    yield desk.does(BEN, lease(TINT, force=True), lease("/nothing"), role="director")
    yield desk.does(BEN, set_to(TINT, 0.5), owner="key:thief", sender="another")
    yield desk.does(ANNA, start_take(), set_to(GUIDE, "floor"))


def walk_of_a_world_that_goes() -> Iterator[Outcome]:
    """Frames in which a world goes whose values somebody has set, who then wants to take that back."""
    show = everything_ready(stage_of_worlds())
    for frame, request in enumerate((set_to("/worlds/street/exposure_stops", 1.0), None, UNDO), start=1):
        asked = [] if request is None else [request]
        yield show.step(inputs_at(frame, *asked, observations=[] if asked else [WorldGone(key="street")]))
