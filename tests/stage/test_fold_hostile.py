"""Whatever comes from outside, in whatever order, the fold makes a plan of finite numbers that can be drawn."""

import math

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from render.plan.frame import FramePlan, refuse_impossible
from stage.config.reader import parse_config
from stage.loading.files import read_preset
from stage.show.frame.inputs import (
    AssetReady,
    BatchRequest,
    Command,
    Dropped,
    FrameInputs,
    NudgeRequest,
    Presented,
    SetRequest,
    TakeReport,
    TakeRequest,
)
from stage.show.show import Show
from stage.show.state import decode_state, encode_state, new_state
from stage.takes.digest import encode_plan
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.osc import encode_osc_pose
from tracking.records import TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll

LARGEST_TEXTURE_PX = 8192
PERIOD_NS = 16_666_667
START_NS = 1_000_000_000_000
SOURCES = {
    "freed": "udp://127.0.0.1:40000",
    "serial": "serial:///dev/ttyS9?baud=38400&parity=odd",
    "opentrackio": "udp://127.0.0.1:55555",
    "osc": "udp://127.0.0.1:9000",
}
CONFIG = parse_config(
    f"""
[stage]
outer = "follow"
[[walls]]
name = "main"
resolution_px = [64, 20]
latency_ms = 16.0
shape = {{ kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }}
[[walls]]
name = "side"
resolution_px = [32, 32]
shape = {{ kind = "plane", lower_left_m = [-4, -2, 0], lower_right_m = [-4, 0, 0], upper_left_m = [-4, -2, 2] }}
[[trackers]]
name = "freed"
protocol = "freed"
source = "{SOURCES["freed"]}"
rate_hz = 60
[[trackers]]
name = "serial"
protocol = "freed"
source = "{SOURCES["serial"]}"
[[trackers]]
name = "opentrackio"
protocol = "opentrackio"
source = "{SOURCES["opentrackio"]}"
[[trackers]]
name = "osc"
protocol = "osc"
source = "{SOURCES["osc"]}"
[[cameras]]
name = "A"
tracker = "freed"
zoom = [[0, 20.0], [4000, 80.0]]
[[cameras]]
name = "B"
tracker = "opentrackio"
[[cameras]]
name = "C"
tracker = "osc"
marker_from_camera = {{ position_m = [0.0, 0.1, -0.05], rotation_deg = [1.0, 2.0, 0.0] }}
[[cameras]]
name = "D"
tracker = "serial"
focal_length_mm = 35
[[cameras]]
name = "E"
[world]
kind = "panorama"
file = "x.png"
""",
    "hostile",
    read_preset,
)
CALIBRATION = Calibration(surfaces=tuple(wall_surface(wall, wall_positions(wall, None)) for wall in CONFIG.walls))
TREE = Show.tree_of(CONFIG)

real_numbers = st.floats(allow_nan=True, allow_infinity=True)
small = st.floats(-50.0, 50.0)
samples = st.builds(
    lambda x, y, z, pan, device_ns: TrackerSample(
        position_m=(x, y, z),
        rotation=quat_from_pan_tilt_roll(pan, pan / 7.0, -pan / 3.0),
        device_ns=device_ns,
        sequence=1,
        rate_hz=60.0,
        zoom_raw=abs(x) * 100.0,
        focus_raw=200.0,
        focal_length_mm=abs(y),
    ),
    small,
    small,
    small,
    st.floats(-170.0, 170.0),
    st.integers(0, 2_000_000_000_000_000_000),
)


def packets_of(sample: TrackerSample, sequence: int) -> tuple[bytes, ...]:
    source = OpenTrackIOSource(source_number=1)
    return (
        encode_freed(sample, 1, FreeDDialect()),
        *encode_opentrackio(sample, source, sequence, max_payload=200),
        *encode_opentrackio(sample, source, sequence, encoding="cbor"),
        encode_osc_pose(sample, 1, 5.0),
    )


@st.composite
def payloads(draw):
    """Random bytes, or a real packet: whole, cut, or with a byte changed."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.binary(max_size=64))
    packet = draw(st.sampled_from(packets_of(draw(samples), draw(st.integers(0, 65535)))))
    damage = draw(st.sampled_from(("none", "none", "cut", "byte")))
    at = draw(st.integers(0, len(packet) - 1))
    if damage == "cut":
        return packet[:at]
    if damage == "byte":
        return packet[:at] + bytes((packet[at] ^ draw(st.integers(1, 255)),)) + packet[at + 1 :]
    return packet


any_values = st.one_of(
    real_numbers, st.booleans(), st.text(max_size=20), st.integers(), st.none(), st.just(1e308), st.just("x" * 5000)
)
paths = st.one_of(st.sampled_from([parameter.path for parameter in TREE]), st.text(max_size=30))


@st.composite
def fitting_sets(draw):
    """A value within the parameter's own limits: what a clumsy but honest hand can do."""
    parameter = draw(st.sampled_from(list(TREE)))
    if parameter.kind == "float":
        value = draw(st.floats(parameter.minimum, parameter.maximum))
    elif parameter.kind == "boolean":
        value = draw(st.booleans())
    else:
        value = draw(st.sampled_from(parameter.choices))
    return SetRequest(path=parameter.path, value=value, fade_s=draw(st.sampled_from((0.0, 0.1, 3600.0))))


set_requests = st.one_of(
    fitting_sets(), st.builds(SetRequest, path=paths, value=any_values, fade_s=st.one_of(st.just(0.0), real_numbers))
)
requests = st.one_of(
    set_requests,
    st.builds(BatchRequest, items=st.lists(set_requests, max_size=4).map(tuple)),
    st.builds(TakeRequest, action=st.sampled_from(("start", "stop")), name=st.text(max_size=20)),
    st.builds(NudgeRequest, tracker=st.sampled_from((*SOURCES, "nobody")), pan_deg=real_numbers),
)
commands = st.builds(
    Command,
    id=st.text(max_size=3),
    client=st.text(max_size=3),
    role=st.sampled_from(("viewer", "director", "operator", "admin", "nonsense")),
    order=st.integers(-5, 5),
    request=requests,
)
whole_numbers = st.integers(-(2**63), 2**63 - 1)
observations = st.one_of(
    st.builds(
        Presented,
        frame=whole_numbers,
        stepped_ns=whole_numbers,
        drawn_ns=whole_numbers,
        presented_ns=whole_numbers,
        missed=st.booleans(),
    ),
    st.builds(AssetReady, file=st.text(max_size=5), sha256=st.text(max_size=5)),
    st.builds(
        TakeReport,
        name=st.text(max_size=5),
        state=st.sampled_from(
            ("recording", "closed", "gap", "failed", "disk_low", "recorder_lost", "recorder_back"),
        ),
        detail=st.text(max_size=5),
        path=st.text(max_size=5),
    ),
    st.builds(Dropped, source=st.text(max_size=3), count=st.integers(0, 10**9), cause=st.text(max_size=3)),
)


@st.composite
def frames_of_inputs(draw):
    """Inputs of a few frames: numbers and times that go on, skip, stand still or leap back."""
    frame, present_ns, made = 0, START_NS, []
    for _ in range(draw(st.integers(1, 10))):
        frame += draw(st.sampled_from((1, 1, 1, 1, 2, 60, 5000, 0, -3)))
        present_ns += draw(st.sampled_from((PERIOD_NS,) * 4 + (0, 1, 600_000_000, 10**13, -(10**9), -(10**13))))
        datagrams = tuple(
            Datagram(
                source=draw(st.sampled_from((*SOURCES.values(), "udp://unknown"))),
                sender=draw(st.sampled_from(("127.0.0.1:5", "127.0.0.1:6", ""))),
                received_ns=present_ns + draw(st.sampled_from((0, -PERIOD_NS, -3_000_000, 10**12, -(10**12)))),
                payload=payload,
            )
            for payload in draw(st.lists(payloads(), max_size=6))
        )
        made.append(
            FrameInputs(
                epoch=1,
                frame=frame,
                present_ns=present_ns,
                datagrams=datagrams,
                commands=tuple(draw(st.lists(commands, max_size=4))),
                observations=tuple(draw(st.lists(observations, max_size=2))),
            )
        )
    return made


def numbers_in(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from numbers_in(inner)


@settings(max_examples=60, deadline=None)
@given(frames_of_inputs())
def test_no_input_raises_or_bends_a_plan(frames):
    show = Show(CONFIG, CALIBRATION, new_state(CONFIG, TREE))
    for inputs in frames:
        plan = show.step(inputs)
        assert all(math.isfinite(number) for number in numbers_in(msgspec.to_builtins(plan)))
        refuse_impossible(plan, LARGEST_TEXTURE_PX)
        encoded = encode_plan(plan)
        assert encode_plan(msgspec.msgpack.decode(encoded, type=FramePlan)) == encoded
    state = encode_state(show.state)
    assert encode_state(decode_state(state)) == state
    assert all(math.isfinite(number) for number in numbers_in(msgspec.to_builtins(show.state)))


@settings(max_examples=20, deadline=None)
@given(frames_of_inputs(), st.integers(0, 9))
def test_hostile_frames_replay_from_any_snapshot(frames, at):
    show = Show(CONFIG, CALIBRATION, new_state(CONFIG, TREE))
    for inputs in frames[:at]:
        show.step(inputs)
    again = Show(CONFIG, CALIBRATION, show.snapshot())
    for inputs in frames[at:]:
        assert encode_plan(again.step(inputs)) == encode_plan(show.step(inputs))


@settings(max_examples=10, deadline=None)
@given(st.lists(payloads(), max_size=40))
def test_garbage_beside_a_good_tracker_changes_no_number_of_its_picture(garbage):
    """The good tracker's camera is planned as if nothing else had come; what came is counted."""

    def eye(noise):
        show = Show(CONFIG, CALIBRATION, new_state(CONFIG, TREE))
        for frame in range(20):
            present_ns = START_NS + frame * PERIOD_NS
            sample = TrackerSample(
                position_m=(frame * 0.01, 0.0, 1.5),
                rotation=quat_from_pan_tilt_roll(frame * 0.5, 0.0, 0.0),
                zoom_raw=100.0,
                focus_raw=200.0,
            )
            good = Datagram(
                source=SOURCES["freed"],
                sender="127.0.0.1:5",
                received_ns=present_ns - 3_000_000,
                payload=encode_freed(sample, 1, FreeDDialect()),
            )
            bad = tuple(
                Datagram(source=SOURCES["osc"], sender="", received_ns=present_ns - 1_000_000, payload=payload)
                for payload in noise[2 * frame : 2 * frame + 2]
            )
            plan = show.step(FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=(*bad, good)))
        return next(inner for inner in plan.inners if inner.camera == "A")

    assert eye(garbage) == eye([])
