"""Khronos's models under a sun, against all of them worked out in double precision from their files."""

import numpy as np
import pytest
from content import CONTENT, front_view, needs_content
from in_double import RawModel, linear, sampled, seen_by, unit
from model_pictures import Drawn, even_cube
from test_model_light import ACESCG, gltf_brdf

from render.models.gpu import GpuModel
from render.models.light import ModelLight, even_light
from render.models.placing import place_model, stage_from_model
from render.models.pose import pose_at
from render.models.read import read_model

pytestmark = [pytest.mark.gl, needs_content]
SUN, STRENGTH = unit(np.array((0.5, 0.55, 0.7))), np.array((3.0, 2.6, 2.2))
"""In the axes of glTF."""
SIZE = (160, 160)


class Shape:
    """A primitive's triangles where they are, with what is at their corners, unshared: (m, 3, ...)."""

    def __init__(self, raw, node, primitive, joints=None):
        at = {name: raw.accessor(number) for name, number in primitive["attributes"].items()}
        index = (
            raw.accessor(primitive["indices"])[:, 0].astype(int)
            if "indices" in primitive
            else np.arange(len(at["POSITION"]))
        )
        index = index.reshape(-1, 3)
        places, world = at["POSITION"], raw.world(node)
        matrices = np.broadcast_to(world, (len(places), 4, 4))
        if joints is not None:
            chosen = joints[at["JOINTS_0"].astype(int)]
            matrices = np.einsum("vj,vjab->vab", at["WEIGHTS_0"] / at["WEIGHTS_0"].sum(axis=1, keepdims=True), chosen)
        moved = np.einsum("vab,vb->va", matrices, np.insert(places, 3, 1.0, axis=1))[:, :3]
        self.corners = moved[index]
        axes = matrices[:, :3, :3]
        if "NORMAL" in at:
            inverse = np.linalg.inv(axes).transpose(0, 2, 1)
            self.normals = unit(np.einsum("vab,vb->va", inverse, at["NORMAL"]))[index]
        else:
            flat = unit(np.cross(self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0]))
            self.normals = np.repeat(flat[:, None], 3, axis=1)
        tangents = at.get("TANGENT")
        self.tangents = (
            None
            if tangents is None
            else np.concatenate([unit(np.einsum("vab,vb->va", axes, tangents[:, :3])), tangents[:, 3:]], axis=1)[index]
        )
        self.uvs = at["TEXCOORD_0"][index] if "TEXCOORD_0" in at else None
        self.colours = at["COLOR_0"][:, :3][index] if "COLOR_0" in at else None
        self.material = raw.json["materials"][primitive["material"]]


def truth(raw, shape, rays, eye):
    """The light along rays, in ACEScg, and which triangle each of them meets."""
    number, weights = seen_by(rays, eye, shape.corners)
    met = number >= 0

    def at(values):
        return np.einsum("rck,rckd->rcd", weights, values[number])

    surface = shape.material.get("pbrMetallicRoughness", {})
    colour = np.broadcast_to(np.array(surface.get("baseColorFactor", (1, 1, 1, 1)), float)[:3], (*number.shape, 3))
    metallic = np.full(number.shape, surface.get("metallicFactor", 1.0))
    rough = np.full(number.shape, surface.get("roughnessFactor", 1.0))
    normal, places = unit(at(shape.normals)), None if shape.uvs is None else at(shape.uvs)
    if shape.colours is not None:
        colour = colour * at(shape.colours)
    if "baseColorTexture" in surface:
        colour = colour * sampled(linear(raw.picture(surface["baseColorTexture"])), places)[..., :3]
    if "metallicRoughnessTexture" in surface:
        both = sampled(raw.picture(surface["metallicRoughnessTexture"]), places)
        metallic, rough = metallic * both[..., 2], rough * both[..., 1]
    if "normalTexture" in shape.material:
        bump = sampled(raw.picture(shape.material["normalTexture"]), places)[..., :3] * 2.0 - 1.0
        tangent = at(shape.tangents)
        along = unit(tangent[..., :3])
        across = np.cross(normal, along) * np.sign(tangent[..., 3:])
        normal = unit(bump[..., :1] * along + bump[..., 1:2] * across + bump[..., 2:] * normal)
    emitted = np.array(shape.material.get("emissiveFactor", (0, 0, 0)), float)
    if "emissiveTexture" in shape.material:
        emitted = emitted * sampled(linear(raw.picture(shape.material["emissiveTexture"])), places)[..., :3]
    light = gltf_brdf(
        normal,
        unit(-rays),
        np.broadcast_to(SUN, normal.shape),
        colour=colour @ ACESCG.T,
        metallic=metallic[..., None] if metallic.ndim < 3 else metallic,
        roughness=rough,
    )
    return light * STRENGTH + emitted @ ACESCG.T, np.where(met, number, -1)


def inner(number):
    """Pixels whose neighbours are all on the model: what an edge goes through shows other things too."""
    met = number >= 0
    return met & np.all([np.roll(met, step, axis) for step in (-1, 1) for axis in (0, 1)], axis=0)


def joints_of(raw, skin):
    inverse = raw.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    return np.array([raw.world(joint) for joint in skin["joints"]]) @ inverse


@pytest.mark.parametrize("tier", ["low", "full"])
@pytest.mark.parametrize(
    ("name", "middle", "half"),
    [
        ("Box.glb", (0.1, 0.1, 0.5), 0.5),
        ("BoxVertexColors.glb", (0.1, 0.1, 0.5), 0.5),
        ("Fox.glb", (0.0, 70.0, 60.0), 8.0),
        ("WaterBottle/WaterBottle.gltf", (0.0, 0.03, 0.05), 0.06),
    ],
)
def test_a_model_under_a_sun_is_within_two_percent_of_its_file_in_double(context, name, middle, half, tier):
    raw, model = RawModel(CONTENT / name), read_model(CONTENT / name)
    view, rays, eye = front_view(middle, half, SIZE, away=6.0)
    number = next(place for place, node in enumerate(raw.json["nodes"]) if "mesh" in node)
    node = raw.json["nodes"][number]
    joints = joints_of(raw, raw.json["skins"][node["skin"]]) if "skin" in node else None
    (primitive,) = raw.json["meshes"][node["mesh"]]["primitives"]
    expected, met = truth(raw, Shape(raw, number, primitive, joints), rays, eye)
    drawn, pose = Drawn(context, SIZE), pose_at(model, None, 0.0)
    placed = place_model(GpuModel(context, model), stage_from_model(), pose.nodes, pose.skins, pose.weights)
    towards = (float(SUN[0]), float(-SUN[2]), float(SUN[1]))
    light = ModelLight(even_light((0.0,) * 3), towards, tuple(STRENGTH), around=even_cube(context, (0.0,) * 3))
    seen = drawn.picture(view, [placed], light, tier)
    chosen = inner(met)
    assert chosen.sum() > 2500
    assert (seen[..., 3][chosen] > 0.99).all()
    apart = np.sqrt(((seen[..., :3] - expected)[chosen] ** 2).mean())
    assert apart < 0.02 * np.sqrt((expected[chosen] ** 2).mean())
