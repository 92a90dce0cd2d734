"""Lights in the fold: what they give by hand, what they follow, and what takes light away."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from render.plan.frame import refuse_impossible
from stage.show.frame.lights import LightReached, LightsLink
from stage.show.lights.colour import cell_of, hand_cell, light_of, white_xy
from stage.show.show import Show
from stage.values.lights import LightStart
from tests.building import PERIOD_NS, camera, codes, digest, inputs_at, light, slot_ns, stage, step
from tests.examples import costly, hostile

LAMPS = ("key", "rim", "fill")
STAGE = stage(
    camera("A"),
    *(light(name, address=1 + 10 * place, groups=("back",)) for place, name in enumerate(LAMPS)),
)
FILL = stage(camera("A"), light("fill", follow="world", smooth_s=0.1))
WHITE = (1.0, 1.0, 1.0)
ACESCG_RED_SUM = 0.713 + 0.293
"""x and y of ACEScg's red, which no light has: the fixture clips it."""
RGB = st.tuples(*(st.floats(0.0, 50.0),) * 3)


def cells(outcome) -> list[tuple[float, ...]]:
    targets = outcome.lights.targets
    return [targets[place : place + 3] for place in range(0, len(targets), 3)]


def reached(frame: int, *light_of_probes: tuple[float, float, float], **more) -> LightReached:
    return LightReached(frame=frame, light=tuple(part for rgb in light_of_probes for part in rgb), **more)


def lit(show: Show, frames: range, rgb, **values) -> list[tuple[float, ...]]:
    """The one light's cell in each of these frames, with this light reaching it."""
    found = []
    for frame in frames:
        asked = [values] if values and frame == frames[0] else []
        found.append(cells(step(show, frame, *asked, observations=[reached(frame - 1, rgb)]))[0])
    return found


@pytest.mark.parametrize(
    ("kelvin", "x", "y"),
    [
        (2856.0, 0.44754, 0.40743),
        (3200.0, 0.42336, 0.39895),
        (5600.0, 0.33016, 0.34555),
        (6500.0, 0.31278, 0.32918),
        (10000.0, 0.27880, 0.29197),
    ],
)
def test_whites_are_those_of_black_bodies_and_of_daylight(kelvin, x, y):
    assert white_xy(kelvin) == pytest.approx((x, y), abs=3e-5)


@given(st.floats(1700.0, 20_000.0), st.floats(-1.0, 1.0))
def test_whites_move_evenly_with_temperature_and_tint(kelvin, tint):
    here, warmer = white_xy(kelvin, tint), white_xy(kelvin * 0.999, tint)
    assert math.dist(here, warmer) < 6e-4
    assert math.dist(here, white_xy(kelvin, max(tint - 0.01, -1.0))) < 1.2e-3
    assert 0.15 < here[0] < 0.65
    assert 0.15 < here[1] < 0.52


@given(RGB)
def test_light_becomes_a_cell_and_a_cell_that_light(rgb):
    cell = cell_of(rgb)
    if cell[2] > 1e-6:
        assert light_of(cell) == pytest.approx(rgb, abs=1e-6 * max(rgb) + 1e-9)


@given(
    st.builds(
        LightStart,
        colour=st.sampled_from(["temperature", "xy", "hsi", "rgb"]),
        temperature_k=st.floats(1700.0, 20_000.0),
        tint=st.floats(-1.0, 1.0),
        x=st.floats(0.0, 0.8),
        y=st.floats(0.0, 0.9),
        hue_deg=st.floats(-360.0, 360.0),
        saturation=st.floats(0.0, 1.0),
        red=st.floats(0.0, 1.0),
        green=st.floats(0.0, 1.0),
        blue=st.floats(0.0, 1.0),
    )
)
def test_whatever_is_set_by_hand_is_a_colour_that_light_can_have(values):
    x, y, level = hand_cell(values)
    assert 0.0 <= x <= 1.0
    assert 0.0 < y <= 1.0
    assert x + y <= ACESCG_RED_SUM + 1e-9
    assert 0.0 <= level <= 1.0 + 1e-9


def test_intensity_group_and_master_multiply_and_leave_the_colour():
    show = STAGE.show()
    before = cells(step(show, 0))
    values = {"/light/rim/intensity": 0.5, "/lights/group/back/intensity": 0.5, "/lights/master": 0.5}
    after = cells(step(show, 1, values))
    assert [cell[:2] for cell in after] == [cell[:2] for cell in before]
    assert [cell[2] for cell in after] == pytest.approx([0.25, 0.125, 0.25])
    dark = step(show, 2, {"/lights/blackout": True})
    assert dark.lights.dark
    assert [cell[2] for cell in cells(dark)] == [0.0, 0.0, 0.0]
    assert [cell[:2] for cell in cells(dark)] == [cell[:2] for cell in before]


def test_a_stage_without_lights_plans_none():
    outcome = step(stage(camera("A")).show(), 0)
    assert not outcome.lights
    assert not outcome.plan.probes


def test_surroundings_of_100_nits_give_full_light_and_a_stop_halves_it():
    show = FILL.show()
    step(show, 0)
    x, y, level = lit(show, range(1, 200), WHITE)[-1]
    assert (x, y) == pytest.approx((0.3127, 0.3290), abs=1e-4)
    assert level == pytest.approx(1.0)
    assert lit(show, range(200, 202), WHITE, **{"/light/fill/exposure_stops": -1.0})[-1][2] == pytest.approx(0.5)


@costly(full=40, quick=8)
@given(RGB, RGB, st.integers(1, 40))
def test_skipped_frames_leave_no_trace_in_smoothing(first, second, skipped):
    def after(frames):
        show = FILL.show()
        step(show, 0)
        step(show, 1, {"/light/fill/smooth_s": 0.5}, observations=[reached(0, first)])
        step(show, 2, observations=[reached(1, second)])
        for frame in frames:
            outcome = step(show, frame)
        return cells(outcome)[0]

    end = 3 + skipped
    assert after([end]) == pytest.approx(after(range(3, end + 1)), abs=1e-9)


@costly(full=25, quick=6)
@given(st.lists(RGB, min_size=3, max_size=12), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_follower_stays_within_its_limits_and_its_light_goes_on_alike_from_a_snapshot(lights, one, other, intensity):
    low, high = sorted((one, other))
    show = FILL.show()
    limits = {"minimum": low, "maximum": high, "intensity": intensity}
    step(show, 0, {f"/light/fill/{name}": value for name, value in limits.items()})
    again = None
    for frame, rgb in enumerate(lights, start=1):
        outcome = step(show, frame, observations=[reached(frame - 1, rgb)])
        x, y, level = cells(outcome)[0]
        assert low * intensity - 1e-9 <= level <= high * intensity + 1e-9
        assert x >= 0.0
        assert y > 0.0
        assert x + y <= ACESCG_RED_SUM + 1e-9
        if again is not None:
            assert digest(again.step(inputs_at(frame, observations=[reached(frame - 1, rgb)]))) == digest(outcome)
        if frame == len(lights) // 2:
            again = FILL.show(show.snapshot())


def test_a_held_follower_and_a_frozen_stage_keep_what_they_give_and_blackout_of_the_walls_takes_nothing():
    show = FILL.show()
    step(show, 0)
    before = lit(show, range(1, 100), WHITE)[-1]
    assert lit(show, range(100, 140), (5.0, 0.1, 0.1), **{"/light/fill/hold": True})[-1] == pytest.approx(before)
    step(show, 140, {"/light/fill/hold": False, "/output/freeze": True})
    assert lit(show, range(141, 160), (5.0, 0.1, 0.1))[-1] == pytest.approx(before)
    step(show, 160, {"/output/freeze": False, "/output/blackout": True})
    assert lit(show, range(161, 300), (0.2, 0.2, 0.2))[-1][2] == pytest.approx(0.2)


def test_probes_are_those_of_followers_and_the_same_record_while_nothing_moves():
    show = STAGE.show()
    assert not step(show, 0).plan.probes
    first = step(show, 1, {"/light/rim/follow": "world", "/light/fill/follow": "wall"}).plan
    refuse_impossible(first, 16_384)
    assert [probe.lobe for probe in first.probes.probes] == ["cosine", "region"]
    away = first.probes.probes[0].axis
    assert away == pytest.approx(tuple(part / math.hypot(1.0, 2.0, 1.5) for part in (1.0, 2.0, 1.5)))
    assert step(show, 2, {"/grade/tint": 0.5}).plan.probes is first.probes
    moved = step(show, 3, {"/light/rim/x_m": 2.0}).plan.probes
    assert moved != first.probes
    assert moved.probes[1] == first.probes.probes[1]


def test_a_light_that_follows_again_is_measured_again_although_nothing_else_has_changed():
    show = FILL.show()
    first = step(show, 0).plan.probes
    assert not step(show, 1, {"/light/fill/follow": "off"}).plan.probes
    again = step(show, 2, {"/light/fill/follow": "world"}).plan.probes
    assert again.probes == first.probes
    assert again != first, "the renderer has drawn light for the first: only another plan has it draw again"
    assert step(show, 3).plan.probes is again


def test_light_that_was_measured_for_another_set_of_followers_still_goes_to_those_it_was_for():
    show = STAGE.show()
    step(show, 0, {f"/light/{name}/follow": "world" for name in LAMPS} | {f"/light/{n}/smooth_s": 0.0 for n in LAMPS})
    step(show, 1, {"/light/key/follow": "off"})
    late = step(show, 2, observations=[reached(0, (0.1, 0.1, 0.1), (0.2, 0.2, 0.2), (0.3, 0.3, 0.3))])
    assert [cell[2] for cell in cells(late)] == pytest.approx([1.0, 0.2, 0.3])


@example([0.0, 1e308, 1e308], 0)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=12), st.integers(-5, 50))
@hostile()
def test_light_that_is_none_is_not_followed(numbers, frame):
    show = FILL.show()
    step(show, 0)
    good = len(numbers) == 3 and all(0.0 <= number < 1e9 for number in numbers) and frame == 0
    before = show.state.lights.goal
    x, y, level = cells(step(show, 1, observations=[LightReached(frame=frame, light=tuple(numbers))]))[0]
    assert all(map(math.isfinite, (x, y, level)))
    assert good or show.state.lights.goal == before


def test_the_light_of_a_plan_leaves_with_that_of_the_slowest_wall_frozen_or_not():
    show = STAGE.show()
    late = step(show, 0).lights.light_ns - slot_ns(1)
    assert late == pytest.approx(PERIOD_NS / 2 + 16e6, abs=2)
    assert step(show, 1, {"/output/freeze": True}).lights.light_ns - slot_ns(2) == late
    assert step(show, 9, {"/wall/main/latency_ms": 30.0}).lights.light_ns - slot_ns(10) == late + 14_000_000


def test_a_patch_that_overlaps_or_leaves_its_universe_is_told_and_follows_the_values():
    show = STAGE.show()
    assert step(show, 0).lights.patch == (1, 1, 1, 11, 1, 21)
    found = step(show, 1, {"/light/rim/address": 21.0, "/light/key/universe": 2.0, "/light/key/address": 512.0})
    assert found.lights.patch == (2, 512, 1, 21, 1, 21)
    assert "lights_overlap" in codes(found)
    assert "lights_overlap" not in codes(step(show, 2, {"/light/rim/address": 11.0}))


def test_a_way_to_the_lights_that_is_down_is_in_health_until_it_is_up():
    show = STAGE.show()
    down = LightsLink(place="192.0.2.10", state="interface_down")
    assert "lights_link" in codes(step(show, 0, observations=[down]))
    assert "lights_link" in codes(step(show, 1))
    assert "lights_link" not in codes(step(show, 2, observations=[LightsLink(place="192.0.2.10", state="up")]))


def test_a_light_that_begins_to_follow_does_so_from_what_it_gave():
    show = STAGE.show()
    before = cells(step(show, 0))[0]
    step(show, 1, {"/light/key/follow": "world", "/light/key/smooth_s": 1.0})
    levels = [cells(step(show, 2, observations=[reached(1, (0.0, 0.0, 0.0))]))[0][2]]
    levels += [cells(step(show, frame))[0][2] for frame in range(3, 60)]
    assert levels[0] == pytest.approx(before[2], rel=0.05)
    assert all(after < one for one, after in pairwise(levels))
