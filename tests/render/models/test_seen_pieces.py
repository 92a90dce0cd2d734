"""Triangles and edges that a view cannot show are left out before they are drawn, and no others."""

import numpy as np
import pytest

from render.models.drawing import ModelPass
from render.models.edges import edges_of
from render.models.gpu import GpuModel
from render.models.light import ModelLight, even_light
from render.models.made import made_model, made_sphere
from render.models.model import Material
from render.models.placing import place_model, stage_from_model
from render.models.pose import pose_at
from render.models.seen_pieces import Pieces, part_view
from tests.render.models.model_pictures import view_of

SIDE = 96
SIZE = (SIDE, SIDE)
STILL = np.eye(4)[:3].astype(np.float32)


def seen_from(eye):
    view, _ = view_of(eye, SIZE)
    return part_view(view.clip_from_world, view.eye_m, SIZE, STILL)


def test_what_faces_away_is_left_out_and_what_a_step_aside_shows_is_not():
    part = made_sphere(columns=48)
    pieces = Pieces(part, edges_of(part), is_double_sided=False)
    chosen = {tuple(one) for one in pieces.triangles(seen_from((0.0, -6.0, 0.0))).reshape(-1, 3).tolist()}
    corners = part.positions[part.triangles].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for aside in ((0.0, 0.0, 0.0), (0.1, 0.05, -0.1), (-0.1, -0.1, 0.1)):
        faces = np.einsum("ij,ij->i", normals, np.array((0.0, -6.0, 0.0)) + aside - corners[:, 0]) > 0.0
        assert {tuple(one) for one in part.triangles[faces].tolist()} <= chosen
    assert 0.4 < len(chosen) / len(part.triangles) < 0.65
    assert pieces.triangles(seen_from((0.0, 6.0, 0.0))).size == 0  # behind the eye


def test_a_part_that_is_stretched_is_drawn_whole():
    view, _ = view_of((0.0, -6.0, 0.0), SIZE)
    stretched = (np.diag([1.0, 2.0, 1.0, 1.0])[:3]).astype(np.float32)
    assert part_view(view.clip_from_world, view.eye_m, SIZE, stretched) is None
    assert part_view(view.clip_from_world, view.eye_m, SIZE, 2.0 * STILL) is not None


@pytest.mark.gl
def test_pictures_are_the_same_and_a_small_move_chooses_nothing_anew(context):
    model = made_model([made_sphere(columns=24)], [Material(colour=(0.5, 0.4, 0.3, 1.0))])
    passed, light = ModelPass(context), ModelLight(even_light((1.0, 1.0, 1.0)), (0.6, -0.6, 0.5), (1.0, 1.0, 1.0))
    gpu = GpuModel(context, model, has_edges=True)
    placed = place_model(gpu, stage_from_model(), pose_at(model, None, 0.0).nodes)
    (part,) = gpu.parts
    assert part.chosen is not None
    chosen = part.chosen

    def picture(eye):
        drawn, copy = (
            context.framebuffer([context.texture(SIZE, 4, dtype="f4")], context.depth_renderbuffer(SIZE))
            for _ in range(2)
        )
        view, _ = view_of(eye, SIZE)
        passed.draw(drawn, view, [placed], light, "low")
        context.copy_framebuffer(copy, drawn)
        passed.mend_edges(drawn, view, copy.color_attachments[0])
        return np.frombuffer(drawn.read(components=4, dtype="f4"), np.float32).reshape(*SIZE, 4)

    for eye, choices in (((0.0, -4.0, 0.0), 1), ((0.05, -4.0, 0.05), 1), ((1.0, -4.0, 0.3), 2), ((0.0, -4.0, 0.0), 2)):
        part.chosen = chosen
        found = picture(eye)
        assert chosen.choices == choices
        part.chosen = None
        assert np.array_equal(found, picture(eye))
        assert found[..., 3].max() == 1.0
