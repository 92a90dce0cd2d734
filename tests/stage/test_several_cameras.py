"""Two and three cameras on the same walls: which lies on top, which is parked, and that each keeps what is its own."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.loading.files import load_config, load_geometry
from stage.show.frame.inputs import BatchRequest, Command, FrameInputs, SetRequest
from stage.show.show import Show
from stage.show.state import encode_state, new_state
from stage.takes.digest import encode_plan
from stage.words.sentences import hold_line
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import ConfigError, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll

PERIOD_NS = 16_666_667
START_NS = 5_000_000_000
NAMES = ("A", "B", "C")

STAGE = """
[stage]
frame_rate_hz = 60
[[walls]]
name = "main"
resolution_px = [64, 20]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[walls]]
name = "side"
resolution_px = [32, 32]
shape = { kind = "plane", lower_left_m = [-4, -2, 0], lower_right_m = [-4, 0, 0], upper_left_m = [-4, -2, 2] }
[[trackers]]
name = "f"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1
rate_hz = 60
[[cameras]]
name = "A"
tracker = "f"
focal_length_mm = 35.0
feather_px = 10.0
[[cameras]]
name = "B"
focal_length_mm = 50.0
feather_px = 80.0
inner_px = [320, 180]
[[cameras]]
name = "C"
focal_length_mm = 24.0
sensor_mm = [24.0, 36.0]
resolution_px = [1080, 1920]
"""
LENS = {
    "model": "Brown-Conrady D-U",
    "nodes": [
        {"focal_length_mm": 24, "zoom_raw": 0, "radial": [4e-4], "entrance_pupil_m": 0.1},
        {"focal_length_mm": 70, "zoom_raw": 1000, "radial": [-2e-5], "entrance_pupil_m": 0.2},
    ],
}


def new_show(folder, text=STAGE, lens=LENS):
    (folder / "lens.json").write_text(json.dumps(lens))
    (folder / "stage.toml").write_text(text)
    loaded = load_config(folder / "stage.toml")
    _, calibration = load_geometry(loaded)
    return Show(loaded.config, calibration, new_state(loaded.config, Show.tree_of(loaded.config)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stage")


def inputs_at(frame, values=None, zoom_raw=0.0, pan_deg=0.0):
    sample = TrackerSample(
        position_m=(0.0, 0.0, 1.5),
        rotation=quat_from_pan_tilt_roll(pan_deg, 0.0, 0.0),
        zoom_raw=zoom_raw,
        focus_raw=0.0,
    )
    packet = Datagram(
        source="udp://127.0.0.1:40000",
        sender="x",
        received_ns=START_NS + frame * PERIOD_NS - 3_000_000,
        payload=encode_freed(sample, 1, FreeDDialect()),
    )
    items = tuple(SetRequest(path=path, value=value) for path, value in (values or {}).items())
    batch = Command(id=str(frame), client="t", role="admin", order=0, request=BatchRequest(items=items))
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=START_NS + (frame + 1) * PERIOD_NS,
        datagrams=(packet,),
        commands=(batch,) if items else (),
    )


def order_of(plan, wall="main"):
    shown = next(one for one in plan.walls if one.name == wall)
    return [plan.inners[index].camera for index in shown.inners]


def inner_of(plan, camera):
    return next(inner for inner in plan.inners if inner.camera == camera)


def test_the_configuration_order_is_the_priority_until_someone_sets_another(folder):
    show = new_show(folder)
    assert order_of(show.step(inputs_at(0))) == ["A", "B", "C"]
    assert order_of(show.step(inputs_at(1, {"/camera/C/priority": 0.5}))) == ["C", "A", "B"]
    assert order_of(show.step(inputs_at(2, {"/camera/C/priority": 1.0}))) == ["A", "C", "B"]


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(0.0, 1000.0)] * 3), st.tuples(*[st.booleans()] * 3))
def test_views_lie_in_order_of_priority_on_every_wall_and_parked_ones_nowhere(folder, priorities, parked):
    show = new_show(folder)
    values = {f"/camera/{name}/priority": value for name, value in zip(NAMES, priorities, strict=True)}
    values |= {f"/camera/{name}/parked": value for name, value in zip(NAMES, parked, strict=True)}
    plan = show.step(inputs_at(0, values))
    left = [index for index in range(3) if not parked[index]]
    expected = [NAMES[index] for index in sorted(left, key=lambda index: (priorities[index], index))]
    for wall in ("main", "side"):
        assert order_of(plan, wall) == expected
    assert len(plan.inners) == 2 * len(expected)


def test_a_camera_parked_in_the_configuration_comes_back_when_it_is_unparked(folder):
    show = new_show(folder, STAGE.replace('name = "B"\n', 'name = "B"\nparked = true\n'))
    assert order_of(show.step(inputs_at(0))) == ["A", "C"]
    assert order_of(show.step(inputs_at(1, {"/camera/B/parked": False}))) == ["A", "B", "C"]


def test_each_camera_keeps_its_own_feather_size_and_margin(folder):
    show = new_show(folder)
    values = {"/camera/A/overscan_mode": "follow", "/camera/B/overscan_deg": 7.0}
    for frame in range(60):
        plan = show.step(inputs_at(frame, values if frame == 0 else None))
    a, b, c = (inner_of(plan, name) for name in NAMES)
    assert b.size_px == (320, 180)
    assert a.feather == pytest.approx(10.0 * 36.0 / 35.0 / 1920.0)
    assert b.feather == pytest.approx(80.0 * 36.0 / 50.0 / 1920.0)
    assert c.frame.top > c.frame.right
    assert math.degrees(math.atan(b.view.right) - math.atan(b.frame.right)) == pytest.approx(7.0)
    assert math.degrees(math.atan(c.view.right) - math.atan(c.frame.right)) == pytest.approx(2.0)
    assert math.atan(a.view.right) - math.atan(a.frame.right) < math.radians(2.0)


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 59))
def test_a_snapshot_carries_priorities_and_parking(folder, cut):
    changes = {
        10: {"/camera/C/priority": 0.0},
        20: {"/camera/A/parked": True, "/camera/B/overscan_mode": "follow"},
        40: {"/camera/A/parked": False},
    }
    frames = [inputs_at(frame, changes.get(frame), pan_deg=0.3 * frame) for frame in range(60)]
    whole, begun = new_show(folder), new_show(folder)
    plans = [encode_plan(whole.step(frame)) for frame in frames]
    for frame in frames[:cut]:
        begun.step(frame)
    resumed = Show(begun.config, calibration(folder), begun.snapshot())
    assert [encode_plan(resumed.step(frame)) for frame in frames[cut:]] == plans[cut:]
    assert encode_state(resumed.state) == encode_state(whole.state)


def calibration(folder):
    return load_geometry(load_config(folder / "stage.toml"))[1]


WITH_LENS = STAGE.replace("focal_length_mm = 35.0", 'lens = "lens.json"')


def test_the_lens_follows_the_zoom_encoder_with_its_pupil_and_its_own_overscan(folder):
    show = new_show(folder, WITH_LENS)
    for frame, zoom_raw in ((0, 0.0), (1, 500.0), (2, 1000.0)):
        plan = show.step(inputs_at(frame, zoom_raw=zoom_raw))
        lens = show.state.cameras["A"]
        assert lens.focal_length_mm == pytest.approx(24.0 ** (1 - zoom_raw / 1000) * 70.0 ** (zoom_raw / 1000))
        assert lens.entrance_pupil_m == pytest.approx(0.1 + 0.1 * zoom_raw / 1000)
        frame_of_lens = inner_of(plan, "A").frame
        wider = frame_of_lens.right / (18.0 / lens.focal_length_mm)
        assert wider > 1.01 if zoom_raw == 0.0 else 0.9 < wider < 1.1
    corner_mm2 = 18.0**2 + 10.125**2
    assert inner_of(show.step(inputs_at(3)), "A").frame.right == pytest.approx(
        18.0 * (1.0 + 4e-4 * corner_mm2) / 24.0, rel=1e-6
    )


def test_a_projection_offset_makes_the_frame_lopsided(folder):
    lens = {"nodes": [{"focal_length_mm": 30, "projection_offset_mm": [1.5, -0.5]}]}
    frame = inner_of(new_show(folder, WITH_LENS, lens).step(inputs_at(0)), "A").frame
    assert (frame.left, frame.right) == pytest.approx((-19.5 / 30.0, 16.5 / 30.0))
    assert (frame.bottom, frame.top) == pytest.approx((-10.625 / 30.0, 9.625 / 30.0))


def test_a_focal_length_at_which_the_lens_folds_over_holds_that_camera_and_the_others_go_on(folder):
    lens = {"nodes": [{"focal_length_mm": 50, "radial": [-6e-4]}]}
    show = new_show(folder, WITH_LENS, lens)
    before = show.step(inputs_at(0))
    held = show.step(inputs_at(1, {"/camera/A/focal_length_mm": 25.0, "/camera/B/manual/x_m": 0.25}))
    for wall in held.walls:
        assert "camera A: the lens folds over inside its frame at 25 mm" in hold_line(wall.holds)
        assert any(f"wall {wall.name} holds" in line for line in held.health)
    assert order_of(held) == ["A", "B", "C"]
    first, second, _ = (held.inners[index] for index in held.walls[0].inners)
    assert first == before.inners[before.walls[0].inners[0]]
    assert second.eye_m[0] == 0.25
    assert second.light_ns == held.walls[0].light_ns
    good = show.step(inputs_at(2, {"/camera/A/focal_length_mm": 0.0}))
    assert not any(wall.holds for wall in good.walls)


@pytest.mark.parametrize("focal_mm", [0.01, 0.9, 5000.0])
def test_an_absurd_focal_length_by_hand_never_stops_the_show(folder, focal_mm):
    show = new_show(folder, WITH_LENS)
    show.step(inputs_at(0))
    plan = show.step(inputs_at(1, {"/camera/A/focal_length_mm": focal_mm}))
    assert all(bool(wall.holds) == (focal_mm < 1.0) for wall in plan.walls)


def test_a_parked_camera_with_an_impossible_view_holds_nothing(folder):
    show = new_show(folder, WITH_LENS)
    plan = show.step(inputs_at(0, {"/camera/A/focal_length_mm": 0.5, "/camera/A/parked": True}))
    assert not any(wall.holds for wall in plan.walls)


@pytest.mark.parametrize(
    ("text", "lens", "told"),
    [
        (WITH_LENS, {"nodes": [{"focal_length_mm": 24, "radial": [-4e-3]}]}, "cameras[0].lens"),
        (WITH_LENS.replace("lens.json", "none.json"), LENS, "none.json"),
        (STAGE.replace("focal_length_mm = 35.0", 'focal_length_mm = 35.0\nlens = "lens.json"'), LENS, "found beside"),
        (
            STAGE.replace("focal_length_mm = 35.0", 'zoom = [[0, 24], [9, 70]]\nlens = "lens.json"'),
            LENS,
            "found beside",
        ),
        (
            STAGE.replace("feather_px = 10.0", "overscan_floor_deg = 5.0\noverscan_ceiling_deg = 4.0"),
            LENS,
            "overscan_floor_deg",
        ),
    ],
)
def test_a_lens_or_margin_that_cannot_be_is_refused_before_the_first_frame(folder, text, lens, told):
    with pytest.raises(ConfigError) as refused:
        new_show(folder, text, lens)
    assert told in str(refused.value)
