"""What the outer eye alone sees stays on a wall until it shows something else; what is then on it is what a plan asks for."""

import msgspec
import numpy as np
import pytest

from render.plan.frame import GradePlan
from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from tests.render.film_frames import FILM, facts_of
from tests.render.sample_plans import (
    ASSET,
    air_of,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    smooth_panorama,
    with_pattern,
)
from tests.render.test_plates import even, film
from tests.render.tool_plans import card, outlined, with_cards

pytestmark = pytest.mark.gl
WALL = arc_wall(size=(320, 96))
LEDS = 320 * 96
COLOURS = ((0.8, 0.1, 0.1), (0.1, 0.7, 0.2), (0.1, 0.2, 0.9))
PICTURE = PanoramaPlan(asset=ASSET)
SET = tuple(
    PlatePart(media=FILM, frame=number, place=PartPlace(turn_deg=turn, width_deg=100.0, blend_deg=10.0))
    for number, turn in ((0, -45.0), (1, 45.0))
)


def new_stage(context):
    renderer = Renderer(context, (WALL,), {WALL.name: arc_positions(WALL)})
    renderer.load_world(ASSET, smooth_panorama())
    facts = facts_of(chroma=(2, 2))
    for number, colour in enumerate(COLOURS):
        renderer.load_plate(FILM, number, facts, even(facts, colour)[1])
    return renderer


@pytest.fixture
def renderer(context):
    return new_stage(context)


def seen(pan, *lights, **changes):
    """A wall that one camera looks at, turned by so many radians."""
    return frame_plan((WALL,), (inner(pan=pan),), air=air_of(*lights), **changes)


def drawn(renderer, plan):
    """How many LEDs are drawn for a plan."""
    with renderer.context.query(samples=True) as query:
        renderer.draw(plan)
    return query.samples


def dissolve(share):
    world, coming = (WorldPlan(key="w", layers=(LayerPlan(light=light),)) for light in (film(0), PICTURE))
    return AirPlan(world=world, coming=coming, share=share)


def frozen(plan):
    return msgspec.structs.replace(
        plan, outer=msgspec.structs.replace(plan.outer, air=air_of(LayerPlan(light=film(2))))
    )


def plans():
    """Plans of which each has something that the one before has not."""
    yield from (seen(pan, LayerPlan(light=film(0))) for pan in (0.0, 0.1, -0.4))
    yield from (seen(-0.4, LayerPlan(light=film(number))) for number in (1, 1, 2, 9, 0))
    yield seen(0.2, LayerPlan(light=film(0)), grade=GradePlan(exposure_stops=1.0))
    yield seen(0.3, LayerPlan(light=film(0)), grade=GradePlan(exposure_stops=1.0))
    yield seen(0.3, LayerPlan(light=PICTURE, turn_deg=20.0))
    yield seen(0.4, LayerPlan(light=PICTURE, turn_deg=20.0, tilt_deg=3.0))
    yield seen(0.4, LayerPlan(light=PICTURE, turn_deg=20.0, tilt_deg=3.0, soften_deg=4.0))
    yield seen(0.5, LayerPlan(light=PICTURE, turn_deg=20.0, tilt_deg=3.0, soften_deg=4.0))
    yield with_pattern(seen(0.0, LayerPlan(light=film(0))), "grid")
    yield seen(0.0, LayerPlan(light=film(0)))
    yield msgspec.structs.replace(seen(0.0, LayerPlan(light=film(0))), blackout=True)
    yield seen(0.0, LayerPlan(light=film(0)))
    yield from (with_cards(seen(pan, LayerPlan(light=film(0))), card(azimuth=20.0)) for pan in (0.0, 0.3))
    yield with_cards(seen(0.3, LayerPlan(light=film(0))), card(azimuth=-30.0))
    yield seen(0.3, LayerPlan(light=film(0)))
    yield from (frame_plan((WALL,), (), air=air_of(LayerPlan(light=film(0)))) for _ in range(2))
    yield from (
        frame_plan((WALL,), (outlined(inner(pan=pan)),), air=air_of(LayerPlan(light=film(0)))) for pan in (0.0, 0.2)
    )
    yield from (seen(pan, LayerPlan(light=PICTURE), LayerPlan(light=film(1), opacity=0.5)) for pan in (0.2, 0.0))
    yield from (seen(pan, LayerPlan(light=PlatePlan(parts=SET))) for pan in (0.0, 0.2, 0.2))
    yield from (
        frame_plan((WALL,), (inner(pan=pan),), air=dissolve(share))
        for pan, share in ((0.0, 0.3), (0.1, 0.3), (0.1, 0.6))
    )
    yield from (frozen(seen(pan, LayerPlan(light=film(number)))) for pan, number in ((0.1, 0), (0.1, 1), (0.2, 1)))
    cameras = [inner(pan=0.3 * place - 0.8, name=str(place), half=(0.1, 0.1)) for place in range(6)]
    yield from (frame_plan((WALL,), tuple(cameras[one:]), air=air_of(LayerPlan(light=film(0)))) for one in (0, 0, 1))
    yield frame_plan((WALL,), (inner(),), "coordinates")
    yield frame_plan((WALL,), (inner(),), "sky")


BLACK = msgspec.structs.replace(frame_plan((WALL,)), blackout=True)


def test_what_is_on_a_wall_does_not_depend_on_what_was_there(context, renderer):
    alone = new_stage(context)
    for number, plan in enumerate(plans()):
        renderer.draw(plan)
        alone.draw(BLACK)
        alone.draw(plan)
        np.testing.assert_array_equal(renderer.read_wall(WALL.name), alone.read_wall(WALL.name), f"plan {number}")


@pytest.mark.parametrize("light", [film(0), PICTURE, PlatePlan(parts=SET)], ids=["film", "picture", "set"])
def test_only_what_the_camera_sees_is_drawn_while_it_moves_alone(renderer, light):
    renderer.draw(BLACK)
    assert drawn(renderer, seen(0.0, LayerPlan(light=light))) >= LEDS
    for pan in (0.0, 0.05, 0.1):
        assert 0 < drawn(renderer, seen(pan, LayerPlan(light=light))) < 0.5 * LEDS


def test_a_wall_that_no_camera_sees_is_drawn_once(renderer):
    plan = frame_plan((WALL,), air=air_of(LayerPlan(light=PICTURE)))
    renderer.draw(BLACK)
    assert [drawn(renderer, plan) for _ in range(3)] == [LEDS, 0, 0]


def test_a_camera_that_looks_away_leaves_what_it_saw_to_the_outer_eye(renderer):
    renderer.draw(BLACK)
    plans = [seen(pan, LayerPlan(light=PICTURE)) for pan in (-0.5, 0.5)]
    first, second = (drawn(renderer, plan) for plan in plans)
    assert first == LEDS
    assert second > 1.5 * drawn(renderer, plans[1]), "both what it sees and what it saw"


@pytest.mark.parametrize(
    "changed",
    [
        seen(0.0, LayerPlan(light=film(1))),
        seen(0.0, LayerPlan(light=film(0)), grade=GradePlan(exposure_stops=0.5)),
        seen(0.0, LayerPlan(light=film(0), opacity=0.5)),
        with_cards(seen(0.0, LayerPlan(light=film(0))), card()),
        frozen(seen(0.0, LayerPlan(light=film(0)))),
    ],
    ids=["another frame", "the grade", "the layer", "a card", "a frozen outer picture"],
)
def test_everything_is_drawn_where_the_outer_eye_sees_something_else(renderer, changed):
    renderer.draw(with_cards(BLACK, card()))  # what cards do is drawn by itself
    renderer.draw(BLACK)
    renderer.draw(seen(0.0, LayerPlan(light=film(0))))
    first = drawn(renderer, changed)
    assert first >= LEDS
    assert drawn(renderer, changed) < 0.5 * first


def test_a_film_that_is_late_draws_nothing_anew_until_its_frame_has_come(context):
    renderer, facts = new_stage(context), facts_of(chroma=(2, 2))
    renderer.draw(seen(0.0, LayerPlan(light=film(2))))
    assert drawn(renderer, seen(0.0, LayerPlan(light=film(3)))) < 0.5 * LEDS
    assert drawn(renderer, seen(0.0, LayerPlan(light=film(4)))) < 0.5 * LEDS
    upload = renderer.plates.begin(FILM, 4, facts)
    upload.write_frame(even(facts, COLOURS[0])[1])
    upload.done()
    assert drawn(renderer, seen(0.0, LayerPlan(light=film(4)))) >= LEDS
