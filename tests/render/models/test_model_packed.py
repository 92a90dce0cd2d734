"""A model on its way to another process: the same model comes out, and damaged bytes are refused."""

import os
from pathlib import Path

import numpy as np
import pytest

from render.models.describe import describe_model
from render.models.model import Model
from render.models.pack import pack, unpack
from render.models.read import read_model
from tests.render.models.made_gltf import one_quad
from tracking.records import ConfigError

CONTENT = Path(os.environ.get("OPENSTAGE_DATA", "/nowhere")) / "content" / "gltf"


def flat(found):
    """All of a model as a list of plain values, arrays as their bytes."""
    if isinstance(found, np.ndarray):
        return [found.dtype.str, found.shape, found.tobytes()]
    if isinstance(found, tuple):
        return [flat(one) for one in found]
    return found


def bytes_of(model):
    return b"".join(pack(model))


@pytest.fixture
def model(tmp_path):
    made = one_quad(material=0)
    made.add("materials", {"pbrMetallicRoughness": {"baseColorTexture": {"index": made.picture()}}})
    made.json["cameras"] = [{}]
    return read_model(made.glb(tmp_path / "made.glb"))


def test_the_same_model_comes_out(model):
    again = unpack(memoryview(bytes_of(model)))
    assert flat(again) == flat(model)
    assert describe_model(again) == describe_model(model)
    assert not again.meshes[0].parts[0].positions.flags.writeable


@pytest.mark.data
@pytest.mark.skipif(not CONTENT.is_dir(), reason="OPENSTAGE_DATA names no folder with content")
def test_a_skinned_and_animated_model_comes_out_too():
    fox = read_model(CONTENT / "Fox.glb")
    assert flat(unpack(memoryview(bytes_of(fox)))) == flat(fox)


def test_an_empty_model_comes_out():
    assert unpack(memoryview(bytes_of(Model((), (), (), ())))) == Model((), (), (), ())


def test_nothing_is_copied(model):
    packed = memoryview(bytes_of(model))
    codes = unpack(packed).pictures[0].codes
    assert np.shares_memory(codes, np.frombuffer(packed, np.uint8))
    chunks = [chunk for chunk in pack(model) if isinstance(chunk, memoryview)]
    assert any(np.shares_memory(np.frombuffer(chunk, np.uint8), model.pictures[0].codes) for chunk in chunks)


def test_an_array_that_stands_in_two_places_is_sent_once(model):
    mesh = model.meshes[0]
    twice = model._replace(meshes=(mesh, mesh))
    assert len(bytes_of(twice)) < len(bytes_of(model)) + 400


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_are_a_model_or_refused(model, seed):
    rng, whole = np.random.default_rng(seed), bytes_of(model)
    for _ in range(100):
        damaged = bytearray(whole[: rng.integers(len(whole) + 1)] if rng.random() < 0.3 else whole)
        for at in rng.integers(0, min(600, max(1, len(damaged))), rng.integers(1, 4)):
            if at < len(damaged):
                damaged[at] = rng.integers(256)
        try:
            unpack(memoryview(damaged))
        except ConfigError as error:
            assert "no whole scene" in str(error)


def test_numbers_that_name_nothing_are_refused(model):
    part = model.meshes[0].parts[0]
    wrong = part._replace(triangles=part.triangles + np.uint32(99))
    with pytest.raises(ConfigError, match=r"meshes\[0\].parts\[0\].triangles: a vertex that is none"):
        unpack(memoryview(bytes_of(model._replace(meshes=(model.meshes[0]._replace(parts=(wrong,)),)))))
    with pytest.raises(ConfigError, match=r"nodes\[0\].mesh"):
        unpack(memoryview(bytes_of(model._replace(meshes=()))))


def test_a_model_is_described(model):
    facts = describe_model(model)
    assert (facts.triangles, facts.drawn_triangles, facts.vertices, facts.materials, facts.pictures) == (2, 2, 4, 1, 1)
    assert facts.size_m == (1.0, 1.0, 0.0)
    assert [note.code for note in facts.ignored] == ["model_cameras_ignored"]
