"""After the warm-up no tool needs a shader that was not drawn with before."""

import itertools

import msgspec
import pytest
from sample_plans import ASSET, arc_positions, arc_wall, frame_plan, inner, smooth_panorama
from tool_plans import card, earlier_picture, keyed, looking_into, outlined, with_cards

from render.plan.warm_up import warm_up_plans
from render.renderer import Renderer

pytestmark = pytest.mark.gl
WALL = arc_wall(size=(64, 20))


@pytest.mark.parametrize(("kind", "radius_m"), [("panorama", 0.0), ("panorama", 9.0), ("coordinates", 0.0)])
@pytest.mark.parametrize("cameras", [1, 2])
def test_a_renderer_builds_no_shader_after_the_warm_up(context, monkeypatch, kind, radius_m, cameras):
    renderer = Renderer(context, (WALL,), {WALL.name: arc_positions(WALL)})
    renderer.load_world(ASSET, smooth_panorama())
    views = tuple(inner(pan=0.1 * number, name=f"{number}") for number in range(cameras))
    plan = frame_plan((WALL,), views, kind=kind, radius_m=radius_m)
    resting = msgspec.structs.replace(plan, blackout=True)
    for variant in warm_up_plans(resting, most_cards=5):
        renderer.draw(variant)

    def refuse(*args, **kwargs):
        raise AssertionError("a shader is built while the show runs")

    monkeypatch.setattr("render.gpu.passes._linked", refuse)
    reprojected = looking_into(views[0], earlier_picture(views[0], world=plan.air.world.layers[0].light))
    for first, count, in_view in itertools.product(
        (views[0], reprojected, keyed(reprojected), outlined(views[0])), (0, 1, 3, 5), (False, True)
    ):
        if in_view and (first.key is not None or first.outline):
            continue
        cards = [card(name=str(number), in_view=in_view) for number in range(count)]
        renderer.draw(with_cards(msgspec.structs.replace(plan, inners=(first, *views[1:])), *cards))
