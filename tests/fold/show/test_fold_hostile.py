"""Whatever comes from outside, in whatever order, the fold makes a plan of finite numbers that can be drawn."""

import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import FramePlan, refuse_impossible
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Report, encode_plan, encode_report
from stage.show.state import decode_state, encode_state
from tests.building import PERIOD_NS, SENDER, digest, freed, view_of
from tests.examples import hostile
from tests.fold.show.hostile_inputs import SOURCES, STAGE, START_NS, frames_of_inputs, payloads
from tracking.datagrams import Datagram

LARGEST_TEXTURE_PX = 8192


def numbers_in(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from numbers_in(inner)


@hostile(full=60, quick=15)
@given(frames_of_inputs())
def test_no_input_raises_or_spoils_a_plan(frames):
    show = STAGE.show()
    for inputs in frames:
        outcome = show.step(inputs)
        assert all(math.isfinite(number) for number in numbers_in(msgspec.to_builtins(outcome.plan)))
        refuse_impossible(outcome.plan, LARGEST_TEXTURE_PX)
        plan, report = encode_plan(outcome.plan), encode_report(outcome)
        assert encode_plan(msgspec.msgpack.decode(plan, type=FramePlan)) == plan
        assert msgspec.msgpack.encode(msgspec.msgpack.decode(report, type=Report)) == report
    state = encode_state(show.state)
    assert encode_state(decode_state(state)) == state
    assert all(math.isfinite(number) for number in numbers_in(msgspec.to_builtins(show.state)))


@hostile(full=20, quick=6)
@given(frames_of_inputs(), st.integers(0, 9))
def test_hostile_frames_replay_from_any_snapshot(frames, at):
    show = STAGE.show()
    for inputs in frames[:at]:
        show.step(inputs)
    again = STAGE.show(show.snapshot())
    for inputs in frames[at:]:
        assert digest(again.step(inputs)) == digest(show.step(inputs))


@hostile(full=10, quick=4)
@given(st.lists(payloads(), max_size=40))
def test_garbage_beside_a_good_tracker_changes_no_number_of_its_picture(garbage):
    """The good tracker's camera is planned as if nothing else had come; what came is counted."""

    def eye(noise):
        show = STAGE.show()
        for frame in range(20):
            present_ns = START_NS + frame * PERIOD_NS
            payload = freed(frame, frame * 0.5, position_m=(frame * 0.01, 0.0, 1.5), zoom_raw=100.0).payload
            good = Datagram(source=SOURCES["freed"], sender=SENDER, received_ns=present_ns - 3_000_000, payload=payload)
            bad = tuple(
                Datagram(source=SOURCES["osc"], sender="", received_ns=present_ns - 1_000_000, payload=payload)
                for payload in noise[2 * frame : 2 * frame + 2]
            )
            inputs = FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=(*bad, good))
            plan = show.step(inputs).plan
        return view_of(plan)

    assert eye(garbage) == eye([])
