"""Whatever may come from outside, as hypothesis strategies: any packet, request, observation, time and frame number."""

from __future__ import annotations

from datetime import date
from typing import get_args, get_type_hints

from hypothesis import strategies as st

from render.worlds.configured import World
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.panorama.record import PanoramaLayer
from stage.config.starting_values import tree_of
from stage.show.frame.inputs import (
    AssetFailed,
    AssetGone,
    AssetProgress,
    AssetReady,
    Cause,
    Dropped,
    FrameInputs,
    Presented,
    TakeReport,
    WorldGone,
    WorldListed,
)
from stage.show.frame.requests import BatchRequest, Command, NudgeRequest, SetRequest, TakeRequest, Target
from tests.building import PERIOD_NS, camera, side_wall, stage, tracker, wall
from tests.fold.show.air_stage import layer, world
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.protocols.osc import encode_osc_pose
from tracking.records import TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settable import ROLES

START_NS = 1_000_000_000_000
SOURCES = {
    "freed": "udp://127.0.0.1:40000",
    "serial": "serial:///dev/ttyS9?baud=38400&parity=odd",
    "opentrackio": "udp://127.0.0.1:55555",
    "osc": "udp://127.0.0.1:9000",
}
MOUNTED = {"position_m": (0.0, 0.1, -0.05), "rotation_deg": (1.0, 2.0, 0.0)}


def tracker_on(name, protocol, **keys):
    return tracker(name, **{"protocol": protocol, "source": SOURCES[name], "camera_id": None, "rate_hz": None, **keys})


STAGE = stage(
    wall(),
    side_wall(),
    tracker_on("freed", "freed", rate_hz=60),
    tracker_on("serial", "freed"),
    tracker_on("opentrackio", "opentrackio"),
    tracker_on("osc", "osc"),
    camera("A", tracker="freed", zoom=((0, 20.0), (4000, 80.0))),
    camera("B", tracker="opentrackio"),
    camera("C", tracker="osc", marker_from_camera=MOUNTED),
    camera("D", tracker="serial", focal_length_mm=35),
    camera("E"),
    world("world", layer(file="x.png")),
    world("other", layer(file="y.png"), layer(file="x.png", opacity=0.5)),
    world("raw", layer("coordinates")),
    outer="follow",
)
TREE = tree_of(STAGE.config)

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
    elif parameter.form == "date":
        value = draw(st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(str))
    else:
        value = draw(st.sampled_from(parameter.choices))
    return parameter.path, value, draw(st.sampled_from((0.0, 0.1, 3600.0)))


any_sets = st.one_of(fitting_sets(), st.tuples(paths, any_values, st.floats(0.0, 3600.0)))
ids = st.one_of(st.text(min_size=1, max_size=3), st.integers(-2, 2))
requests = st.one_of(
    st.builds(lambda one, name: SetRequest(id=name, path=one[0], value=one[1], fade_s=one[2]), any_sets, ids),
    st.builds(
        lambda several, name: BatchRequest(
            id=name, items=tuple(Target(path=path, value=value, fade_s=fade_s) for path, value, fade_s in several)
        ),
        st.lists(any_sets, max_size=4),
        ids,
    ),
    st.builds(TakeRequest, id=ids, action=st.sampled_from(("start", "stop")), name=st.text(max_size=20)),
    st.builds(NudgeRequest, id=ids, tracker=st.sampled_from((*SOURCES, "nobody")), pan_deg=real_numbers),
)
commands = st.builds(
    Command,
    sender=st.text(max_size=3),
    role=st.sampled_from(ROLES),
    order=st.integers(-5, 5),
    request=requests,
)
whole_numbers = st.integers(-(2**63), 2**63 - 1)
plain = st.one_of(st.booleans(), whole_numbers, st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5))
causes = st.builds(Cause, code=st.text(max_size=5), values=st.dictionaries(st.text(max_size=5), plain, max_size=3))
files = st.sampled_from(("x.png", "y.png")) | st.text(max_size=5)
layers = st.builds(CoordinatesLayer) | st.builds(
    PanoramaLayer, name=st.text(max_size=5), file=files, opacity=st.floats(0.0, 1.0), turn_deg=st.floats(-360.0, 360.0)
)
listed = st.builds(
    World,
    name=st.sampled_from(("world", "other", "new")) | st.text(max_size=5),
    key=st.none() | st.sampled_from(("world", "raw", "new")),
    layers=st.lists(layers, min_size=1, max_size=4).map(tuple),
)
assets = st.one_of(
    st.builds(AssetReady, file=files, sha256=st.text(max_size=5)),
    st.builds(AssetProgress, file=files, share=st.floats(0.0, 1.0)),
    st.builds(AssetFailed, file=files, cause=causes),
    st.builds(AssetGone, file=files),
    st.builds(WorldListed, world=listed),
    st.builds(WorldGone, key=st.sampled_from(("world", "other", "raw", "new")) | st.text(max_size=5)),
)
observations = st.one_of(
    assets,
    st.builds(
        Presented,
        frame=whole_numbers,
        stepped_ns=whole_numbers,
        drawn_ns=whole_numbers,
        presented_ns=whole_numbers,
        gathered_ns=whole_numbers,
        missed=st.booleans(),
    ),
    st.builds(
        TakeReport,
        name=st.text(max_size=5),
        state=st.sampled_from(get_args(get_type_hints(TakeReport)["state"])),
        cause=st.none() | causes,
        path=st.text(max_size=5),
        count=st.integers(0, 3),
        part=st.integers(0, 3),
    ),
    st.builds(Dropped, source=st.text(max_size=3), count=st.integers(0, 10**9), cause=st.text(max_size=3)),
)


@st.composite
def frames_of_inputs(draw):
    """Inputs of a few frames: numbers and times that advance, skip, stand still or leap back."""
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
