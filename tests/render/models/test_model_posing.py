"""Models posed at times of their movements, against a plain evaluation of the standard's formulas, one number at a time."""

import json
import math
import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from render.models.model import Channel, Model, Movement, Node, Skin
from render.models.pose import Posing, pose_at
from render.models.read import read_model

CONTENT = Path(os.environ.get("OPENSTAGE_DATA", "/nowhere")) / "content" / "gltf"


class PlainFile:
    """A .glb of floats alone, as the standard says, without any code of ours: for joints' places in double precision."""

    def __init__(self, path):
        content = path.read_bytes()
        length = struct.unpack_from("<I", content, 12)[0]
        self.json = json.loads(content[20 : 20 + length])
        self.blob = content[28 + length :]

    def rows(self, number):
        accessor = self.json["accessors"][number]
        view = self.json["bufferViews"][accessor["bufferView"]]
        width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor["type"]]
        at = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        flat = struct.unpack_from(f"<{accessor['count'] * width}f", self.blob, at)
        return [flat[row * width : row * width + width] for row in range(accessor["count"])]

    def local(self, number, moved):
        node = {**self.json["nodes"][number], **moved.get(number, {})}
        if "matrix" in node:
            return [[node["matrix"][column * 4 + row] for column in range(4)] for row in range(4)]
        return from_parts(
            node.get("translation", (0, 0, 0)), node.get("rotation", (0, 0, 0, 1)), node.get("scale", (1, 1, 1))
        )

    def placed(self, moved):
        parents = {
            child: number for number, node in enumerate(self.json["nodes"]) for child in node.get("children", [])
        }
        found = {}
        for number in range(len(self.json["nodes"])):
            matrix, above = self.local(number, moved), parents.get(number)
            while above is not None:
                matrix, above = times(self.local(above, moved), matrix), parents.get(above)
            found[number] = matrix
        return found

    def moved(self, animation, when):
        found = {}
        for channel in self.json["animations"][animation]["channels"]:
            sampler = self.json["animations"][animation]["samplers"][channel["sampler"]]
            keys = [row[0] for row in self.rows(sampler["input"])]
            values = self.rows(sampler["output"])
            path = channel["target"]["path"]
            found.setdefault(channel["target"]["node"], {})[path] = between(keys, values, when, path == "rotation")
        return found


def between(keys, values, when, is_turn):
    when = min(max(when, keys[0]), keys[-1])
    later = next((at for at, key in enumerate(keys) if key > when), len(keys) - 1)
    before = max(0, later - 1)
    part = (when - keys[before]) / (keys[later] - keys[before]) if keys[later] > keys[before] else 0.0
    return plain_slerp(values[before], values[later], part) if is_turn else mixed(values[before], values[later], part)


def mixed(first, second, part):
    return [(1 - part) * one + part * two for one, two in zip(first, second, strict=True)]


def plain_slerp(first, second, part):
    first, second = ([value / math.hypot(*one) for value in one] for one in (first, second))
    cosine = sum(one * two for one, two in zip(first, second, strict=True))
    if cosine < 0:
        second, cosine = [-value for value in second], -cosine
    if cosine > 1 - 1e-12:
        return mixed(first, second, part)
    angle = math.acos(cosine)
    one, two = (math.sin((1 - part) * angle) / math.sin(angle), math.sin(part * angle) / math.sin(angle))
    return [one * a + two * b for a, b in zip(first, second, strict=True)]


def from_parts(place, turn, scale):
    x, y, z, w = (value / math.hypot(*turn) for value in turn)
    turned = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    rows = [[turned[row][column] * scale[column] for column in range(3)] + [place[row]] for row in range(3)]
    return [*rows, [0, 0, 0, 1]]


def times(one, two):
    return [[sum(one[row][k] * two[k][column] for k in range(4)) for column in range(4)] for row in range(4)]


@pytest.mark.data
@pytest.mark.skipif(not CONTENT.is_dir(), reason="OPENSTAGE_DATA names no folder with content")
@pytest.mark.parametrize(("name", "number"), [("Survey", 0), ("Walk", 1), ("Run", 2)])
def test_the_joints_of_the_fox_are_where_the_standard_puts_them(name, number):
    model, plain = read_model(CONTENT / "Fox.glb"), PlainFile(CONTENT / "Fox.glb")
    posing = Posing(model)
    joints = plain.json["skins"][0]["joints"]
    for when in (0.0, 0.1234, 0.5, 0.7, model.movements[number].duration_s - 1e-4):
        truth = plain.placed(plain.moved(number, when))
        pose = posing.at(name, when)
        for place, joint in enumerate(joints):
            found = pose.nodes[model.skins[0].joints[place]]
            assert np.allclose(found, truth[joint], rtol=2e-6, atol=2e-5), (when, joint)


def moving(path, interpolation, keys, values, *, node=None):
    channel = Channel(0, path, np.array(keys, np.float32), np.array(values, np.float32), interpolation)
    movement = Movement("move", (channel,), float(keys[-1]))
    return Model((node or Node(),), (), (), (), movements=(movement,))


def place_at(model, when, **how):
    return pose_at(model, "move", when, **how).nodes[0][:3, 3].tolist()


def test_steps_stand_until_the_next_key():
    model = moving("translation", "step", [1, 2, 4], [[1, 0, 0], [2, 0, 0], [3, 0, 0]])
    assert [place_at(model, when)[0] for when in (0, 1, 1.999, 2, 3.9)] == [1, 1, 1, 2, 2]
    assert place_at(model, 4.0, loops=False) == [3, 0, 0]


def test_a_movement_begins_again_at_its_end_or_stays_there():
    model = moving("translation", "linear", [0, 2], [[0, 0, 0], [4, 0, 0]])
    assert [place_at(model, when)[0] for when in (0.5, 2.5, -1.5)] == [1, 1, 1]
    assert place_at(model, 7.0, loops=False) == [4, 0, 0]


def test_a_cubic_spline_goes_through_its_keys_with_their_slopes():
    keys = [[[0, 0, 0], [0, 0, 0], [3, 0, 0]], [[-3, 0, 0], [2, 0, 0], [0, 0, 0]]]
    model = moving("translation", "cubic", [0, 2], np.array(keys).reshape(6, 3))
    assert place_at(model, 0.0) == [0, 0, 0]
    assert place_at(model, 2.0, loops=False) == [2, 0, 0]
    half = 0.5 * 0 + 2 * 0.125 * 3 + 0.5 * 2 + 2 * -0.125 * -3
    assert math.isclose(place_at(model, 1.0)[0], half, rel_tol=1e-6)


def test_cubic_rotations_stay_unit():
    keys = [[0] * 4, [0, 0, 0, 1], [9, 9, 0, 0], [0, 9, 9, 0], [0, 1, 0, 0], [0] * 4]
    matrix = pose_at(moving("rotation", "cubic", [0, 1], keys), 0, 0.4).nodes[0][:3, :3]
    assert np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6)


def test_rotations_take_the_shorter_arc():
    half = math.sqrt(0.5)
    model = moving("rotation", "linear", [0, 1], [[0, 0, 0, 1], [0, 0, -half, -half]])
    assert np.allclose(
        pose_at(model, 0, 0.5).nodes[0][:2, 0], (math.cos(math.pi / 4), math.sin(math.pi / 4)), atol=1e-6
    )


def test_a_movement_of_one_key_stands():
    assert place_at(moving("translation", "linear", [3], [[1, 2, 3]]), 0.1) == [1, 2, 3]


def test_what_no_channel_moves_stays_as_it_was():
    model = moving("scale", "linear", [0, 1], [[1, 1, 1], [3, 3, 3]], node=Node(place_m=(5, 6, 7)))
    pose = pose_at(model, 0, 0.5)
    assert np.allclose(pose.nodes[0], [[2, 0, 0, 5], [0, 2, 0, 6], [0, 0, 2, 7], [0, 0, 0, 1]])
    assert np.allclose(pose_at(model, None, 0.5).nodes[0][:3, :3], np.eye(3))


def test_a_movement_that_is_not_there_is_refused_by_name():
    model = moving("scale", "linear", [0, 1], [[1, 1, 1], [3, 3, 3]])
    for wrong in ("jump", 1, -1):
        with pytest.raises(LookupError, match="expected one of move"):
            pose_at(model, wrong, 0.0)


def test_skins_take_vertices_from_the_mesh_to_the_model():
    bind = np.eye(4, dtype=np.float32)[None].copy()
    bind[0, :3, 3] = (-1, -2, -3)
    model = Model((Node(place_m=(10, 0, 0)),), (), (), (), skins=(Skin((0,), bind),))
    assert pose_at(model, None, 0.0).skins[0][0, :3, 3].tolist() == [9, -2, -3]


def test_a_pose_of_hundreds_of_nodes_is_quick():
    count, rng = 400, np.random.default_rng(4)
    nodes = tuple(Node(parent=place // 8 - 1 if place else -1) for place in range(count))
    keys = np.linspace(0, 10, 100, dtype=np.float32)
    turns = rng.normal(size=(count, 100, 4)).astype(np.float32)
    turns /= np.linalg.norm(turns, axis=2, keepdims=True)
    channels = tuple(Channel(place, "rotation", keys, turns[place]) for place in range(count))
    posing = Posing(Model(nodes, (), (), (), movements=(Movement("all", channels, 10.0),)))
    took = []
    for step in range(30):
        begin = time.perf_counter()
        posing.at(0, step * 0.3)
        took.append(time.perf_counter() - begin)
    assert min(took) < 2e-3
