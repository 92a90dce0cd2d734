"""Plain sets take a shorter way than other commands; they are answered alike and leave the very same behind."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from stage.show.commands.answering import Answering
from stage.show.commands.plain_sets import PlainSets
from stage.show.frame.requests import Command, LeaseRequest, SetRequest, UndoRequest
from tests.examples import costly
from tests.fold.small_show import SmallControls, command, put

PATHS = ("/grade/exposure_stops", "/grade/tint", "/time/hour", "/output/freeze", "/camera/A/overscan_deg", "/no/where")
IDS = st.one_of(st.integers(0, 30), st.sampled_from(["1", "2"]))
SETS = st.builds(
    SetRequest,
    id=IDS,
    client=st.sampled_from([UNSET, "Mia"]),
    path=st.sampled_from(PATHS[:2] * 3 + PATHS),
    value=st.one_of(st.sampled_from([0.0, 0.5, 5.0, 24.0, 1]), st.booleans()),
    fade_s=st.sampled_from([0.0] * 6 + [0.1]),
    way=st.sampled_from([UNSET] * 6 + ["shorter", "forward"]),
    force=st.sampled_from([UNSET] * 6 + [True]),
    if_seq=st.sampled_from([UNSET] * 6 + [0, 3]),
)
OTHERS = st.one_of(
    st.builds(LeaseRequest, id=IDS, action=st.just("take"), paths=st.just(PATHS[1:2])),
    st.builds(LeaseRequest, id=IDS, action=st.just("drop"), paths=st.just(PATHS[1:2])),
    st.builds(UndoRequest, id=IDS, action=st.sampled_from(["undo", "redo"])),
)
COMMANDS = st.builds(
    Command,
    sender=st.sampled_from(["zmq-a", "zmq-b"]),
    role=st.sampled_from(["admin", "director", "viewer"]),
    order=st.just(1),
    owner=st.sampled_from(["", "", "", "key"]),
    request=SETS | SETS | SETS | OTHERS,
)


@costly(150, 30)
@given(st.lists(st.tuples(st.integers(1, 3), st.lists(COMMANDS, max_size=12)), max_size=8))
def test_commands_are_answered_alike_and_leave_the_same_whether_plain_sets_are_short_or_not(frames) -> None:
    short, long, frame = SmallControls(), SmallControls(), 0
    for gap, commands in frames:
        for passed in range(frame, frame + gap):
            short.advance(passed)
            long.advance(passed)
        frame += gap
        for controls in (short, long):
            controls.controls.begin(frame)
        answering = Answering(short.hands, short.memory, frame, short.controls.rate, 0)
        answering.carry_out(tuple(commands))
        assert answering.answers == [long.apply(each, frame) for each in commands]
        for kept in ("state", "memory"):
            assert msgspec.msgpack.encode(getattr(short, kept)) == msgspec.msgpack.encode(getattr(long, kept))
        assert list(short.memory.by_client) == list(long.memory.by_client)


def test_what_a_fader_sends_is_plain_and_everything_that_does_more_is_not() -> None:
    controls = SmallControls()
    controls.apply(put("/grade/tint", 0.1, request_id="first"), 1)
    plain = PlainSets(controls.hands, controls.memory, 2)

    def is_plain(path: str, value: object, **more: object) -> bool:
        request = SetRequest(id=f"{path} {value} {more}", path=path, value=value, **more)
        return plain.carry_out(command(request)) is not None

    assert is_plain("/grade/exposure_stops", 1.0)
    assert is_plain("/output/freeze", True)
    assert not is_plain("/grade/exposure_stops", 99.0)
    assert not is_plain("/grade/exposure_stops", 2.0, fade_s=1.0)
    assert not is_plain("/grade/exposure_stops", 2.0, if_seq=0)
    assert not is_plain("/grade/exposure_stops", 2.0, force=True)
    assert not is_plain("/time/hour", 4.0)
    assert not is_plain("/camera/A/overscan_deg", 4.0)
    assert not is_plain("/world/active", "somewhere")
    controls.hands.take.recording = True
    assert not is_plain("/grade/exposure_stops", 3.0)
