"""Plans read from a file that cannot be drawn are refused by frame and field, whatever their numbers."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_plans import edges, frame_plan, inner, plane_positions, plane_wall
from tool_plans import card, earlier_picture, key, looking_into, with_cards

from render.plan.frame import GradePlan, OuterPlan, WorldPlan
from render.plan.limits import refuse_impossible
from render.renderer import Renderer
from tracking.records import ConfigError

WALL = plane_wall()
FAR = (0.0, math.nan, 0.0)


def with_inner(**changes):
    return frame_plan((WALL,), (msgspec.structs.replace(inner(), **changes),))


def with_card(**changes):
    return with_cards(frame_plan((WALL,)), card(**changes))


def with_picture(**changes):
    picture = msgspec.structs.replace(earlier_picture(inner()), **changes)
    return frame_plan((WALL,), (looking_into(inner(), picture),))


def with_coming(part, parts, **changes):
    picture = earlier_picture(inner())
    coming = msgspec.structs.replace(picture, **changes)
    return frame_plan((WALL,), (looking_into(inner(), picture, coming, part, parts),))


IMPOSSIBLE = {
    "outer.cards: found 17": with_cards(frame_plan((WALL,)), *[card()] * 17),
    r"outer.cards\[0\]: found \('mirror'": with_card(kind="mirror"),
    r"outer.cards\[0\]: found \('card', 'star'": with_card(shape="star"),
    r"outer.cards\[0\].*angles": with_card(width_deg=math.nan),
    r"outer.cards\[0\].*a light": with_card(colour=(1.0, -1.0, 1.0)),
    r"outer.cards\[0\].*000 K": with_card(temperature_k=0.0),
    "outer.world.radius_m": frame_plan(
        (WALL,), outer=OuterPlan(eye_m=(0.0, 0.0, 0.0), face_px=16, world=WorldPlan(kind="panorama", radius_m=math.inf))
    ),
    r"inners\[0\].picture.size_px": with_picture(size_px=(0, 10)),
    r"inners\[0\].picture.eye_m": with_picture(eye_m=FAR),
    r"inners\[0\].picture.world.radius_m": with_picture(world=WorldPlan(kind="panorama", radius_m=math.nan)),
    r"inners\[0\].coming.part": with_coming(4, 4),
    r"inners\[0\].coming.picture.drawn": with_coming(0, 4, drawn=edges(0.0, 0.1)),
    r"inners\[0\].key: found \('moon'": with_inner(key=key(markers="moon")),
    r"inners\[0\].key.*lights": with_inner(key=key(light=(math.inf, 0.0, 0.0))),
    r"inners\[0\].key.*rad": with_inner(key=key(spacing_rad=0.0)),
    r"inners\[0\].view": with_inner(frame=edges(math.nan, 0.1)),
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
    camera = inner()
    looking = looking_into(camera, earlier_picture(camera), earlier_picture(inner(pan=0.1)), 3, 4)
    plan = frame_plan((WALL,), (looking, inner(pan=1.0), msgspec.structs.replace(camera, key=key(), outline=True)))
    refuse_impossible(with_cards(plan, *[card()] * 16), 16384)


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
@settings(deadline=None)
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
    kind = draw(st.sampled_from(["coordinates", "later"]))
    if draw(st.booleans()):
        picture = earlier_picture(inner(size=(32, 18)), kind=kind, radius_m=draw(wild))
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
