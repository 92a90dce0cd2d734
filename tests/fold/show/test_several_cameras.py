"""Two and three cameras on the same walls: which is on top, which is parked, and that each keeps what is its own."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.state import encode_state
from stage.words.sentences import hold_line
from tests.building import (
    batch,
    camera,
    codes,
    digest,
    freed,
    inputs_at,
    side_wall,
    stage,
    step,
    tracker,
    view_of,
    wall,
)
from tests.examples import costly

NAMES = ("A", "B", "C")
WALLS = (wall(), side_wall())
A = {"tracker": "t", "feather_px": 10.0}
B = {"focal_length_mm": 50.0, "feather_px": 80.0, "inner_px": (320, 180)}
C = {"focal_length_mm": 24.0, "sensor_mm": (24.0, 36.0), "resolution_px": (1080, 1920)}
BROWN_CONRADY = {
    "model": "Brown-Conrady D-U",
    "nodes": [
        {"focal_length_mm": 24.0, "zoom_raw": 0.0, "radial": [4e-4], "entrance_pupil_m": 0.1},
        {"focal_length_mm": 70.0, "zoom_raw": 1000.0, "radial": [-2e-5], "entrance_pupil_m": 0.2},
    ],
}


def three_cameras(a=None, b=None, lenses=None):
    """Camera A with the given keys (default: a fixed lens), B and C driven by hand."""
    cameras = (camera("A", **A, **(a or {"focal_length_mm": 35.0})), camera("B", **B, **(b or {})), camera("C", **C))
    return stage(*WALLS, tracker("t"), *cameras, lenses=lenses)


STAGE = three_cameras()


def with_lens(lens=None):
    return three_cameras({"lens": "lens.json"}, lenses={"A": lens or BROWN_CONRADY})


LENS_STAGE = with_lens()


def planned(show, frame, values=None, **fields):
    return step(show, frame, *([values] if values else ()), datagrams=[freed(frame, **fields)]).plan


def order_of(plan, wall_name="main"):
    shown = next(one for one in plan.walls if one.name == wall_name)
    return [plan.inners[index].camera for index in shown.inners]


def test_the_configured_order_is_the_priority_until_someone_sets_another():
    show = STAGE.show()
    assert order_of(planned(show, 0)) == ["A", "B", "C"]
    assert order_of(planned(show, 1, {"/camera/C/priority": 0.5})) == ["C", "A", "B"]
    assert order_of(planned(show, 2, {"/camera/C/priority": 1.0})) == ["A", "C", "B"]


@costly(full=40, quick=15)
@given(st.tuples(*[st.floats(0.0, 1000.0)] * 3), st.tuples(*[st.booleans()] * 3))
def test_views_are_in_order_of_priority_on_every_wall_and_parked_ones_nowhere(priorities, parked):
    values = {f"/camera/{name}/priority": value for name, value in zip(NAMES, priorities, strict=True)}
    values |= {f"/camera/{name}/parked": value for name, value in zip(NAMES, parked, strict=True)}
    plan = planned(STAGE.show(), 0, values)
    left = [index for index in range(3) if not parked[index]]
    expected = [NAMES[index] for index in sorted(left, key=lambda index: (priorities[index], index))]
    for wall_name in ("main", "side"):
        assert order_of(plan, wall_name) == expected
    assert len(plan.inners) == 2 * len(expected)


def test_a_camera_parked_in_the_configuration_comes_back_when_it_is_unparked():
    show = three_cameras(b={"parked": True}).show()
    assert order_of(planned(show, 0)) == ["A", "C"]
    assert order_of(planned(show, 1, {"/camera/B/parked": False})) == ["A", "B", "C"]


def test_each_camera_keeps_its_own_feather_size_and_margin():
    show = STAGE.show()
    values = {"/camera/A/overscan_mode": "follow", "/camera/B/overscan_deg": 7.0, "/camera/C/overscan_deg": 2.0}
    for frame in range(60):
        plan = planned(show, frame, values if frame == 0 else None)
    a, b, c = (view_of(plan, name) for name in NAMES)
    assert b.size_px == (320, 180)
    assert a.feather == pytest.approx(10.0 * 36.0 / 35.0 / 1920.0)
    assert b.feather == pytest.approx(80.0 * 36.0 / 50.0 / 1920.0)
    assert c.frame.top > c.frame.right
    assert math.degrees(math.atan(b.view.right) - math.atan(b.frame.right)) == pytest.approx(7.0)
    assert math.degrees(math.atan(c.view.right) - math.atan(c.frame.right)) == pytest.approx(2.0)
    assert math.atan(a.view.right) - math.atan(a.frame.right) < math.radians(2.0)


@costly(full=6, quick=2)
@given(st.integers(1, 59))
def test_a_snapshot_carries_priorities_and_parking(cut):
    changes = {
        10: {"/camera/C/priority": 0.0},
        20: {"/camera/A/parked": True, "/camera/B/overscan_mode": "follow"},
        40: {"/camera/A/parked": False},
    }
    frames = [
        inputs_at(frame, *([batch(changes[frame])] if frame in changes else ()), datagrams=[freed(frame, 0.3 * frame)])
        for frame in range(60)
    ]
    whole, begun = STAGE.show(), STAGE.show()
    digests = [digest(whole.step(frame)) for frame in frames]
    for frame in frames[:cut]:
        begun.step(frame)
    resumed = STAGE.show(begun.snapshot())
    assert [digest(resumed.step(frame)) for frame in frames[cut:]] == digests[cut:]
    assert encode_state(resumed.state) == encode_state(whole.state)


def test_the_lens_follows_the_zoom_encoder_with_its_pupil_and_its_own_overscan():
    show = LENS_STAGE.show()
    for frame, zoom_raw in ((0, 0.0), (1, 500.0), (2, 1000.0)):
        plan = planned(show, frame, zoom_raw=zoom_raw)
        lens = show.state.cameras["A"].lens
        assert lens.focal_length_mm == pytest.approx(24.0 ** (1 - zoom_raw / 1000) * 70.0 ** (zoom_raw / 1000))
        assert lens.entrance_pupil_m == pytest.approx(0.1 + 0.1 * zoom_raw / 1000)
        wider = view_of(plan).frame.right / (18.0 / lens.focal_length_mm)
        assert wider > 1.01 if zoom_raw == 0.0 else 0.9 < wider < 1.1
    corner_mm2 = 18.0**2 + 10.125**2
    expected = 18.0 * (1.0 + 4e-4 * corner_mm2) / 24.0
    assert view_of(planned(show, 3)).frame.right == pytest.approx(expected, rel=1e-6)


def test_a_projection_offset_makes_the_frame_lopsided():
    stage_of_lens = with_lens({"nodes": [{"focal_length_mm": 30.0, "projection_offset_mm": [1.5, -0.5]}]})
    frame = view_of(planned(stage_of_lens.show(), 0)).frame
    assert (frame.left, frame.right) == pytest.approx((-19.5 / 30.0, 16.5 / 30.0))
    assert (frame.bottom, frame.top) == pytest.approx((-10.625 / 30.0, 9.625 / 30.0))


def test_a_focal_length_at_which_the_lens_folds_over_holds_that_camera_and_the_others_continue():
    show = with_lens({"nodes": [{"focal_length_mm": 50.0, "radial": [-6e-4]}]}).show()
    before = planned(show, 0)
    values = {"/camera/A/focal_length_mm": 25.0, "/camera/B/manual/x_m": 0.25}
    outcome = step(show, 1, values, datagrams=[freed(1)])
    held = outcome.plan
    for one in held.walls:
        assert "camera A: the lens folds over inside its frame at 25 mm" in hold_line(one.holds)
    assert codes(outcome).count("wall_held") == 2
    assert order_of(held) == ["A", "B", "C"]
    assert view_of(held, "A") == view_of(before, "A")
    assert view_of(held, "B").eye_m[0] == 0.25
    assert view_of(held, "B").light_ns == held.walls[0].light_ns
    good = planned(show, 2, {"/camera/A/focal_length_mm": 0.0})
    assert not any(one.holds for one in good.walls)


@pytest.mark.parametrize("focal_mm", [0.01, 0.9, 5000.0])
def test_an_absurd_focal_length_by_hand_never_stops_the_show(focal_mm):
    show = LENS_STAGE.show()
    planned(show, 0)
    plan = planned(show, 1, {"/camera/A/focal_length_mm": focal_mm})
    assert all(bool(one.holds) == (focal_mm < 1.0) for one in plan.walls)


def test_a_parked_camera_with_an_impossible_view_holds_nothing():
    plan = planned(LENS_STAGE.show(), 0, {"/camera/A/focal_length_mm": 0.5, "/camera/A/parked": True})
    assert not any(one.holds for one in plan.walls)
