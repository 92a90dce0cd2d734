"""What is made where a scene is read, so that the loop need not make it: the same, and less is left to be done."""

import numpy as np
import pytest
from OpenGL import GL

from render.assets.pieces import PackedShape, PictureKey, Piece
from render.models.bounds import model_bytes
from render.models.drawing import ModelPass
from render.models.edges import edges_of
from render.models.gpu import GpuModel
from render.models.held import HeldModels
from render.models.made import made_box, made_model, made_sphere
from render.models.model import Map, Material, Morph, Node, Picture
from render.models.pack import pack, unpack
from render.models.read import read_model
from render.models.ready import made_ready
from render.models.texture_levels import level_bands
from tests.render.models.test_gltf_fuzz import rich
from tests.render.models.test_model_packed import flat
from tracking.records import ConfigError

NOISE = np.random.default_rng(3).integers(0, 256, (37, 64, 4), dtype=np.uint8)
SHINY = Material(colour_map=Map(0), normal_map=Map(1))


def a_model():
    """A sphere with a picture of colours and one of normals, in one place."""
    return made_model(
        [made_sphere(columns=32)], [SHINY], [Node(mesh=0)], [Picture("colours", NOISE), Picture("normals", NOISE)]
    )


def test_edges_and_levels_are_what_the_loop_would_make():
    model = a_model()
    ready = made_ready(model)
    (part,) = ready.meshes[0].parts
    assert (part.edges == edges_of(model.meshes[0].parts[0])).all()
    for picture, is_srgb in zip(ready.pictures, (True, False), strict=True):
        assert picture.is_srgb == is_srgb
        whole = [picture.codes, *picture.levels]
        for level, top, band in level_bands(NOISE, is_srgb=is_srgb):
            assert (whole[level][top : top + len(band)] == band).all()
        assert whole[-1].shape == (1, 1, 4)


def test_it_goes_to_another_process_and_is_refused_where_it_does_not_fit():
    ready = made_ready(a_model())
    assert flat(unpack(memoryview(b"".join(pack(ready))))) == flat(ready)
    short = ready.pictures[0]._replace(levels=ready.pictures[0].levels[:-1])
    with pytest.raises(ConfigError, match=r"pictures\[0\].levels: another shape"):
        unpack(memoryview(b"".join(pack(ready._replace(pictures=(short, ready.pictures[1]))))))
    part = ready.meshes[0].parts[0]
    wrong = part._replace(edges=part.edges[1:])
    with pytest.raises(ConfigError, match=r"parts\[0\].edges"):
        unpack(memoryview(b"".join(pack(ready._replace(meshes=(ready.meshes[0]._replace(parts=(wrong,)),))))))


def texels(texture, level):
    """What a texture has in a level; moderngl does not know of those that it did not make."""
    texture.use(0)
    return np.asarray(GL.glGetTexImage(GL.GL_TEXTURE_2D, level, GL.GL_RGBA, GL.GL_FLOAT))


@pytest.mark.gl
def test_both_are_the_same_on_the_gpu(context):
    plain, ready = (GpuModel(context, model, has_edges=True) for model in (a_model(), made_ready(a_model())))
    assert plain.bytes == ready.bytes
    for one, other in zip(*(model.textures.of_material(0) for model in (plain, ready)), strict=True):
        for level in range(7):
            assert (texels(one, level) == texels(other, level)).all()
        assert texels(one, 6).shape == (1, 1, 4)


@pytest.mark.gl
def test_shaders_are_built_one_in_a_step_and_a_scene_is_there_only_after_the_last(context):
    steps = []

    def prepare(model):
        for number in range(3):
            steps.append(number)
            yield

    held = HeldModels(context, prepare, lambda crowd: None)
    packed = b"".join(pack(made_ready(a_model())))
    key = PictureKey("a" * 64, "model")
    upload = held.begin(key, PackedShape(len(packed), model_bytes(a_model())))
    upload.write(Piece(0, 0, 0, 0, 0, len(packed)), np.frombuffer(packed, np.uint8))
    seen = []
    while not upload.finish():
        assert key not in held
        seen.append(len(steps))
    assert sorted(set(seen)) == [0, 1, 2, 3]
    upload.done()
    assert key in held


@pytest.mark.gl
def test_what_bends_in_every_way_is_prepared_without_an_error(context, tmp_path):
    """An error that OpenGL keeps would end the core, whichever call hears of it."""
    model = GpuModel(context, read_model(rich().glb(tmp_path / "rich.glb")), has_edges=True)
    assert context.error == "GL_NO_ERROR"
    for _ in ModelPass(context).prepare(model, "low", has_shadows=True):
        assert context.error == "GL_NO_ERROR"
    assert any("MORPHS" in part.variant and "JOINTS" in part.variant for part in model.parts)


@pytest.mark.gl
def test_morphs_of_more_texels_than_a_row_and_a_piece_arrive_whole(context):
    part = made_box((1.0, 1.0, 1.0))
    many = 700
    count = len(part.positions)
    rng = np.random.default_rng(4)
    moves = [rng.random((count, 3), dtype=np.float32) for _ in range(many)]
    morphed = part._replace(morphs=tuple(Morph(positions=move, tangents=move) for move in moves))
    model = made_model([morphed], [Material()], [Node(mesh=0)])
    model = model._replace(meshes=(model.meshes[0]._replace(weights=(0.0,) * many),))
    texels = np.frombuffer(GpuModel(context, model).parts[0].morphs.read(), np.float32).reshape(-1, 3, 3)
    found = texels[: many * count].reshape(many, count, 3, 3)
    assert (found[:, :, 0] == np.array(moves)).all()
    assert (found[:, :, 2] == np.array(moves)).all()
    assert not found[:, :, 1].any()
