"""3D scenes on a curved wall: what is kept from frame to frame there, and what is drawn of a camera's view."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.compose.regions import TILE_PX, WallTiles
from render.compose.wall_views import faces_on, tiles_behind_faces, view_on
from render.plan.frame import GradePlan, OuterPlan
from render.plan.inner import inner_view
from render.renderer import Renderer
from render.views.view import cube_views
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import OUTER_EYE, arc_positions, arc_wall, frame_plan, inner

WALL = arc_wall(size=(192, 64))
POSITIONS = arc_positions(WALL)
TILES = WallTiles(POSITIONS)
SKY = LayerPlan(light=SkyLight(sky=SkyPlan()))
STREET = ModelPlan(scene="street")
PEOPLE = CrowdPlan(count=40, area_m=((-6.0, 2.0), (6.0, 2.0), (6.0, 20.0), (-6.0, 20.0)))


def plan_of(number, *, eye=(0.2, -0.5, 1.4), pan=0.0, turn_deg=0.0, outer=None, scene=STREET, sky_stops=0.0, **look):
    street = msgspec.structs.replace(LayerPlan(light=scene), turn_deg=turn_deg, **look)
    sky = msgspec.structs.replace(SKY, exposure_stops=sky_stops)
    air = AirPlan(world=WorldPlan(key="w", layers=(sky, street)))
    changes = {} if outer is None else {"outer": outer}
    return frame_plan((WALL,), (inner(eye=eye, pan=pan),), air=air, frame=number, **changes)


def walking(time_ms):
    return msgspec.structs.replace(STREET, crowd=PEOPLE, time_us=1_000_000 + 1000 * time_ms)


def with_pattern(plan):
    walls = tuple(msgspec.structs.replace(wall, pattern="grid") for wall in plan.walls)
    return msgspec.structs.replace(plan, walls=walls)


def renderer_in(context):
    return Renderer(context, (WALL,), {WALL.name: POSITIONS}, quality="low")


@pytest.mark.gl
def test_a_wall_shows_the_same_of_a_scene_whatever_was_drawn_before(context):
    moved = OuterPlan(eye_m=(0.3, 0.1, 1.6), face_px=128)
    darker = OuterPlan(eye_m=OUTER_EYE, face_px=128, exposure_stops=-1.0)
    plans = [
        plan_of(0),
        plan_of(1, pan=0.4),
        plan_of(2, pan=-0.4),
        plan_of(3, pan=-0.4, outer=darker),
        plan_of(4, outer=moved),
        plan_of(5, opacity=0.5),
        plan_of(6, turn_deg=20.0),
        plan_of(7, eye=OUTER_EYE),
        plan_of(8),
        plan_of(9, pan=0.1),
        msgspec.structs.replace(plan_of(10), blackout=True),
        plan_of(11),
        with_pattern(plan_of(12)),
        plan_of(13),
        msgspec.structs.replace(plan_of(14), grade=GradePlan(exposure_stops=0.5)),
        *(plan_of(15 + one, scene=walking(50 * one), sky_stops=one / 128.0, pan=0.02 * one) for one in range(6)),
    ]
    keeping, forgetting = renderer_in(context), renderer_in(context)
    for plan in plans:
        forgetting.load_model("b" * 64, None)  # any change of an asset
        for renderer in (keeping, forgetting):
            renderer.draw(plan)
        assert np.array_equal(keeping.read_wall(WALL.name), forgetting.read_wall(WALL.name))
        keeping.read_wall_linear(WALL.name)


@given(
    st.tuples(st.floats(-1.5, 1.5), st.floats(-2.0, 1.5), st.floats(0.5, 2.2)),
    st.floats(-1.0, 1.0),
    st.floats(-0.5, 0.5),
    st.floats(0.2, 1.2),
)
def test_what_is_drawn_of_a_view_has_all_that_a_wall_shows_of_it(eye, pan, tilt, half):
    camera = inner(eye=eye, pan=pan, tilt=tilt, half=(half, 0.6 * half), size=(640, 360))
    whole, cut = inner_view(camera), view_on(camera, [TILES])
    assert cut.pixel_tangents() == pytest.approx(whole.pixel_tangents())
    offset = (cut.edges.left - whole.edges.left) / whole.pixel_tangents()[0]
    assert offset == pytest.approx(round(offset), abs=1e-6)
    across, up, depth = np.array((whole.right, whole.up, whole.ahead)) @ (POSITIONS.reshape(-1, 3) - eye).T
    ahead = depth > 0.01
    x, y = across[ahead] / depth[ahead], up[ahead] / depth[ahead]
    view, feather = camera.view, camera.feather
    shown = (
        (x > view.left - feather) & (x < view.right + feather) & (y > view.bottom - feather) & (y < view.top + feather)
    )
    wide, high = whole.pixel_tangents()
    for drawn, limits, seen, pixel in (
        ((cut.edges.left, cut.edges.right), (whole.edges.left, whole.edges.right), x[shown], wide),
        ((cut.edges.bottom, cut.edges.top), (whole.edges.bottom, whole.edges.top), y[shown], high),
    ):
        assert ((seen > drawn[0] + 0.5 * pixel) | (seen < limits[0] + 0.5 * pixel)).all()
        assert ((seen < drawn[1] - 0.5 * pixel) | (seen > limits[1] - 0.5 * pixel)).all()


def test_a_view_that_sees_past_a_wall_is_drawn_where_the_wall_is():
    camera = inner(eye=OUTER_EYE, half=(0.6, 0.9), size=(640, 960))
    assert view_on(camera, [TILES]).size_px[1] < 0.7 * 960


def looked_up_on(face, eye, face_px, ways):
    """Columns and rows where these ways go through a face of a cube map, in pixels; none for those that do not."""
    view = cube_views(eye, face_px)[face]
    across, up, depth = np.array((view.right, view.up, view.ahead)) @ ways.T
    through = depth >= np.maximum(np.abs(across), np.abs(up)) - 1e-9
    half = 0.5 * face_px
    return half * (1.0 + across[through] / depth[through]), half * (1.0 - up[through] / depth[through])


@given(st.tuples(st.floats(-1.5, 1.5), st.floats(-2.0, 3.0), st.floats(0.2, 2.4)), st.sampled_from([0.0, 3.0]))
def test_what_is_drawn_of_faces_has_all_that_a_wall_shows_of_them(eye, soften_deg):
    size, softened = 128, np.radians(soften_deg)
    faces = faces_on(eye, size, [TILES], softened)
    ways = POSITIONS.reshape(-1, 3) - eye
    length = np.linalg.norm(ways, axis=1, keepdims=True)
    asides = [np.zeros(3), *np.eye(3), *-np.eye(3)] if soften_deg else [np.zeros(3)]
    for aside in asides:
        turned = ways + np.tan(0.5 * softened) * length * aside
        for face in range(6):
            columns, rows = looked_up_on(face, eye, size, turned)
            assert face in faces or not len(columns)
            if not len(columns):
                continue
            left, top, width, height = faces[face].viewport
            assert ((columns > left + 0.5) | (left == 0)).all()
            assert ((columns < left + width - 0.5) | (left + width == size)).all()
            assert ((rows > top + 0.5) | (top == 0)).all()
            assert ((rows < top + height - 0.5) | (top + height == size)).all()


@given(st.tuples(st.floats(-1.5, 1.5), st.floats(-2.0, 3.0), st.floats(0.2, 2.4)), st.sampled_from([16, 256]))
def test_tiles_behind_a_face_have_all_leds_that_look_into_it_or_a_texel_beside_it(eye, face_px):
    behind = tiles_behind_faces(TILES, eye, face_px)
    rows, columns = (np.arange(side) // TILE_PX for side in POSITIONS.shape[:2])
    tile = (rows[:, None] * TILES.across + columns).ravel()
    for view, tiles in zip(cube_views(eye, face_px), behind, strict=True):
        across, up, depth = np.array((view.right, view.up, view.ahead)) @ (POSITIONS.reshape(-1, 3) - eye).T
        through = (depth > 0.0) & (np.maximum(np.abs(across), np.abs(up)) <= depth * (1.0 + 2.0 / face_px))
        assert tiles[tile[through]].all()
    assert not tiles_behind_faces(TILES, OUTER_EYE, 256).all(axis=1).any()


def test_little_is_drawn_of_faces_of_which_a_wall_shows_little():
    faces = faces_on(OUTER_EYE, 256, [TILES])
    drawn = sum(face.viewport[2] * face.viewport[3] for face in faces.values())
    assert drawn < 0.5 * len(faces) * 256**2
