"""Every way in which a look is refused, or values of one."""

from __future__ import annotations

from collections.abc import Iterator

from stage.show.frame.inputs import Cause, LookFile, LooksGone, LooksListed
from stage.show.frame.requests import LookRequest
from stage.show.looks.shelf import MOST_BYTES, MOST_LOOKS, KeptLook
from stage.values.looks import PackedLook, packed
from tests.building import camera, inputs_at, stage, start_take
from tests.fold.show.air_stage import stage_of_worlds
from tracking.records import Scalar

TINT = "/grade/tint"


def refused_looks() -> Iterator[tuple[str, dict[str, Scalar]]]:
    """The codes of all refusals, with their values."""
    show = stage(camera("A")).show()
    shipped = LookFile(file="dusk.toml", name="Dusk", look=packed({TINT: 0.1}))
    show.step(inputs_at(0, start_take("slate"), observations=[LooksListed(kind="shipped", files=(shipped,))]))
    asked: tuple[dict[str, object], ...] = (
        {"action": "recall", "name": "none"},
        {"action": "recall", "name": "none", "takes": True},
        {"action": "save", "name": "two\nlines"},
        {"action": "save", "name": "dusk"},
        {"action": "update", "name": "Dusk"},
        {"action": "update", "name": "slate", "takes": True},
        {"action": "import", "name": "empty"},
        {"action": "import", "name": "placed", "values": {"/camera/A/parked": True}},
    )
    for frame, fields in enumerate(asked, start=1):
        answers = show.step(inputs_at(frame, LookRequest(id=frame, **fields))).answers
        yield from ((one.refusal.reason, one.refusal.values) for one in answers if one.refusal is not None)
    look = KeptLook(look=packed({}))
    show.state.looks.note_change()
    show.state.looks.looks.update({f"look {number}": look for number in range(MOST_LOOKS)})
    show.state.looks.note_change()
    answers = show.step(inputs_at(90, LookRequest(id="one more", action="save", name="one more"))).answers
    yield from ((one.refusal.reason, one.refusal.values) for one in answers if one.refusal is not None)
    yield from _of_other_worlds()
    yield from _too_large()


def _of_other_worlds() -> Iterator[tuple[str, dict[str, Scalar]]]:
    """Values that a file has of a world which it does not name."""
    show = stage_of_worlds().show()
    values = {"/world/active": "pattern", "/layer/valley/tint": 0.5}
    show.step(inputs_at(0, LookRequest(id="import", action="import", name="look", values=values)))
    (answer,) = show.step(inputs_at(1, LookRequest(id="recall", action="recall", name="look"))).answers
    assert answer.look
    yield from ((refusal.reason, refusal.values) for refusal in answer.look.refused.values())


def _too_large() -> Iterator[tuple[str, dict[str, Scalar]]]:
    """More than fits on the shelf, over the wire and from a file."""
    show = stage(camera("A")).show()
    show.state.looks.looks["large"] = KeptLook(look=PackedLook(content=bytes(MOST_BYTES)))
    show.state.looks.note_change()
    more = LooksListed(kind="show", files=(LookFile(file="c.toml", name="one more", look=packed({TINT: 0.2})),))
    asked = LookRequest(id="more", action="import", name="more", values={TINT: 0.1})
    (answer,) = show.step(inputs_at(0, asked, observations=[more])).answers
    assert answer.refusal is not None
    yield answer.refusal.reason, answer.refusal.values
    yield show.state.looks.faults["c.toml"].code, show.state.looks.faults["c.toml"].values


def broken_looks() -> Iterator[tuple[str, dict[str, Scalar]]]:
    """The codes in health for files that are no looks."""
    show = stage(camera("A")).show()
    broken = Cause(code="file_broken", values={"cause": "file_not_toml", "parser": "toml_value", "at": "", "count": 1})
    files = [LookFile(file=f"{number}.toml", cause=broken) for number in range(7)]
    files += [LookFile(file="a.toml", name="twice", look=packed({TINT: 0.1}))]
    files += [LookFile(file="b.toml", name="twice", look=packed({TINT: 0.2}))]
    show.step(inputs_at(0, observations=[LooksListed(kind="show", files=tuple(files))]))
    for cause in show.state.looks.faults.values():
        yield cause.code, cause.values
    look = KeptLook(look=packed({}))
    show.state.looks.note_change()
    show.state.looks.looks.update({f"look {number}": look for number in range(MOST_LOOKS)})
    show.state.looks.note_change()
    more = LookFile(file="c.toml", name="one more", look=packed({TINT: 0.2}))
    for frame, observation in enumerate(
        (LooksListed(kind="show", files=(more,)), LooksGone(kind="show", files=("0.toml", "1.toml"), left_out=3))
    ):
        outcome = show.step(inputs_at(1 + frame, observations=[observation]))
        yield from ((finding.code, finding.values) for finding in outcome.health)
    yield show.state.looks.faults["c.toml"].code, show.state.looks.faults["c.toml"].values
