"""What models look like: their depth, alpha, maps and shadows; what is left out leaves no trace."""

import os
import subprocess
import sys

import numpy as np
import pytest
from model_pictures import Drawn, even_cube, view_of

from render.models.arranged import Arranged
from render.models.gpu import GpuModel
from render.models.light import ModelLight, PlacedLamp, even_light
from render.models.made import made_box, made_boxes, made_model, made_sphere, one_colour
from render.models.model import Lamp, Map, Material, Node
from render.models.placing import place_model, stage_from_model
from render.models.pose import pose_at
from render.models.shadows import SunShadows

pytestmark = pytest.mark.gl
WHITE = Material(is_unlit=True)
SUN = (0.6, 0.0, 0.8)


def box_at(place_m, size_m=(1.0, 1.0, 1.0), mesh=0):
    """A node at a place of the stage: glTF's axes are others."""
    x, y, z = place_m
    return Node(place_m=(x, z, -y), scale=(size_m[0], size_m[2], size_m[1]), mesh=mesh)


def unlit(colour, **values):
    return Material(colour=colour, is_unlit=True, **values)


def test_up_in_the_stage_is_up_in_the_picture_and_right_is_right(context):
    drawn = Drawn(context)
    view, _ = view_of()
    placed = drawn.placed(made_model([made_box()], [WHITE], [box_at((0.5, 0.0, 0.5), (0.5, 0.5, 0.5))]))
    cover = drawn.picture(view, [placed])[..., 3]
    assert cover[:24, 24:].sum() == cover.sum() > 0


def test_models_hide_each_other_by_depth_in_either_order(context):
    drawn = Drawn(context)
    view, _ = view_of()
    near = drawn.placed(
        made_model([made_box()], [unlit((0.0, 0.0, 0.0, 1.0))], [box_at((0.0, -2.0, 0.0), (9, 0.1, 9))])
    )
    far = drawn.placed(made_model([made_box()], [WHITE], [box_at((0.0, 2.0, 0.0), (9, 0.1, 9))]))
    for order in ([near, far], [far, near]):
        picture = drawn.picture(view, order)
        assert picture[..., :3].max() == 0.0
        assert picture[..., 3].min() == 1.0


def test_see_through_colours_are_multiplied_by_alpha_and_the_far_one_comes_first(context):
    drawn = Drawn(context)
    view, _ = view_of()
    materials = [unlit((1.0, 1.0, 1.0, 0.5), alpha_mode="blend"), unlit((0.0, 0.0, 0.0, 0.25), alpha_mode="blend")]
    parts = [made_box(material=0), made_box(material=1)]
    nodes = [box_at((0.0, -2.0, 0.0), (9, 0.1, 9), 1), box_at((0.0, 1.0, 0.0), (9, 0.1, 9), 0)]
    middle = drawn.picture(view, [drawn.placed(made_model(parts, materials, nodes))])[24, 24]
    assert middle == pytest.approx([0.375, 0.375, 0.375, 0.625], abs=1e-5)


def test_masked_parts_show_wholly_or_not_at_all(context):
    drawn = Drawn(context)
    view, _ = view_of()
    for alpha, shown in ((100, 0.0), (200, 1.0)):
        masked = unlit((1.0, 1.0, 1.0, 1.0), alpha_mode="mask", colour_map=Map(0))
        model = made_model([made_box()], [masked], [box_at((0, 0, 0))], [one_colour((255, 255, 255, alpha))])
        assert drawn.picture(view, [drawn.placed(model)])[24, 24, 3] == shown


def test_mirrored_boxes_show_their_outsides(context):
    drawn = Drawn(context)
    view, _ = view_of()
    plain, mirrored = (
        drawn.picture(view, [drawn.placed(made_model([made_box()], [WHITE], [box_at((0.1, 0, 0.2), size)]))])
        for size in ((1.0, 1.0, 1.0), (-1.0, 1.0, 1.0))
    )
    assert plain[..., 3].sum() > 50
    assert np.array_equal(plain, mirrored)


def test_what_is_left_out_leaves_the_picture_as_it_is(context, monkeypatch):
    drawn = Drawn(context)
    model = made_boxes(60)
    light = ModelLight(even_light((0.4, 0.4, 0.5)), SUN, (2.0, 2.0, 2.0))
    for eye in ((0.0, 0.0, 1.0), (6.0, 18.0, 3.0)):
        view, _ = view_of(eye)
        placed = [drawn.placed(model)]
        with_all = pytest.MonkeyPatch()
        with_all.setattr(Arranged, "seen", lambda self, view: np.ones(len(self.radii), bool))
        everything = drawn.picture(view, placed, light)
        with_all.undo()
        monkeypatch.setattr("render.models.arranged._WORTH_LEAVING_OUT", 0)
        assert 0 < drawn.models._arranged.seen(view).sum() < 60
        assert np.array_equal(drawn.picture(view, placed, light), everything)


def test_a_long_part_behind_the_eye_is_not_drawn_though_its_ball_reaches_before_it(context):
    view, _ = view_of((0.0, 0.0, 0.0))
    sphere = made_sphere(columns=16)
    for middle_y, is_drawn in ((-7.0, False), (0.0, True), (7.0, True)):
        arranged = Arranged(context)
        model = made_model([sphere], [Material()], [box_at((0, middle_y, 0), (30, 1, 1))])
        arranged.arrange([place_model(GpuModel(context, model), stage_from_model(), pose_at(model, None, 0.0).nodes)])
        assert arranged.radii[0] > abs(middle_y)
        assert arranged.seen(view).any() == is_drawn


def test_equal_meshes_are_one_batch(context):
    arranged = Arranged(context)
    model = made_boxes(20)
    gpu = GpuModel(context, model)
    here, there = (place_model(gpu, stage_from_model((x, 0, 0)), pose_at(model, None, 0.0).nodes) for x in (0.0, 50.0))
    arranged.arrange([here, there])
    assert [batch.stop - batch.start for batch in arranged.batches] == [40]


def shadowed_floor(drawn, soft, radii):
    """A box that floats above a floor, seen from high above; sunlight alone."""
    dull = Material(metallic=0.0, roughness=1.0)
    nodes = [box_at((0, 0, -0.05), (12, 12, 0.1)), box_at((-1.5, 0.0, 2.0), (2.0, 2.0, 0.2))]
    placed = [drawn.placed(made_model([made_box()], [dull], nodes))]
    shadows = SunShadows(drawn.context, 256, radii, is_soft=soft)
    drawn.models.draw_shadows(shadows, placed, SUN, (0.0, -4.0, 6.0))
    return placed, shadows


@pytest.mark.parametrize(("tier_soft", "radii"), [(False, (8.0,)), (True, (8.0, 20.0))])
def test_edges_of_shadows_are_within_a_texel_of_rays(context, tier_soft, radii):
    """Along a line of the floor at y = 0: the box from x -2.5 to -0.5 and z 1.9 to 2.1 hides the sun there."""
    drawn = Drawn(context, (512, 8))
    placed, shadows = shadowed_floor(drawn, tier_soft, radii)
    view, rays = view_of((0.0, -4.0, 6.0), (512, 8), half=0.01)
    ahead = np.array((0.0, 4.0, -6.0)) / np.sqrt(52.0)
    up = np.array((0.0, 6.0, 4.0)) / np.sqrt(52.0)
    clip = view.clip_from_world.copy()
    turn = np.stack([(1.0, 0.0, 0.0), ahead, up])
    eye = np.array((0.0, -4.0, 6.0))
    clip[:, :3] = view.clip_from_world[:, :3] @ turn
    clip[:, 3] = -clip[:, :3] @ eye
    clip[2, 3] -= 2.0 * view.near_m
    view = view._replace(clip_from_world=clip)
    dark = ModelLight(even_light((0.0, 0.0, 0.0)), SUN, (1.0, 1.0, 1.0))
    tier = "full" if tier_soft else "low"
    dark = dark._replace(around=even_cube(context, (0.0, 0.0, 0.0)) if tier_soft else None)
    lit = drawn.picture(view, placed, dark, tier)
    seen = drawn.picture(view, placed, dark._replace(shadows=shadows), tier)
    ways = rays @ turn
    floor = eye + ways * (-eye[2] / ways[..., 2])[..., None]
    share = np.where(lit[..., 0] > 0.0, seen[..., 0] / np.maximum(lit[..., 0], 1e-9), np.nan)[4]
    x = floor[4, :, 0]
    from_x, to_x = -2.5 - 0.75 * 2.1, -0.5 - 0.75 * 1.9
    inside = (x > -5.5) & (x < 5.5)
    shaded = x[inside & (share < 0.5)]
    texel = 2.0 * radii[0] / shadows.tile_px / 0.8
    assert shaded.min() == pytest.approx(from_x, abs=texel + 0.02)
    assert shaded.max() == pytest.approx(to_x, abs=texel + 0.02)
    assert np.nanmin(share[inside & (x > 0.5)]) > 0.99, "what is in the sun does not shade itself"


def test_a_lamp_falls_with_the_square_and_ends_at_its_cone(context):
    drawn = Drawn(context)
    view, _ = view_of()
    wall = drawn.placed(
        made_model([made_box()], [Material(metallic=0.0, roughness=1.0)], [box_at((0, 1.5, 0), (9, 1, 9))])
    )
    lamp = PlacedLamp((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), towards=(0.0, 1.0, 0.0))
    near = drawn.picture(view, [wall], ModelLight(even_light((0, 0, 0)), lamps=(lamp,)))[24, 24, 0]
    far_lamp = lamp._replace(place_m=(0.0, -1.0, 0.0))
    far = drawn.picture(view, [wall], ModelLight(even_light((0, 0, 0)), lamps=(far_lamp,)))[24, 24, 0]
    assert near / far == pytest.approx(4.0, rel=0.01)
    spot = lamp._replace(inner_cone=0.2, outer_cone=0.3)
    seen = drawn.picture(view, [wall], ModelLight(even_light((0, 0, 0)), lamps=(spot,)))[..., 0]
    assert seen[24, 24] == pytest.approx(near, rel=0.01)
    assert seen[0, 0] == 0.0


def test_lamps_of_a_file_stand_where_their_nodes_do(context):
    drawn = Drawn(context)
    view, _ = view_of()
    model = made_model(
        [made_box()], [Material(metallic=0.0, roughness=1.0)], [box_at((0, 1.5, 0), (9, 1, 9)), Node(lamp=0)]
    )
    lit = drawn.picture(view, [drawn.placed(model._replace(lamps=(Lamp("point", (100.0, 100.0, 100.0)),)))])[24, 24, 0]
    wall = drawn.placed(model._replace(nodes=model.nodes[:1]))
    lamp = PlacedLamp((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert lit == pytest.approx(
        drawn.picture(view, [wall], ModelLight(even_light((0, 0, 0)), lamps=(lamp,)))[24, 24, 0]
    )


def test_an_upload_goes_in_small_steps(context):
    model = made_model([made_box()], [Material(colour_map=Map(0))], pictures=[one_colour((9, 9, 9, 255), 1500)])
    upload = GpuModel.begin(context, model)
    sizes = []
    while not upload.is_done:
        before = upload.written
        upload.step()
        sizes.append(upload.written - before)
    assert max(sizes) <= (1 << 20) + (1 << 16)
    assert upload.written > 1500 * 1500 * 4 * 1.3


ON_4_1 = """
import sys
sys.path.insert(0, "tests/render/models")
from render.gpu.context import check_errors, create_headless_context, prepare
from test_model_light import *
from test_model_pictures import *
context = create_headless_context()
assert context.version_code == 410, context.version_code
prepare(context)
for tier in ("low", "full"):
    test_the_sun_on_a_sphere_is_what_gltf_says(context, 0.5, 0.9, tier)
test_edges_of_shadows_are_within_a_texel_of_rays(context, True, (8.0, 20.0))
test_see_through_colours_are_multiplied_by_alpha_and_the_far_one_comes_first(context)
check_errors(context, "drawing models on 4.1")
"""


def test_models_draw_on_opengl_4_1():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    done = subprocess.run(
        [sys.executable, "-c", ON_4_1], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
