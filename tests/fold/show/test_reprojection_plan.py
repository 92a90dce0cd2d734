"""Reprojection in the fold: what is drawn when, how wide, and that a snapshot holds all of it."""

import math
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import FramePlan, refuse_impossible
from stage.show.frame.outcome import encode_plan
from stage.show.plan.reprojection import MODES, covers
from stage.show.plan.tile_governor import CALM_FRAMES, LEAST_PATIENCE, MOST_TILES, TileGovernor, note_presented
from stage.show.state import decode_state, encode_state
from tests.building import (
    PANORAMA,
    PERIOD_NS,
    camera,
    card,
    digest,
    presented,
    ready,
    side_wall,
    stage,
    step,
    view_of,
    wall,
)
from tests.examples import costly

STAGE = stage(
    wall(),
    side_wall(),
    camera("A", focal_length_mm=35.0),
    camera("B", focal_length_mm=50.0, late_pose="4"),
    card("key", enabled=True, azimuth_deg=40.0),
    PANORAMA,
    outer_eye_m=(0.0, 0.0, 1.4),
    draw="raster",
)
READY = "ab" * 32
LASTING = {"2": 2, "3": 3, "4": 4, "6": 6, "8": 8}


def planned(show, frame, values=None, asset=None):
    """The plan of one frame, with values set by path and, first of all, the world's picture ready."""
    return step(show, frame, *([values] if values else ()), observations=[ready(asset)] if asset else ()).plan


def orbiting(first, count, values=None, show=None):
    """Plans of orbiting cameras."""
    show = show or STAGE.show()
    first_values = {"/camera/A/source": "orbit", "/camera/B/source": "orbit", **(values or {})}
    plans = [planned(show, first, first_values, READY)]
    return plans + [planned(show, frame) for frame in range(first + 1, first + count)]


@pytest.mark.parametrize("mode", sorted(LASTING))
def test_a_picture_lasts_as_many_frames_as_asked_and_the_pose_stays_new(mode):
    plans = orbiting(0, 41, {"/camera/A/late_pose": mode})
    views = [view_of(plan) for plan in plans]
    assert [view.picture.frame for view in views] == [frame - frame % LASTING[mode] for frame in range(41)]
    newest = [view_of(plan) for plan in orbiting(0, 41)]
    assert [(view.eye_m, view.ahead, view.view) for view in views] == [
        (view.eye_m, view.ahead, view.view) for view in newest
    ]
    for plan, view in zip(plans, views, strict=True):
        assert covers(view.picture, view)
        refuse_impossible(plan, 8192)


@pytest.mark.parametrize("tiles", [2, 4, 8])
def test_tiles_are_drawn_in_turn_and_shown_with_the_last(tiles):
    views = [view_of(plan) for plan in orbiting(0, 60, {"/camera/A/late_pose": f"tiles_{tiles}"})]
    begun = next(number for number, view in enumerate(views) if view.picture is not None)
    assert begun <= tiles
    views = views[begun:]
    for before, now in pairwise(views):
        assert now.picture.frame <= before.picture.frame + tiles
        if now.coming is not None and now.coming.part:
            assert now.coming.picture == before.coming.picture
            assert now.coming.part == before.coming.part + 1
            assert now.picture == before.picture
        if before.coming is not None and before.coming.part == tiles - 2:
            assert (now.picture, now.coming) == (before.coming.picture, None)
    ages = [frame - view.picture.frame for frame, view in enumerate(views, start=begun)][2 * tiles :]
    assert (min(ages), max(ages)) == (tiles - 1, 2 * tiles - 2)


def test_reprojection_that_is_off_adds_nothing_to_plan_or_state():
    show = STAGE.show()
    plans = orbiting(0, 5, {"/camera/B/late_pose": "off"}, show)
    assert all(view.picture is None and view.coming is None for plan in plans for view in plan.inners)
    assert b"picture" not in encode_plan(plans[-1])
    assert not show.state.pictures.reprojection.pictures


def test_a_held_view_stands_still_between_drawings_for_comparison():
    views = [view_of(plan) for plan in orbiting(0, 12, {"/camera/A/late_pose": "held_4"})]
    newest = [view_of(plan) for plan in orbiting(0, 12)]
    for frame, view in enumerate(views):
        assert (view.eye_m, view.ahead) == (newest[frame - frame % 4].eye_m, newest[frame - frame % 4].ahead)
        assert view.light_ns == newest[frame].light_ns


def test_the_configuration_may_choose_the_mode():
    assert view_of(planned(STAGE.show(), 0), "B").picture is not None


def drawn_at(plan):
    """The frame whose drawing camera A looks into."""
    picture = view_of(plan).picture
    return plan.frame if picture is None else picture.frame


def test_a_jump_is_drawn_at_once():
    show = STAGE.show()
    values = {"/camera/A/source": "manual", "/camera/A/late_pose": "8"}
    planned(show, 0, values, READY)
    assert drawn_at(planned(show, 1)) == 0
    assert drawn_at(planned(show, 2, {"/camera/A/manual/pan_deg": 40.0})) == 2
    assert drawn_at(planned(show, 3, {"/camera/A/focal_length_mm": 14.0})) == 3
    assert drawn_at(planned(show, 4, asset="cd" * 32)) == 4
    for frame in range(5, 60):
        planned(show, frame)
    assert drawn_at(planned(show, 60)) > 60 - 8
    assert len({drawn_at(planned(show, frame)) for frame in range(61, 77)}) <= 3


def test_a_turning_camera_gets_wider_pictures_and_a_still_one_hardly():
    def growth(pan_step_deg):
        show = STAGE.show()
        planned(show, 0, {"/camera/A/source": "manual", "/camera/A/late_pose": "4"}, READY)
        for frame in range(1, 31):
            view = view_of(planned(show, frame, {"/camera/A/manual/pan_deg": pan_step_deg * frame}))
        return math.degrees(math.atan(view.picture.drawn.right) - math.atan(view.drawn.right))

    still, slow, fast = growth(0.0), growth(0.2), growth(1.0)
    assert 0.0 < still < 0.5
    assert still < slow < fast
    assert slow > 3 * 0.2
    assert fast > 3 * 1.0


@pytest.mark.parametrize("pan_step_deg", [0.5, 3.0, 6.0, 12.0])
@pytest.mark.parametrize("focal_length_mm", [8.0, 24.0, 85.0])
@pytest.mark.parametrize("mode", ["2", "4", "8", "tiles_4"])
def test_reprojection_never_draws_more_than_every_frame_would(mode, focal_length_mm, pan_step_deg):
    show = STAGE.show()
    values = {"/camera/A/source": "manual", "/camera/A/late_pose": mode}
    planned(show, 0, {**values, "/camera/A/focal_length_mm": focal_length_mm}, READY)
    drawn = wanted = 0
    before = None
    for frame in range(1, 61):
        view = view_of(planned(show, frame, {"/camera/A/manual/pan_deg": pan_step_deg * frame % 360.0}))
        own = view.size_px[0] * view.size_px[1]
        wanted += own
        parts = 0 if view.coming is None else view.coming.picture.size_px[0] * view.coming.picture.size_px[1] / 4
        fresh = (
            0 if view.picture is None or view.picture == before else view.picture.size_px[0] * view.picture.size_px[1]
        )
        whole = fresh if mode != "tiles_4" or view.coming is None else 0
        drawn += (own if view.picture is None else whole) + parts
        before = view.picture
    assert drawn <= 1.15 * wanted


@costly(full=25, quick=10)
@given(
    turns=st.lists(st.tuples(st.floats(-8.0, 8.0), st.floats(-4.0, 4.0), st.floats(-9.0, 9.0)), max_size=12),
    mode=st.sampled_from([mode for mode in MODES if not mode.startswith("held")]),
)
def test_the_picture_that_a_view_looks_into_always_covers_it(turns, mode):
    show = STAGE.show()
    pan = tilt = roll = 0.0
    planned(show, 0, {"/camera/A/source": "manual", "/camera/A/late_pose": mode}, READY)
    for frame, (pan_step, tilt_step, roll_step) in enumerate(turns, start=1):
        pan, tilt, roll = pan + pan_step, max(-60.0, min(60.0, tilt + tilt_step)), roll + roll_step
        places = {"pan_deg": pan, "tilt_deg": tilt, "roll_deg": roll}
        plan = planned(show, frame, {f"/camera/A/manual/{name}": value for name, value in places.items()})
        refuse_impossible(plan, 8192)
        for view in plan.inners:
            assert view.picture is None or covers(view.picture, view)


def test_walls_of_different_latency_have_pictures_of_their_own():
    show = STAGE.show()
    plan = orbiting(0, 3, {"/camera/A/late_pose": "4"}, show)[-1]
    main, side = view_of(plan, wall_index=0), view_of(plan, wall_index=1)
    assert main.light_ns != side.light_ns
    own = [memory.shown for key, memory in show.state.pictures.reprojection.pictures.items() if key.startswith("A@")]
    assert own == [main.picture, side.picture]


def test_pictures_of_cameras_that_went_away_are_forgotten():
    show = STAGE.show()
    orbiting(0, 3, {"/camera/A/late_pose": "4"}, show)
    assert len(show.state.pictures.reprojection.pictures) == 4
    planned(show, 3, {"/camera/A/parked": True})
    assert len(show.state.pictures.reprojection.pictures) == 2
    planned(show, 4, {"/wall/side/latency_ms": 16.0})
    assert len(show.state.pictures.reprojection.pictures) == 1


EVENTS = {
    0: {"/camera/A/source": "orbit", "/camera/B/source": "orbit"},
    5: {"/camera/A/late_pose": "tiles_4"},
    23: {"/camera/A/late_pose": "auto"},
    40: {"/camera/B/late_pose": "held_4"},
    55: {"/camera/A/late_pose": "tiles_8", "/camera/B/late_pose": "3"},
    70: {"/output/freeze": True},
    80: {"/output/freeze": False, "/card/key/azimuth_deg": 3.0, "/outer/freeze": True},
}


def late(frame):
    return presented(frame, 1.2, missed=True)


def eventful_digests(show, first, count):
    digests = []
    for frame in range(first, first + count):
        observed = late(frame) if 10 <= frame < 60 else presented(frame)
        asked = [EVENTS[frame]] if frame in EVENTS else []
        digests.append(digest(step(show, frame, *asked, observations=[observed, ready()])))
    return digests


@pytest.fixture(scope="module")
def straight_run():
    return eventful_digests(STAGE.show(), 0, 100)


@costly(full=10, quick=3)
@given(at=st.integers(0, 99))
def test_a_restored_snapshot_continues_identically(straight_run, at):
    show = STAGE.show()
    eventful_digests(show, 0, at)
    state = encode_state(show.snapshot())
    restored = STAGE.show(decode_state(state))
    assert encode_state(restored.state) == state
    assert eventful_digests(restored, at, 100 - at) == straight_run[at:]


def test_frame_numbers_that_start_over_draw_anew():
    show = STAGE.show()
    orbiting(100, 6, {"/camera/A/late_pose": "8"}, show)
    view = view_of(planned(show, 3))
    assert view.picture.frame == 3


def note(governor, frame, share, *, missed):
    note_presented(governor, presented(frame, share, missed=missed), PERIOD_NS)


def test_the_governor_uses_more_tiles_while_drawing_makes_frames_late_and_fewer_when_there_is_room():
    governor = TileGovernor()
    for frame in range(200):
        note(governor, frame, 1.3, missed=True)
    assert governor.tiles == MOST_TILES
    for frame in range(4 * CALM_FRAMES + 500):
        note(governor, frame, 0.2, missed=False)
    assert governor.tiles == 1


def test_the_governor_does_not_blame_drawing_for_other_delays():
    governor = TileGovernor()
    for frame in range(500):
        note(governor, frame, 0.3, missed=True)
    assert governor.tiles == 1


def test_the_governor_retries_ever_more_rarely_what_has_failed():
    """On a display that waits for its own clock, drawing always seems to last a whole slot."""
    governor, changes, tiles = TileGovernor(), [], 1
    for frame in range(40_000):
        too_much = governor.tiles < 4
        note(governor, frame, 1.2 if too_much else 0.98, missed=too_much)
        if governor.tiles != tiles:
            tiles = governor.tiles
            if tiles == 2 and governor.calm == 0 and frame > 100:
                changes.append(frame)
    waits = [after - before for before, after in pairwise(changes)]
    assert len(waits) >= 3
    assert all(after >= before for before, after in pairwise(waits))
    assert waits[-1] > 4 * LEAST_PATIENCE
    assert governor.tiles in {2, 4}


def test_auto_is_off_while_frames_are_in_time():
    show = STAGE.show()
    plans = orbiting(0, 10, {"/camera/A/late_pose": "auto"}, show)
    assert all(view_of(plan).picture is None for plan in plans)
    for frame in range(10, 100):
        plan = step(show, frame, observations=[late(frame)]).plan
    assert view_of(plan).picture is not None


def test_a_plan_with_parts_encodes_to_the_same_bytes_after_decoding():
    show = STAGE.show()
    plan = orbiting(0, 7, {"/camera/A/late_pose": "tiles_4"}, show)[-1]
    assert encode_plan(msgspec.msgpack.decode(encode_plan(plan), type=FramePlan)) == encode_plan(plan)
