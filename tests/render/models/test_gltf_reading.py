"""What is read of a glTF file: every way in which the standard lets the same square be written, and all that is on it."""

import json
import math

import numpy as np
import pytest

from render.models.bounds import model_bytes
from render.models.model import MOST_LAMPS
from render.models.read import read_model
from tests.render.models.made_gltf import FLAT, QUAD, QUAD_INDICES, QUAD_UVS, Gltf, one_quad


def part_of(made, tmp_path):
    return read_model(made.glb(tmp_path / "made.glb")).meshes[0].parts[0]


def corners(part):
    """The places of all triangles, which do not depend on how vertices are numbered."""
    return part.positions[part.triangles]


SQUARE = QUAD[QUAD_INDICES.reshape(-1, 3)]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32])
def test_indices_of_every_width_give_the_same_triangles(kind, tmp_path):
    made = Gltf()
    made.shown({"attributes": {"POSITION": made.array(QUAD)}, "indices": made.array(QUAD_INDICES.astype(kind))})
    assert np.array_equal(corners(part_of(made, tmp_path)), SQUARE)


@pytest.mark.parametrize(
    ("mode", "order", "expected"),
    [
        (4, [0, 1, 2, 0, 2, 3, 1], [[0, 1, 2], [0, 2, 3]]),
        (5, [0, 1, 3, 2], [[0, 1, 3], [1, 2, 3]]),
        (6, [0, 1, 2, 3], [[1, 2, 0], [2, 3, 0]]),
    ],
)
def test_lists_strips_and_fans_face_the_same_way(mode, order, expected, tmp_path):
    made = one_quad(mode=mode)
    made.json["meshes"][0]["primitives"][0]["indices"] = made.array(np.array(order, np.uint16))
    part = part_of(made, tmp_path)
    assert np.array_equal(corners(part), QUAD[np.array(expected)])
    facing = np.cross(*(corners(part)[:, at] - corners(part)[:, 0] for at in (1, 2)))
    assert (facing[:, 2] > 0).all()


def test_a_part_without_indices_is_its_vertices_in_order(tmp_path):
    made = Gltf()
    made.shown({"attributes": {"POSITION": made.array(QUAD[QUAD_INDICES])}})
    assert np.array_equal(corners(part_of(made, tmp_path)), SQUARE)


def test_interleaved_vertices_are_read_by_their_stride(tmp_path):
    made = Gltf()
    rows = np.concatenate([QUAD, FLAT, QUAD_UVS], axis=1).astype(np.float32)
    view = made.bytes(rows.tobytes(), byteStride=32)
    attributes = {
        "POSITION": made.array(QUAD, view=view),
        "NORMAL": made.array(FLAT, view=view, byteOffset=12),
        "TEXCOORD_0": made.array(QUAD_UVS, view=view, byteOffset=24),
    }
    made.shown({"attributes": attributes, "indices": made.array(QUAD_INDICES)})
    part = part_of(made, tmp_path)
    assert np.array_equal(part.positions, QUAD)
    assert np.array_equal(part.normals, FLAT)
    assert np.array_equal(part.uvs[0], QUAD_UVS)


def test_quantised_vertices_are_what_they_stand_for(tmp_path):
    made = Gltf()
    attributes = {
        "POSITION": made.array((QUAD * 32767).astype(np.int16), normalized=True),
        "NORMAL": made.array((FLAT * 127).astype(np.int8), normalized=True),
        "TEXCOORD_0": made.array((QUAD_UVS * 65535).astype(np.uint16), normalized=True),
        "COLOR_0": made.array(np.full((4, 4), 51, np.uint8), normalized=True),
    }
    made.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    made.shown({"attributes": attributes, "indices": made.array(QUAD_INDICES)})
    part = part_of(made, tmp_path)
    assert np.array_equal(part.positions, QUAD)
    assert np.array_equal(part.normals, FLAT)
    assert np.array_equal(part.uvs[0], QUAD_UVS)
    assert np.allclose(part.colours, 0.2)


def test_whole_numbers_that_are_not_normalised_are_themselves(tmp_path):
    made = Gltf()
    made.shown(
        {"attributes": {"POSITION": made.array((QUAD * 300).astype(np.int16))}, "indices": made.array(QUAD_INDICES)}
    )
    assert part_of(made, tmp_path).positions.max() == 300.0


@pytest.mark.parametrize("has_base", [True, False])
def test_a_sparse_accessor_changes_what_it_names(has_base, tmp_path):
    made = Gltf()
    places = made.bytes(np.array([1, 2, 3], np.uint16).tobytes())
    others = made.bytes((QUAD[1:] * 2.0).astype(np.float32).tobytes())
    sparse = {
        "count": 3,
        "indices": {"bufferView": places, "componentType": 5123},
        "values": {"bufferView": others},
    }
    position = made.array(QUAD, sparse=sparse)
    if not has_base:
        del made.json["accessors"][position]["bufferView"]
    made.shown({"attributes": {"POSITION": position}, "indices": made.array(QUAD_INDICES)})
    assert np.array_equal(corners(part_of(made, tmp_path)), 2.0 * SQUARE)


def test_missing_normals_are_flat_and_no_two_triangles_share_a_vertex(tmp_path):
    bent = QUAD.copy()
    bent[3] = (0, 1, 1)
    made = Gltf()
    made.shown({"attributes": {"POSITION": made.array(bent)}, "indices": made.array(QUAD_INDICES)})
    part = part_of(made, tmp_path)
    assert len(part.positions) == 6
    facing = np.cross(*(corners(part)[:, at] - corners(part)[:, 0] for at in (1, 2)))
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    assert np.allclose(part.normals, np.repeat(facing, 3, axis=0))


def test_vertices_that_no_triangle_of_a_part_has_are_left_out(tmp_path):
    made = Gltf()
    many = np.concatenate([np.full((1000, 3), 7.0), QUAD]).astype(np.float32)
    attributes = {"POSITION": made.array(many), "NORMAL": made.array(np.tile(FLAT[:1], (1004, 1)))}
    made.shown({"attributes": attributes, "indices": made.array(QUAD_INDICES + np.uint16(1000))})
    part = part_of(made, tmp_path)
    assert len(part.positions) == 4
    assert np.array_equal(corners(part), SQUARE)


def test_triangles_without_area_are_dropped_and_counted(tmp_path):
    made = Gltf()
    flat = np.concatenate([QUAD_INDICES, [0, 0, 1], [1, 1, 1]]).astype(np.uint16)
    line = np.concatenate([QUAD, [[2, 0, 0]]]).astype(np.float32)
    attributes = {"POSITION": made.array(line), "NORMAL": made.array(np.tile(FLAT[:1], (5, 1)))}
    made.shown({"attributes": attributes, "indices": made.array(np.append(flat, [0, 1, 4]).astype(np.uint16))})
    model = read_model(made.glb(tmp_path / "made.glb"))
    assert len(model.meshes[0].parts[0].triangles) == 2
    values = {"file": "made.glb", "count": 3}
    assert [(note.code, note.values) for note in model.notes] == [("model_flat_triangles_dropped", values)]


@pytest.mark.parametrize("weight", [2.0, 3e38])
def test_weights_sum_to_one_and_joints_without_weight_are_the_first(weight, tmp_path):
    made = one_quad()
    joints = [made.add("nodes", {}), made.add("nodes", {})]
    attributes = made.json["meshes"][0]["primitives"][0]["attributes"]
    attributes["JOINTS_0"] = made.array(np.array([[1, 0, 0, 99]] * 4, np.uint8))
    attributes["WEIGHTS_0"] = made.array(np.array([[weight, weight, 0, 0]] * 4, np.float32))
    made.add("skins", {"joints": joints})
    made.json["nodes"][0]["skin"] = 0
    part = part_of(made, tmp_path)
    assert part.joints.tolist() == [[1, 0, 0, 0]] * 4
    assert part.weights.tolist() == [[0.5, 0.5, 0, 0]] * 4


def test_a_material_has_every_map_factor_and_extension(tmp_path):
    made = one_quad(material=0)
    first, second = made.picture(), made.picture(8, 2, "JPEG")
    made.json["samplers"] = [{"wrapS": 33071, "wrapT": 33648, "magFilter": 9728}]
    made.json["textures"][first]["sampler"] = 0
    moved = {"KHR_texture_transform": {"offset": [0.5, 0.25], "rotation": 0.1, "scale": [2, 3], "texCoord": 1}}
    made.add(
        "materials",
        {
            "name": "paint",
            "pbrMetallicRoughness": {
                "baseColorFactor": [0.1, 0.2, 0.3, 0.4],
                "baseColorTexture": {"index": first, "extensions": moved},
                "metallicFactor": 0.5,
                "roughnessFactor": 0.25,
                "metallicRoughnessTexture": {"index": second},
            },
            "normalTexture": {"index": second, "scale": 0.5},
            "occlusionTexture": {"index": second, "strength": 0.75},
            "emissiveTexture": {"index": second},
            "emissiveFactor": [1, 0.5, 0],
            "alphaMode": "MASK",
            "alphaCutoff": 0.3,
            "doubleSided": True,
            "extensions": {"KHR_materials_unlit": {}, "KHR_materials_emissive_strength": {"emissiveStrength": 10}},
        },
    )
    model = read_model(made.glb(tmp_path / "made.glb"))
    found = model.materials[0]
    assert found.colour == (0.1, 0.2, 0.3, 0.4)
    assert (found.metallic, found.roughness, found.emitted) == (0.5, 0.25, (10.0, 5.0, 0.0))
    assert (found.normal_scale, found.occlusion_strength) == (0.5, 0.75)
    assert (found.alpha_mode, found.alpha_cutoff, found.is_double_sided, found.is_unlit) == ("mask", 0.3, True, True)
    colour = found.colour_map
    assert (colour.wrap_u, colour.wrap_v, colour.is_nearest, colour.uv_set) == ("clamp", "mirror", True, 1)
    assert (colour.offset, colour.turn, colour.scale) == ((0.5, 0.25), 0.1, (2.0, 3.0))
    assert found.normal_map.picture == found.emitted_map.picture == found.metal_rough_map.picture == 1
    assert [picture.codes.shape for picture in model.pictures] == [(4, 4, 4), (2, 8, 4)]
    assert model.pictures[0].codes[0, 1].tolist() == [3, 4, 5, 255]
    assert model_bytes(model) > 0


def test_the_same_model_comes_from_one_file_several_or_a_data_uri(tmp_path):
    made = one_quad()
    folder = tmp_path / "Größe 1"
    folder.mkdir()
    (folder / "my buffer.bin").write_bytes(bytes(made.blob))
    files = [
        made.glb(tmp_path / "one.glb"),
        made.gltf(tmp_path / "data.gltf"),
        made.gltf(tmp_path / "far.gltf", "Gr%C3%B6%C3%9Fe%201/my%20buffer.bin"),
        made.gltf(tmp_path / "near.gltf", "Größe 1/my buffer.bin"),
    ]
    parts = [read_model(file).meshes[0].parts[0] for file in files]
    assert all(np.array_equal(corners(part), SQUARE) for part in parts)


def test_nodes_come_parents_first_and_matrices_are_taken_apart_where_that_is_exact(tmp_path):
    made = one_quad()
    sheared = [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1]
    turned = [0, 2, 0, 0, -3, 0, 0, 0, 0, 0, -4, 0, 1, 2, 3, 1]
    made.add("nodes", {"children": [0], "matrix": turned, "name": "turned"})
    made.add("nodes", {"children": [1], "matrix": sheared})
    made.json["scenes"] = [{"nodes": [2]}, {"nodes": [2]}]
    model = read_model(made.glb(tmp_path / "made.glb"))
    assert [node.parent for node in model.nodes] == [-1, 0, 1]
    assert model.nodes[0].sheared == (1, 1, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1)
    assert model.nodes[1].sheared is None
    assert model.nodes[1].place_m == (1, 2, 3)
    assert np.allclose(np.abs(model.nodes[1].scale), (2, 3, 4))
    assert [note.code for note in model.notes] == ["model_scenes_ignored"]
    place = np.array(sheared).reshape(4, 4).T @ np.array(turned).reshape(4, 4).T
    found = (place[:3, :3] @ QUAD.T).T + place[:3, 3]
    assert np.allclose(model.low_m, found.min(axis=0), atol=1e-6)
    assert np.allclose(model.high_m, found.max(axis=0), atol=1e-6)


def test_lamps_and_copies_are_read(tmp_path):
    made = one_quad()
    half = math.sqrt(0.5)
    copies = {
        "TRANSLATION": made.array(np.array([[0, 0, 0], [10, 0, 0]], np.float32)),
        "ROTATION": made.array(np.array([[0, 0, 0, 1], [0, 0, half, half]], np.float32)),
        "SCALE": made.array(np.array([[1, 1, 1], [2, 2, 2]], np.float32)),
    }
    made.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": copies}}
    made.add("nodes", {"extensions": {"KHR_lights_punctual": {"light": 0}}})
    lamp = {"type": "spot", "color": [1, 0.5, 0], "intensity": 20, "range": 7, "spot": {"outerConeAngle": 0.5}}
    made.json["extensions"] = {"KHR_lights_punctual": {"lights": [lamp]}}
    model = read_model(made.glb(tmp_path / "made.glb"))
    assert model.lamps[0].colour == (20.0, 10.0, 0.0)
    assert (model.lamps[0].kind, model.lamps[0].range_m, model.lamps[0].outer_cone) == ("spot", 7.0, 0.5)
    assert model.nodes[1].lamp == 0
    assert np.allclose(model.nodes[0].instances[1] @ (1, 0, 0, 1), (10, 2, 0, 1))
    assert np.allclose((model.low_m, model.high_m), ((0, 0, 0), (10, 2, 0)), atol=1e-5)


def test_what_is_passed_over_is_named(tmp_path):
    made = one_quad(material=0)
    made.json["meshes"][0]["primitives"].append(made.quad(mode=1))
    made.json["extensionsUsed"] = ["KHR_materials_clearcoat", "KHR_materials_unlit", "VENDOR_thing"]
    made.add("materials", {"extensions": {"KHR_materials_clearcoat": {"clearcoatFactor": 1}}})
    made.json["cameras"] = [{"type": "perspective"}]
    made.json["nodes"][0]["extras"] = {"prop": 1}
    made.json["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}
    lamp = {"extensions": {"KHR_lights_punctual": {"light": 0}}}
    for _ in range(MOST_LAMPS + 1):
        made.add("nodes", lamp)
    notes = [(note.code, *list(note.values.values())[1:]) for note in read_model(made.glb(tmp_path / "made.glb")).notes]
    assert notes == [
        ("model_extension_ignored", "KHR_materials_clearcoat"),
        ("model_extension_ignored", "VENDOR_thing"),
        ("model_cameras_ignored", 1),
        ("model_extras_ignored", 1),
        ("model_lines_ignored", 1),
        ("model_lamps_many", MOST_LAMPS + 1, MOST_LAMPS),
    ]


def test_a_node_of_scale_zero_is_allowed(tmp_path):
    made = one_quad()
    made.json["nodes"][0]["scale"] = [0, 0, 0]
    model = read_model(made.glb(tmp_path / "made.glb"))
    assert (model.low_m, model.high_m) == ((0, 0, 0), (0, 0, 0))


def test_a_model_cannot_be_written_to(tmp_path):
    part = part_of(one_quad(), tmp_path)
    assert not any(array.flags.writeable for array in (part.positions, part.normals, part.triangles, part.uvs[0]))


def test_json_with_a_mark_and_unknown_keys_is_read(tmp_path):
    made = one_quad()
    made.json["extras"] = {"a": [1, {"b": None}]}
    file = made.gltf(tmp_path / "made.gltf")
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(json.loads(file.read_text()), indent=2).encode())
    assert read_model(file).meshes
