"""After the warm-up no film, however it is placed, mixed or overlapped, needs a shader that was not drawn with before."""

import itertools

import msgspec
import pytest

from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from render.worlds.shared.media import frame_bytes
from tests.render.drawn_forms import watch_forms
from tests.render.film_frames import facts_of
from tests.render.sample_plans import OUTER_EYE, air_of, frame_plan, plane_positions, plane_wall
from tests.render.tool_plans import card, with_cards

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(16, 9))
SIZE = {"columns": 40, "rows": 20}
OF_SPHERES = {"columns": 64, "rows": 32}
"""Films of light are drawn as panoramas are, which have sides that are powers of two."""
FILMS = {
    "plain": facts_of(chroma=(2, 2), **SIZE),
    "fine": facts_of(chroma=(2, 1), bits=10, colour_space="pq", **SIZE),
    "alpha": facts_of(has_alpha=True, bits=12, **SIZE),
    "light": facts_of(planes="light", **OF_SPHERES),
}
PLACES = (
    {},
    {"roll_deg": 3.0},
    {"radius_m": 8.0, "ground_m": 1.6},
    {"span_deg": 120.0},
    {"projection": "flat", "distance_m": 6.0},
    {"projection": "flat", "width_deg": 165.0},
)


def part(name, number=0, apart_deg=40.0, **changes):
    return PlatePart(**changes, media=name, place=PartPlace(turn_deg=apart_deg * number, width_deg=60.0, blend_deg=4.0))


def shown_of(name):
    """One film, one that dissolves to its beginning, one that is cropped, and sets that overlap little and much."""
    tag = {"colour_space": FILMS[name].colour_space}
    alone = PlatePart(media=name, **tag)
    changes = ({}, {"coming": 1, "share": 0.5}, {"crop": (0.1, 0.1, 0.1, 0.1)})
    yield from (PlatePlan(parts=(msgspec.structs.replace(alone, **change),)) for change in changes)
    for count, apart_deg in ((1, 0.0), (5, 40.0), (6, 5.0)):
        yield PlatePlan(parts=tuple(part(name, number, apart_deg, **tag) for number in range(count)))


@pytest.mark.timeout(300)  # from no shaders at all
def test_films_build_no_shader_after_the_warm_up_and_none_anew_for_their_bits(context, monkeypatch):
    new_forms = watch_forms(monkeypatch)
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)})
    configured = PlatePlan(parts=(part(""),))
    renderer.warm_up(msgspec.structs.replace(frame_plan((WALL,)), blackout=True), (configured,))
    for (name, facts), number in itertools.product(FILMS.items(), (0, 1)):
        renderer.load_plate(name, number, facts, bytes(frame_bytes(facts)))

    assert new_forms()

    def refuse(*args, **kwargs):
        raise AssertionError("a shader is built while the show runs")

    monkeypatch.setattr("render.gpu.passes._linked", refuse)
    for name, values, change in itertools.product(FILMS, PLACES, ({}, {"opacity": 0.5}, {"contrast": 1.5})):
        for light in shown_of(name):
            layer = LayerPlan(light=light, anchor_m=OUTER_EYE, **values, **change)
            plan = frame_plan((WALL,), air=air_of(layer))
            renderer.draw(plan)
            renderer.draw(with_cards(plan, card()))
            mixed = msgspec.structs.replace(air_of(layer, layer), coming=air_of(layer).world, share=0.3)
            renderer.draw(frame_plan((WALL,), air=mixed))
            assert not new_forms()
