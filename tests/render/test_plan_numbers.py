"""No numbers in a plan break the renderer: it draws them, or refuses the plan."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_plans import edges, frame_plan, inner, plane_positions, plane_wall, world_plan
from tool_plans import card, earlier_picture, key, looking_into, with_cards

from render.renderer import Renderer
from tests.examples import hostile
from tracking.records import ConfigError

WALL = plane_wall()
wild = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1e-300, 1e300, -1.0, 1.0])
small = st.integers(-1, 64)


@pytest.fixture(scope="module")
def wild_renderer(session_context):
    with session_context:
        return Renderer(session_context, (WALL,), {WALL.name: plane_positions(WALL)})


tool_numbers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("azimuth_deg", "width_deg", "feather_deg", "exposure_stops", "opacity"), wild)
)
picture_changes = st.fixed_dictionaries(
    {}, optional={"eye_m": st.tuples(wild, wild, wild), "drawn": st.builds(edges, wild, wild)}
)


@pytest.mark.gl
@given(data=st.data())
@hostile()
def test_no_numbers_in_a_plan_break_the_renderer(session_context, wild_renderer, data):
    draw = data.draw
    place = st.tuples(wild, wild, wild)
    rim = st.builds(edges, wild, wild)
    camera = msgspec.structs.replace(
        inner(),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "eye_m": place,
                    "ahead": place,
                    "view": rim,
                    "drawn": rim,
                    "feather": wild,
                    "size_px": st.tuples(small, small),
                },
            )
        ),
    )
    kind = draw(st.sampled_from(["coordinates", "panorama"]))
    if draw(st.booleans()):
        picture = earlier_picture(inner(size=(32, 18)), world=world_plan(kind, draw(wild)))
        camera = looking_into(camera, msgspec.structs.replace(picture, **draw(picture_changes)))
    if draw(st.booleans()):
        camera = msgspec.structs.replace(camera, key=key(markers="stage", spacing_rad=draw(wild), size_rad=draw(wild)))
    plan = frame_plan((WALL,), (camera,), kind=kind, radius_m=draw(wild), face_px=16)
    if draw(st.booleans()):
        plan = with_cards(plan, card(**draw(tool_numbers)))
    with session_context:
        try:
            wild_renderer.draw(plan)
        except ConfigError:
            return
        assert wild_renderer.read_wall(WALL.name).shape == (90, 160, 3)
        assert session_context.error == "GL_NO_ERROR"
