"""Films on the walls: their frames, colours and places, read back from walls and held to double precision."""

import numpy as np
import pytest

from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, codes_of, colours_of, facts_of, frame_of, light_of_rec709
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions, plane_wall

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(160, 90))


def stage(context, wall=WALL, **settings):
    return Renderer(context, (wall,), {wall.name: plane_positions(wall)}, **settings)


def film(frame=0, media=FILM, **changes):
    return PlatePlan(parts=(PlatePart(media=media, frame=frame, **changes),))


def shown(renderer, light, wall=WALL, **values):
    renderer.draw(frame_plan((wall,), world=LayerPlan(light=light, anchor_m=OUTER_EYE, **values)))
    return renderer.read_wall_linear(wall.name)


def even(facts, colour, **coded):
    planes = codes_of(np.broadcast_to(np.array(colour, float), (facts.rows, facts.columns, 3)), facts, **coded)
    return planes, frame_of(facts, planes)


def test_a_frame_of_a_film_is_read_back_from_a_wall(context):
    facts = facts_of(chroma=(2, 2))
    planes, frame = even(facts, (0.7, 0.4, 0.2))
    renderer = stage(context)
    renderer.load_plate(FILM, 3, facts, frame)
    expected = light_of_rec709(colours_of([one[0, 0] for one in planes], facts)) @ ACESCG_FROM_REC709.T
    assert np.abs(shown(renderer, film(3)) - expected).max() < 1e-4
