"""A set of one value takes a shorter way than a batch; it leaves the very same behind."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.requests import BatchRequest, LeaseRequest, SetRequest, Target, UndoRequest
from tests.building import costly
from tests.fold.small_show import SmallControls, command

PATHS = ("/grade/exposure_stops", "/grade/tint", "/time/hour", "/output/freeze", "/camera/A/overscan_deg", "/no/where")
TARGETS = st.builds(
    Target,
    path=st.sampled_from(PATHS),
    value=st.one_of(st.sampled_from([0.0, 0.5, 5.0, 24.0]), st.booleans()),
    fade_s=st.sampled_from([0.0, 0.0, 0.0, 0.1]),
    force=st.sampled_from([msgspec.UNSET, msgspec.UNSET, True]),
    if_seq=st.sampled_from([msgspec.UNSET, msgspec.UNSET, 0, 3]),
)
OTHERS = st.one_of(
    st.builds(LeaseRequest, id=st.just(0), action=st.sampled_from(["take", "drop"]), paths=st.just(PATHS[:2])),
    st.builds(UndoRequest, id=st.just(0), action=st.sampled_from(["undo", "redo"])),
)
GIVEN = st.tuples(st.sampled_from(["zmq-a", "zmq-b"]), st.sampled_from(["director", "admin"]), TARGETS | OTHERS)


def asked(target: Target, number: int, *, alone: bool) -> SetRequest | BatchRequest:
    if not alone:
        return BatchRequest(id=number, client="Mia", items=(target,))
    fields = {name: getattr(target, name) for name in ("path", "value", "fade_s", "force", "if_seq")}
    return SetRequest(id=number, client="Mia", **fields)


@costly(60, 15)
@given(st.lists(st.tuples(st.integers(0, 2), GIVEN), max_size=30))
def test_a_set_leaves_the_same_as_a_batch_of_one(several) -> None:
    by_set, by_batch, frame = SmallControls(), SmallControls(), 0
    for number, (gap, (sender, role, wanted)) in enumerate(several):
        frame += gap
        answers = []
        for controls, alone in ((by_set, True), (by_batch, False)):
            for passed in range(frame - gap, frame):
                controls.advance(passed)
            request = (
                asked(wanted, number, alone=alone)
                if isinstance(wanted, Target)
                else msgspec.structs.replace(wanted, id=number)
            )
            answers.append(controls.apply(command(request, sender=sender, role=role), frame))
        assert [answer.refusal for answer in answers] == [answers[0].refusal] * 2
        assert msgspec.msgpack.encode(by_set.state) == msgspec.msgpack.encode(by_batch.state)
