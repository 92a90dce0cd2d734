"""Models read and drawn in double precision by code of its own: places, normals, maps and glTF's reflection of a sun."""

import io
import json
import math

import numpy as np
from PIL import Image

_KINDS = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class RawModel:
    """A file's JSON and bytes, as they are."""

    def __init__(self, path):
        data, self.folder = path.read_bytes(), path.parent
        self.chunk = b""
        if data[:4] == b"glTF":
            length = int.from_bytes(data[12:16], "little")
            self.json = json.loads(data[20 : 20 + length])
            self.chunk = data[28 + length :]
        else:
            self.json = json.loads(data)

    def bytes_of(self, view):
        found = self.json["bufferViews"][view]
        uri = self.json["buffers"][found["buffer"]].get("uri")
        whole = self.chunk if uri is None else (self.folder / uri).read_bytes()
        start = found.get("byteOffset", 0)
        return whole[start : start + found["byteLength"]], found.get("byteStride")

    def accessor(self, number):
        one = self.json["accessors"][number]
        data, stride = self.bytes_of(one["bufferView"])
        kind, width = np.dtype(_KINDS[one["componentType"]]), _WIDTHS[one["type"]]
        stride = stride or kind.itemsize * width
        found = np.ndarray((one["count"], width), kind, data, one.get("byteOffset", 0), (stride, kind.itemsize))
        return found.astype(np.float64) / (np.iinfo(kind).max if one.get("normalized") else 1)

    def picture(self, texture):
        image = self.json["images"][self.json["textures"][texture["index"]]["source"]]
        data = (self.folder / image["uri"]).read_bytes() if "uri" in image else self.bytes_of(image["bufferView"])[0]
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(np.float64) / 255.0

    def world(self, number):
        parents = {
            child: parent for parent, node in enumerate(self.json["nodes"]) for child in node.get("children", ())
        }
        node, found = self.json["nodes"][number], np.eye(4)
        if "matrix" in node:
            found = np.array(node["matrix"], float).reshape(4, 4).T
        else:
            found[:3, :3] = turn(node.get("rotation", (0, 0, 0, 1))) * np.array(node.get("scale", (1, 1, 1)), float)
            found[:3, 3] = node.get("translation", (0, 0, 0))
        return self.world(parents[number]) @ found if number in parents else found


def turn(quaternion):
    x, y, z, w = np.array(quaternion, float) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def seen_by(rays, eye, corners):
    """Of triangles (m, 3, 3), what each ray (rows, columns, 3) meets first: its number, -1 for none, and weights."""
    rows, columns = rays.shape[:2]
    depth = np.full((rows, columns), np.inf)
    number = np.full((rows, columns), -1)
    weights = np.zeros((rows, columns, 3))
    near = corners - eye
    flat = near[..., :2] / -near[..., 2:]
    across, down = rays[0, :, 0], rays[:, 0, 1]
    step = across[1] - across[0]
    low, high = flat.min(axis=1), flat.max(axis=1)
    left = np.clip(np.ceil((low[:, 0] - across[0]) / step), 0, columns).astype(int)
    right = np.clip(np.floor((high[:, 0] - across[0]) / step) + 1, 0, columns).astype(int)
    top = np.clip(np.ceil((down[0] - high[:, 1]) / step), 0, rows).astype(int)
    bottom = np.clip(np.floor((down[0] - low[:, 1]) / step) + 1, 0, rows).astype(int)
    for one in np.flatnonzero((left < right) & (top < bottom)):
        part = np.s_[top[one] : bottom[one], left[one] : right[one]]
        a, b, c = near[one]
        volumes = np.stack([rays[part] @ np.cross(p, q) for p, q in ((b, c), (c, a), (a, b))], axis=-1)
        whole = volumes.sum(axis=-1)
        share = volumes / np.where(whole == 0.0, 1.0, whole)[..., None]
        met = (whole < 0.0) & (share >= 0.0).all(axis=-1)  # its front looks at the eye
        away = -(share @ near[one][:, 2])
        nearer = met & (away < depth[part])
        depth[part][nearer], number[part][nearer], weights[part][nearer] = away[nearer], one, share[nearer]
    return number, weights


def sampled(picture, places):
    """Bilinear, repeating."""
    height, width = picture.shape[:2]
    x, y = places[..., 0] * width - 0.5, places[..., 1] * height - 0.5
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - column)[..., None], (y - row)[..., None]
    at = [picture[(row + j) % height, (column + i) % width] for j in (0, 1) for i in (0, 1)]
    return (at[0] * (1 - fx) + at[1] * fx) * (1 - fy) + (at[2] * (1 - fx) + at[3] * fx) * fy


def linear(codes):
    """IEC 61966-2-1; alpha as it is."""
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return np.concatenate([light[..., :3], codes[..., 3:]], axis=-1)


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), math.ulp(1.0))
