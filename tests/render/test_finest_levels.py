"""Levels of films that no LED looks at: without them walls show exactly the same, however the film is placed."""

import msgspec
import numpy as np
import pytest

from render.compose.footprint import wall_reach
from render.media.examine import examine_media
from render.media.planes import FrameMemory
from render.media.reader import MediaReader
from render.plan.frame import FramePlan
from render.worlds.on_air import LayerPlan
from render.worlds.plate.finest import cells_of, finest_levels, looks_of
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from render.worlds.shared.media import frame_bytes, levels_from, plane_levels
from stage.plates.looked_at import LookedAt
from tests.render.film_frames import FILM, facts_of, frame_of
from tests.render.media.reading import made
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions
from tests.render.test_plates import WALL, stage

REACH = wall_reach(plane_positions(WALL))
ONE = (PlatePart(media=FILM),)
SET = tuple(
    PlatePart(media=FILM, place=PartPlace(turn_deg=turn, width_deg=40.0, blend_deg=4.0)) for turn in (-30.0, 5.0)
)
PLACES = {
    "a part of a sphere": (ONE, {"span_deg": 30.0}),
    "a part that is near": (ONE, {"span_deg": 30.0, "radius_m": 6.0}),
    "on the ground": (ONE, {"span_deg": 25.0, "radius_m": 20.0, "ground_m": 1.5, "tilt_deg": -10.0}),
    "flat and near": (ONE, {"projection": "flat", "width_deg": 25.0, "distance_m": 4.0, "turn_deg": 10.0}),
    "flat and far": (ONE, {"projection": "flat", "width_deg": 25.0, "tilt_deg": 5.0, "roll_deg": 20.0}),
    "softened": (ONE, {"span_deg": 30.0, "soften_deg": 3.0}),
    "cropped": ((msgspec.structs.replace(ONE[0], crop=(0.2, 0.1, 0.3, 0.0)),), {"span_deg": 20.0}),
    "a set": (SET, {"radius_m": 9.0}),
}
FORMS = [{"chroma": (2, 2)}, {"chroma": (2, 1), "bits": 10}, {"bits": 12, "has_alpha": True}]


def noise(facts):
    chance = np.random.default_rng(3)
    across, down = facts.chroma
    sizes = [(facts.rows, facts.columns), *[(facts.rows // down, facts.columns // across)] * 2]
    sizes += [sizes[0]] if facts.has_alpha else []
    return [chance.integers(0, 1 << facts.bits, size).astype(float) for size in sizes]


def layer_of(place):
    parts, values = PLACES[place]
    return LayerPlan(light=PlatePlan(parts=parts), anchor_m=OUTER_EYE, **values)


def drawn(renderer, layer, facts, frame, first):
    """The wall, of a frame of which levels finer than `first` are not there."""
    renderer.plates.forget(FILM)
    upload = renderer.plates.begin(FILM, 0, facts, first)
    upload.write_frame(frame)
    upload.done()
    renderer.draw(frame_plan((WALL,), world=layer))
    return renderer.read_wall_linear(WALL.name)


def finest(layer, facts, eye=OUTER_EYE):
    looks = looks_of((REACH,), cells_of((eye,)))
    return min(finest_levels(layer.light, layer, [facts] * len(layer.light.parts), looks))


@pytest.mark.gl
@pytest.mark.parametrize("form", FORMS, ids=["h264", "prores", "alpha"])
@pytest.mark.parametrize("place", PLACES)
def test_walls_show_exactly_the_same_without_the_levels_that_nobody_looks_at(context, place, form):
    renderer, facts, layer = stage(context), facts_of(1024, 576, **form), layer_of(place)
    frame, first = frame_of(facts, noise(facts)), finest(layer_of(place), facts)
    assert first >= 1, "else there is nothing to leave out"
    whole = drawn(renderer, layer, facts, frame, 0)
    assert whole.max() > 0.0
    np.testing.assert_array_equal(drawn(renderer, layer, facts, frame, first), whole)
    assert (drawn(renderer, layer, facts, frame, first + 3) != whole).any()


def test_a_film_of_many_degrees_keeps_its_finest_level_and_one_of_few_does_not():
    facts = facts_of(1920, 1080)
    levels = [
        finest(LayerPlan(light=PlatePlan(parts=ONE), span_deg=span), facts) for span in (360.0, 90.0, 45.0, 20.0, 5.0)
    ]
    assert levels == sorted(levels)
    assert levels[0] == 0
    assert levels[-1] >= levels[0] + 3


def test_an_eye_that_is_nowhere_near_its_viewpoint_looks_at_all_there_is():
    facts, layer = facts_of(1024, 576), layer_of("flat and near")
    assert finest(layer, facts) >= 1
    assert finest(layer, facts, eye=(0.0, 30.0, 1.0)) == 0


def test_levels_are_decided_anew_only_where_an_eye_leaves_its_cell():
    facts, layer = facts_of(1024, 576), layer_of("a part of a sphere")
    plan: FramePlan = frame_plan((WALL,), world=layer)
    looked = LookedAt((REACH,))
    found = looked.finest(plan, {FILM: facts})
    assert found[FILM] >= 1
    moved = msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=(0.1, 0.1, 1.1)))
    assert looked.finest(moved, {FILM: facts}) == found
    assert LookedAt(()).finest(plan, {FILM: facts}) == {FILM: 0}


@pytest.mark.parametrize("codec", ["prores422", "h264", "png16", "mjpeg"])
def test_a_frame_read_without_its_finest_levels_has_the_same_others(tmp_path, codec):
    path = made(tmp_path / f"film{'' if codec == 'png16' else '.mov'}", codec, frames=2, size=(322, 182))
    facts = examine_media(path).facts
    reader = MediaReader(path, facts)
    whole, part = (bytearray(b"\x55" * frame_bytes(facts)) for _ in range(2))
    reader.read(1, memoryview(whole))
    for first in (1, 2, 4, 30):
        reader.read(1, memoryview(part), first)
        for one in levels_from(facts, first):
            assert part[one.offset : one.offset + one.bytes] == whole[one.offset : one.offset + one.bytes]
    assert len(levels_from(facts, 1)) < len(plane_levels(facts))
    assert FrameMemory(facts).bytes == len(whole)
