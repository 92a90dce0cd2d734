"""Tangents that are made where a file has none: by analysis, and against those that another program wrote."""

import os
from pathlib import Path

import numpy as np
import pytest

from render.models.parts import Vertices
from render.models.read import read_model
from render.models.tangents import with_tangents
from tests.render.models.made_gltf import FLAT, QUAD, QUAD_INDICES, QUAD_UVS, Gltf

CONTENT = Path(os.environ.get("OPENSTAGE_DATA", "/nowhere")) / "content" / "gltf"
TRIANGLES = QUAD_INDICES.reshape(-1, 3).astype(np.uint32)


def square(uvs):
    return Vertices(QUAD, FLAT, None, (uvs, None), None, None, None, ())


@pytest.mark.parametrize(
    ("uvs", "expected"),
    [
        (QUAD_UVS, (1, 0, 0, 1)),
        (QUAD_UVS * (-1, 1), (-1, 0, 0, -1)),
        (QUAD_UVS * (1, -1), (1, 0, 0, -1)),
        (1 - QUAD_UVS, (-1, 0, 0, 1)),
    ],
)
def test_tangents_go_along_u_and_bitangents_against_v(uvs, expected):
    made, _ = with_tangents(square(uvs.astype(np.float32)), TRIANGLES, uvs.astype(np.float32))
    assert np.allclose(made.tangents, [expected] * 4)


def test_vertices_that_mirrored_triangles_share_become_two():
    wide = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [-1, 0, 0]], np.float32)
    uvs = np.array([[0, 1], [0, 0], [1, 1], [1, 1]], np.float32)
    triangles = np.array([[0, 2, 1], [0, 1, 3]], np.uint32)
    made, numbered = with_tangents(Vertices(wide, FLAT, None, (uvs, None), None, None, None, ()), triangles, uvs)
    assert len(made.positions) == 6
    assert np.allclose(made.tangents[numbered[0]], (1, 0, 0, 1))
    assert np.allclose(made.tangents[numbered[1]], (-1, 0, 0, -1))
    assert np.array_equal(made.positions[numbered], wide[triangles])


def test_without_uvs_of_any_area_tangents_still_stand_on_normals():
    uvs = np.zeros((4, 2), np.float32)
    made, _ = with_tangents(square(uvs), TRIANGLES, uvs)
    assert np.allclose(np.linalg.norm(made.tangents[:, :3], axis=1), 1)
    assert np.allclose(made.tangents[:, 2], 0)


def test_tangents_are_there_only_for_a_map_of_normals(tmp_path):
    made = Gltf()
    made.shown(made.quad(material=0), made.quad())
    made.add("materials", {"normalTexture": {"index": made.picture()}})
    first, second = read_model(made.glb(tmp_path / "made.glb")).meshes[0].parts
    assert np.allclose(first.tangents, (1, 0, 0, 1))
    assert second.tangents is None


@pytest.mark.data
@pytest.mark.skipif(not CONTENT.is_dir(), reason="OPENSTAGE_DATA names no folder with content")
def test_they_are_those_that_the_water_bottles_program_wrote():
    part = read_model(CONTENT / "WaterBottle" / "WaterBottle.gltf").meshes[0].parts[0]
    bare = Vertices(part.positions, part.normals, None, part.uvs, None, None, None, ())
    made, numbered = with_tangents(bare, part.triangles, part.uvs[0])
    theirs, ours = part.tangents[part.triangles].reshape(-1, 4), made.tangents[numbered].reshape(-1, 4)
    alike = np.einsum("ij,ij->i", theirs[:, :3], ours[:, :3])
    assert np.array_equal(theirs[:, 3], ours[:, 3])
    assert np.mean(alike > 0.9999) > 0.98


@pytest.mark.data
@pytest.mark.skipif(not CONTENT.is_dir(), reason="OPENSTAGE_DATA names no folder with content")
def test_tiles_of_the_normal_tangent_test_have_tangents_along_their_own_u():
    part = read_model(CONTENT / "NormalTangentTest.glb").meshes[0].parts[0]
    corners, uvs = part.positions[part.triangles], part.uvs[0][part.triangles]
    one, two = (uvs[:, at] - uvs[:, 0] for at in (1, 2))
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    along = two[:, 1:] * (corners[:, 1] - corners[:, 0]) - one[:, 1:] * (corners[:, 2] - corners[:, 0])
    along *= np.sign(area)[:, None]
    seen = np.linalg.norm(along, axis=1) > 0
    along = along[seen] / np.linalg.norm(along[seen], axis=1, keepdims=True)
    tangents = part.tangents[part.triangles][seen]
    assert np.array_equal(np.sign(tangents[:, 0, 3]), -np.sign(area[seen]))
    assert np.median(np.einsum("ij,ij->i", tangents[:, 0, :3], along)) > 0.99
