"""Small files with random damage, the same each time: a model or a refusal comes of each, and memory stays bounded."""

import copy
import json
import random

import numpy as np
import pytest

from render.models.pack import pack, unpack
from render.models.pose import Posing
from render.models.read import read_model
from tests.memory_limit import memory_left
from tests.render.models.made_gltf import one_quad, write_glb
from tracking.records import ConfigError

ODD = [
    0,
    -1,
    1,
    3,
    99,
    2**31,
    2**53,
    2**64,
    0.5,
    -0.0,
    1e30,
    1e308,
    "",
    "../..",
    None,
    True,
    [],
    {},
    [0],
    [[]],
    {"a": 1},
]
ODD += ["SCALAR", "MAT4", "VEC2", 5121, 5123, 5125, 5126, 6, [0, 0, 0, 0], [1] * 16, "CUBICSPLINE", "weights"]


def rich():
    """A file with something of everything: a map, a skin, morphs, copies, a lamp, a movement, a sparse accessor."""
    made = one_quad(material=0)
    primitive = made.json["meshes"][0]["primitives"][0]
    primitive["attributes"]["JOINTS_0"] = made.array(np.array([[1, 0, 0, 0]] * 4, np.uint8))
    primitive["attributes"]["WEIGHTS_0"] = made.array(np.array([[1, 0, 0, 0]] * 4, np.float32))
    primitive["targets"] = [{"POSITION": made.array(np.ones((4, 3), np.float32))}]
    made.json["meshes"][0]["weights"] = [0.5]
    picture = made.picture()
    made.add("materials", {"normalTexture": {"index": picture}, "pbrMetallicRoughness": {"metallicFactor": 0.5}})
    made.json["nodes"][0].update(skin=0, children=[1], translation=[1, 2, 3])
    made.add("nodes", {"children": [2], "rotation": [0, 0, 0, 1]})
    copies = {"TRANSLATION": made.array(np.ones((3, 3), np.float32))}
    lamp = {"KHR_lights_punctual": {"light": 0}}
    other = made.add("meshes", {"primitives": [made.quad(mode=5)]})
    made.add("nodes", {"mesh": other, "extensions": {"EXT_mesh_gpu_instancing": {"attributes": copies}, **lamp}})
    made.add(
        "skins", {"joints": [1, 2], "inverseBindMatrices": made.array(np.tile(np.eye(4, dtype=np.float32), (2, 1, 1)))}
    )
    made.json["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}
    times = made.array(np.array([0, 1, 2], np.float32))
    samplers = [
        {"input": times, "output": made.array(np.ones((3, 3), np.float32))},
        {
            "input": times,
            "output": made.array(np.tile(np.array([0, 0, 0, 1], np.float32), (9, 1))),
            "interpolation": "CUBICSPLINE",
        },
        {"input": times, "output": made.array(np.ones(3, np.float32)), "interpolation": "STEP"},
    ]
    paths = [(0, "translation"), (1, "rotation"), (0, "weights")]
    channels = [{"sampler": at, "target": {"node": node, "path": path}} for at, (node, path) in enumerate(paths)]
    made.add("animations", {"channels": channels, "samplers": samplers})
    at = made.bytes(np.array([2], np.uint16).tobytes())
    sparse = {
        "count": 1,
        "indices": {"bufferView": at, "componentType": 5123},
        "values": {"bufferView": made.bytes(bytes(12))},
    }
    made.json["accessors"][0]["sparse"] = sparse
    made.json["scenes"] = [{"nodes": [0]}]
    return made


def places_in(value, found):
    """Every place in a document that can be changed: its container and its key."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(inner, dict | list):
            places_in(inner, found)
    return found


def with_other_values(chance, document):
    changed = json.loads(document)
    for _ in range(chance.randint(1, 2)):
        container, key = chance.choice(places_in(changed, []))
        action = chance.random()
        if action < 0.15 and isinstance(container, dict):
            del container[key]
        elif action < 0.3 and isinstance(container, list) and len(container) < 100:
            container.append(copy.deepcopy(container[key]))
        else:
            container[key] = copy.deepcopy(chance.choice(ODD))
    return json.dumps(changed).encode()


def with_other_bytes(chance, content):
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged[: chance.randrange(len(damaged))] if chance.random() < 0.2 else damaged)


def read_or_refused(path, tally):
    try:
        model = read_model(path)
    except ConfigError as error:
        (finding,) = error.findings
        assert finding.startswith(f"{path}: ")
        tally["refused"] += 1
    else:
        posing = Posing(model)
        for movement in (None, *range(len(model.movements))):
            posing.at(movement, 0.7)
        assert unpack(memoryview(b"".join(pack(model)))).notes == model.notes
        tally["read"] += 1


def test_the_undamaged_file_is_read(tmp_path):
    model = read_model(rich().glb(tmp_path / "rich.glb"))
    assert (len(model.nodes), len(model.meshes), len(model.pictures), len(model.movements[0].channels)) == (3, 2, 1, 3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_damaged_files_are_read_or_refused(seed, tmp_path):
    made, chance, tally = rich(), random.Random(seed), {"read": 0, "refused": 0}
    document, blob = json.dumps(made.document()), bytes(made.blob)
    whole = write_glb(tmp_path / "whole.glb", document.encode(), blob).read_bytes()
    with memory_left(512):
        path = tmp_path / "damaged.glb"
        for number in range(140):
            if number % 5 < 3:
                write_glb(path, with_other_values(chance, document), blob)
            elif number % 5 == 3:
                write_glb(path, document.encode(), with_other_bytes(chance, blob))
            else:
                path.write_bytes(with_other_bytes(chance, whole))
            read_or_refused(path, tally)
    assert min(tally.values()) > 5, tally
