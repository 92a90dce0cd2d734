"""Edges in pictures of one sample a pixel: mended where they are, so that they do not crawl while an eye moves."""

import math

import numpy as np
import pytest

from render.compose.sampled import Sampled
from render.models.drawing import ModelPass
from render.models.edges import edges_of
from render.models.gpu import GpuModel
from render.models.light import ModelLight, even_light
from render.models.made import made_box, made_model, made_sphere
from render.models.model import Material, Node
from render.models.placing import place_model, stage_from_model
from render.models.pose import pose_at
from tests.render.models.model_pictures import view_of

SIDE, FINER = 64, 8
MOST_CRAWL = 0.25


def test_a_box_has_twelve_edges_and_a_piece_that_is_flat_has_none_inside():
    assert len(edges_of(made_box())) == 2 * 12 * 1
    assert 0 < len(edges_of(made_sphere(columns=8))) // 2 <= 8 * 4 * 3


def test_parts_that_are_too_fine_have_no_edges():
    assert len(edges_of(made_sphere(columns=256))) == 0


def coverage(framebuffer, side):
    read = np.frombuffer(framebuffer.read(components=4, dtype="f4"), np.float32)
    return read.reshape(side, side, 4)[..., 3].astype(float)


@pytest.mark.gl
def test_a_still_standing_edge_crawls_a_quarter_of_an_aliased_one_at_most(context):
    turned = (math.sin(0.08) * 0.6, math.sin(0.1), math.sin(0.12) * 0.5, 0.97)
    white = Material(colour=(1, 1, 1, 1), is_unlit=True)
    model = made_model([made_box()], [white], [Node(turn=turned, mesh=0)])
    placed = place_model(GpuModel(context, model, has_edges=True), stage_from_model(), pose_at(model, None, 0.0).nodes)
    models, light = ModelPass(context), ModelLight(even_light((1.0, 1.0, 1.0)))

    def target(side):
        size = (side, side)
        return context.framebuffer([context.texture(size, 4, dtype="f4")], context.depth_renderbuffer(size))

    samples = Sampled(context, "f4", is_mended=True)
    drawn, picture, fine = samples.framebuffer((SIDE, SIDE)), target(SIDE), target(SIDE * FINER)
    aliased, mended = [], []
    for frame in range(16):
        eye = (0.0017 * frame, -4.0, 0.0005 * frame)
        view, finer = (view_of(eye, (side, side))[0] for side in (SIDE, SIDE * FINER))
        models.draw(fine, finer, [placed], light, "low")
        truth = coverage(fine, SIDE * FINER).reshape(SIDE, FINER, SIDE, FINER).mean(axis=(1, 3))
        models.draw(drawn, view, [placed], light, "low")
        aliased.append(coverage(drawn, SIDE) - truth)
        samples.take(picture, lambda edges, view=view: models.draw_edges(edges, view))
        samples.finish()
        mended.append(coverage(picture, SIDE) - truth)
    on_edges = np.abs(aliased).max(axis=0) > 0.02
    crawls = [float(np.sqrt((np.diff(found, axis=0)[:, on_edges] ** 2).mean())) for found in (aliased, mended)]
    assert crawls[1] <= MOST_CRAWL * crawls[0]


@pytest.mark.gl
@pytest.mark.parametrize("away_m", [3.0, 4.0, 10.0])
def test_leaving_out_edges_that_cannot_show_changes_no_pixel(context, away_m):
    model = made_model([made_sphere(columns=32)], [Material(colour=(1, 1, 1, 1), is_unlit=True)], [Node(mesh=0)])
    placed = place_model(GpuModel(context, model, has_edges=True), stage_from_model(), pose_at(model, None, 0.0).nodes)
    models, light, size = ModelPass(context), ModelLight(even_light((1.0, 1.0, 1.0))), (256, 256)
    depth = context.depth_renderbuffer(size)
    picture, shares = (context.framebuffer([context.texture(size, 4, dtype="f4")], depth) for _ in range(2))
    part = placed.model.parts[0]

    def shares_from(eye):
        view = view_of(eye, size)[0]
        models.draw(picture, view, [placed], light, "low")
        models.draw_edges(shares, view)
        return shares.read(components=4, dtype="f4")

    near = [(x, -away_m, z) for x, z in ((0.0, 0.0), (0.15, 0.1), (-0.1, 0.2))]
    chosen = [shares_from(eye) for eye in near]
    assert part.edge_choice.most_left_out > 0.3
    part.edge_choice = None
    assert [shares_from(eye) for eye in near] == chosen
    assert any(np.frombuffer(chosen[0], np.float32))
