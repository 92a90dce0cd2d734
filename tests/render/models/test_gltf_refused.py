"""Files that break the standard or are meant to harm: refused with file, place and reason, before memory is taken."""

import struct
import zlib

import numpy as np
import pytest

from tests.render.models.made_gltf import QUAD, one_quad, refused

PART = "meshes[0].primitives[0]"


def primitive(made):
    return made.json["meshes"][0]["primitives"][0]


def replaced(array, at, value):
    changed = np.array(array, np.float32)
    changed[at] = value
    return changed


def out_of_range(made):
    primitive(made)["indices"] = made.array(np.array([0, 1, 99], np.uint16))


def restarts(made):
    primitive(made)["indices"] = made.array(np.array([0, 1, 2, 65535, 0, 2, 3], np.uint16))


def cycle(made):
    made.json["nodes"] = [{"children": [1], "mesh": 0}, {"children": [0]}]
    made.json["scenes"] = [{"nodes": [0]}]


def hidden_cycle(made):
    made.json["nodes"] += [{"children": [2]}, {"children": [3]}, {"children": [1]}]
    made.json["scenes"] = [{"nodes": [0]}]


def two_parents(made):
    made.json["nodes"] += [{"children": [0]}, {"children": [0]}]


def own_child(made):
    made.json["nodes"][0]["children"] = [0]


def deep(made):
    made.json["nodes"] = [{"children": [at + 1]} for at in range(300)] + [{"mesh": 0}]


def many_materials(made):
    made.json["materials"] = [{}] * 10_000


def nan_place(made):
    primitive(made)["attributes"]["POSITION"] = made.array(replaced(QUAD, (2, 1), np.nan))


def infinite_place(made):
    primitive(made)["attributes"]["POSITION"] = made.array(replaced(QUAD, (2, 1), np.inf))


def far_place(made):
    primitive(made)["attributes"]["POSITION"] = made.array(replaced(QUAD, (2, 1), 1e30))


def chained_scales(made):
    made.json["nodes"] = [{"mesh": 0, "scale": [1e12] * 3}]
    for child in range(9):
        made.json["nodes"].append({"children": [child], "scale": [1e12] * 3})


def zero_rotation(made):
    made.json["nodes"][0]["rotation"] = [0, 0, 0, 0]


def projected(made):
    made.json["nodes"][0]["matrix"] = [1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def short_view(made):
    made.json["bufferViews"][0]["byteLength"] = 40


def huge_count(made):
    made.json["accessors"][0]["count"] = 1 << 40


def overflowing_view(made):
    made.json["bufferViews"][0]["byteLength"] = (1 << 53) - 4


def absent_view(made):
    made.json["accessors"][0]["bufferView"] = 77


def zeros_without_end(made):
    empty = made.add("accessors", {"componentType": 5126, "type": "VEC3", "count": 1 << 36})
    primitive(made)["attributes"] = {"POSITION": empty}


def vertices_again_and_again(made):
    made.json["meshes"][0]["primitives"] *= 60_000


def wrong_type(made):
    primitive(made)["attributes"]["POSITION"] = made.array(np.zeros((4, 2), np.float32))


def other_count(made):
    primitive(made)["attributes"]["NORMAL"] = made.array(np.zeros((3, 3), np.float32))


def sparse_beyond(made):
    places = made.bytes(np.array([1, 9], np.uint16).tobytes())
    values = made.bytes(np.zeros(6, np.float32).tobytes())
    sparse = {"count": 2, "indices": {"bufferView": places, "componentType": 5123}, "values": {"bufferView": values}}
    made.json["accessors"][0]["sparse"] = sparse


def draco(made):
    primitive(made)["extensions"] = {"KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {}}}
    for accessor in made.json["accessors"]:
        accessor.pop("bufferView")


def meshopt(made):
    made.json["buffers"] = [{"byteLength": 9}, {"byteLength": 99, "extensions": {"EXT_meshopt_compression": {}}}]
    for view in made.json["bufferViews"]:
        view.update(buffer=1, byteOffset=0)


def needs(name):
    def change(made):
        made.json["extensionsRequired"] = [name]

    change.__name__ = name
    return change


def textured(made, content, **texture):
    image = made.add("images", {"bufferView": made.bytes(content)})
    made.add("textures", texture or {"source": image})
    made.add("materials", {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}})


def ktx2(made):
    textured(made, b"\xabKTX 20\xbb\r\n\x1a\n" + bytes(60))


def ktx2_alone(made):
    textured(made, b"\0" * 9, extensions={"KHR_texture_basisu": {"source": 0}})


def png_of(columns, rows):
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


def gigapixel(made):
    textured(made, png_of(60_000, 60_000))


def cut_picture(made):
    textured(made, png_of(16, 16))


def no_picture(made):
    textured(made, b"GIF89a" + bytes(60))


def absent_texture(made):
    made.add("materials", {"normalTexture": {"index": 3}})


def absent_material(made):
    primitive(made)["material"] = 5


def absent_mesh(made):
    made.json["nodes"][0]["mesh"] = 5


def absent_scene(made):
    made.json["scene"] = 5
    made.json["scenes"] = [{"nodes": [0]}]


def twice_in_scene(made):
    made.json["scenes"] = [{"nodes": [0, 0]}]


def lost_joint(made):
    attributes = primitive(made)["attributes"]
    attributes["JOINTS_0"] = made.array(np.array([[3, 0, 0, 0]] * 4, np.uint8))
    attributes["WEIGHTS_0"] = made.array(np.array([[1, 0, 0, 0]] * 4, np.float32))
    made.json["nodes"][0]["skin"] = made.add("skins", {"joints": [0]})


def animated(made, times, values, **sampler):
    output = made.array(np.array(values, np.float32))
    motion = {"input": made.array(np.array(times, np.float32)), "output": output, **sampler}
    channel = {"sampler": 0, "target": {"node": 0, "path": "translation"}}
    made.add("animations", {"channels": [channel], "samplers": [motion]})


def falling_times(made):
    animated(made, [0, 2, 1], [[0, 0, 0]] * 3)


def endless_movement(made):
    animated(made, [0, 3e38], [[0, 0, 0]] * 2)


def far_key(made):
    animated(made, [0, 1], [[0, 0, 0], [0, 3e38, 0]])


def too_few_keys(made):
    animated(made, [0, 1, 2], [[0, 0, 0]] * 3, interpolation="CUBICSPLINE")


def wrong_version(made):
    made.json["asset"]["version"] = "1.0"


def words_for_numbers(made):
    made.json["nodes"][0]["translation"] = ["NaN", 0, 0]


def huge_number(made):
    made.json["nodes"][0]["translation"] = [1e300, 0, 0]


CASES = [
    (out_of_range, f"{PART}.indices: found vertex 99 at place 2, expected one of 4"),
    (restarts, f"{PART}.indices: found vertex 65535 at place 3"),
    (cycle, "nodes[1].children: found a node below itself"),
    (hidden_cycle, "].children: found a node below itself"),
    (two_parents, "nodes[2].children[0]: found node 0, which is below node 1 too"),
    (own_child, "nodes[0].children: found a node below itself"),
    (deep, "nodes[256]: found a node 257 deep in the tree, expected at most 256"),
    (many_materials, "materials: found 10000 materials, expected at most 4000: let objects share materials"),
    (nan_place, f"{PART}.attributes.POSITION: found NaN or infinity in element 2"),
    (infinite_place, f"{PART}.attributes.POSITION: found NaN or infinity in element 2"),
    (far_place, "nodes: found places beyond 1e+09 m"),
    (chained_scales, "nodes: found places beyond"),
    (zero_rotation, "nodes[0].rotation: found a quaternion of length 0, expected 1"),
    (projected, "nodes[0].matrix: found a last row"),
    (short_view, "accessors[0]: found an end at byte 48, expected at most 40, the end of bufferViews[0]"),
    (huge_count, "accessors[0]: found an end at byte"),
    (overflowing_view, "bufferViews[0]: found an end at byte"),
    (absent_view, "accessors[0].bufferView: found number 77, expected one of 4 in bufferViews"),
    (zeros_without_end, f"{PART}: found 68719476736 vertices, expected at most 20000000: decimate"),
    (vertices_again_and_again, "meshes[0]: found 60000 parts, expected at most 50000"),
    (wrong_type, f"{PART}.attributes.POSITION: found accessor 4 of type VEC2, expected VEC3"),
    (other_count, f"{PART}.attributes.NORMAL: found 3, expected 4, as many as POSITION"),
    (sparse_beyond, "accessors[0].sparse.indices: found other places, expected rising numbers below 4"),
    (draco, f"{PART}: is compressed with KHR_draco_mesh_compression, which is not read: export it without"),
    (meshopt, "buffers[1]: is compressed with EXT_meshopt_compression, which is not read: export it without"),
    (needs("KHR_draco_mesh_compression"), "extensionsRequired[0]: found 'KHR_draco_mesh_compression', which is not"),
    (needs("EXT_meshopt_compression"), "export it without compression of meshes"),
    (needs("KHR_texture_basisu"), "found 'KHR_texture_basisu', which is not read: export its pictures as PNG or JPEG"),
    (needs("VENDOR_unknown"), "found 'VENDOR_unknown', which is not read: export it without"),
    (ktx2, "images[0]: found a picture that begins with b'\\xabKTX 20\\xbb', expected PNG or JPEG"),
    (ktx2_alone, "textures[0]: found 'KHR_texture_basisu', which is not read: export its pictures"),
    (gigapixel, "images[0]: found a picture of 3600000000 pixels, expected at most 67108864: make it smaller"),
    (cut_picture, "images[0]: a picture of it cannot be decoded: found the end"),
    (no_picture, "images[0]: found a picture that begins with b'GIF89a"),
    (absent_texture, "materials[0].normalTexture.index: found number 3, expected one of 0 in textures"),
    (absent_material, f"{PART}.material: found number 5, expected one of 0 in materials"),
    (absent_mesh, "nodes[0].mesh: found number 5, expected one of 1 in meshes"),
    (absent_scene, "scene: found number 5, expected one of 1 in scenes"),
    (twice_in_scene, "scenes[0].nodes[1]: found node 0 twice"),
    (lost_joint, "meshes[0]: found joint 3, expected one of 1 of nodes[0].skin"),
    (falling_times, "animations[0].channels[0].sampler.input: found times that do not rise"),
    (endless_movement, "animations[0].channels[0].sampler.input: found 3e+38, expected at most 1e+06"),
    (far_key, "animations[0].channels[0].sampler.output: found 3e+38, expected at most 1e+09"),
    (too_few_keys, "animations[0].channels[0].sampler.output: found 3 values, expected 9 for 3 times"),
    (wrong_version, "asset.version: found glTF '1.0', expected 2.0"),
    (words_for_numbers, "nodes[0].translation[0]: found str, expected float"),
    (huge_number, "nodes[0].translation[0]: found another value, expected float <= 1"),
]


@pytest.mark.parametrize(("change", "expected"), CASES, ids=[change.__name__ for change, _ in CASES])
def test_a_file_that_is_wrong_is_refused_with_place_and_reason(change, expected, tmp_path):
    made = one_quad()
    change(made)
    found = refused(made.glb(tmp_path / "made.glb"))
    assert expected in found
