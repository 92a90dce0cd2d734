"""Plans read from a file that cannot be drawn are refused by frame and field, whatever their numbers."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_plans import edges, frame_plan, inner, plane_positions, plane_wall

from render.plan import GradePlan, OuterPlan, WorldPlan
from render.plan_limits import refuse_impossible
from render.renderer import Renderer
from tracking.records import ConfigError

WALL = plane_wall()
FAR = (0.0, math.nan, 0.0)


def with_inner(**changes):
    return frame_plan((WALL,), (msgspec.structs.replace(inner(), **changes),))


IMPOSSIBLE = {
    "outer.face_px": frame_plan((WALL,), outer=OuterPlan(eye_m=(0.0, 0.0, 0.0), face_px=0)),
    "outer.eye_m": frame_plan((WALL,), outer=OuterPlan(eye_m=FAR, face_px=64)),
    "grade": frame_plan((WALL,), grade=GradePlan(exposure_stops=math.nan)),
    "world.radius_m": frame_plan((WALL,), world=WorldPlan(kind="coordinates", radius_m=-1.0)),
    r"inners\[0\].size_px": with_inner(size_px=(100000, 10)),
    r"inners\[0\].eye_m": with_inner(eye_m=FAR),
    r"inners\[0\].drawn": with_inner(drawn=edges(0.0, 0.1)),
    r"inners\[0\].feather": with_inner(feather=math.inf),
    r"inners\[0\]: found": with_inner(up=FAR),
    r"walls.flat.inners": msgspec.structs.replace(
        with_inner(), walls=(msgspec.structs.replace(with_inner().walls[0], inners=(1,)),)
    ),
}


@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_an_impossible_plan_is_refused_by_field(field):
    with pytest.raises(ConfigError, match=field):
        refuse_impossible(IMPOSSIBLE[field], 16384)


def test_a_possible_plan_passes():
    refuse_impossible(frame_plan((WALL,), (inner(), inner(pan=1.0))), 16384)


wild = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1e-300, 1e300, -1.0, 1.0])
small = st.integers(-1, 64)


@pytest.fixture(scope="module")
def wild_renderer(session_context):
    with session_context:
        return Renderer(session_context, (WALL,), {WALL.name: plane_positions(WALL)})


@pytest.mark.gl
@given(data=st.data())
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
    plan = frame_plan(
        (WALL,), (camera,), kind=draw(st.sampled_from(["coordinates", "later"])), radius_m=draw(wild), face_px=16
    )
    with session_context:
        try:
            wild_renderer.draw(plan)
        except ConfigError:
            return
        assert wild_renderer.read_wall(WALL.name).shape == (90, 160, 3)
        assert session_context.error == "GL_NO_ERROR"
