"""Animations of a glTF file, and its skins.

Khronos, "glTF 2.0 Specification", sections 3.7.3 (skins) and 3.11 (animations).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from render.assets.facts import PictureFinding
from render.models.faults import ModelError
from render.models.gltf_records import Animation, Document, JsonChannel, JsonSkin
from render.models.limits import FARTHEST, Budget
from render.models.model import Channel, Floats, Interpolation, Mesh, Movement, Node, Skin
from render.models.parts import kept_array
from render.models.read_nodes import Tree
from render.models.stored import Stored

_LONGEST_S = 1e6
_INTERPOLATIONS: dict[str, Interpolation] = {"LINEAR": "linear", "STEP": "step", "CUBICSPLINE": "cubic"}
_WIDTHS = {"translation": 3, "rotation": 4, "scale": 3}
_TYPES = {"translation": "VEC3", "rotation": "VEC4", "scale": "VEC3", "weights": "SCALAR"}


def read_skin(found: JsonSkin, index: int, stored: Stored, tree: Tree, budget: Budget) -> Skin:
    """One skin. Raises ModelError."""
    where = f"skins[{index}]"
    budget.bound("joints", len(found.joints), f"{where}.joints")
    joints = []
    for number, joint in enumerate(found.joints):
        place = tree.place(joint)
        if place is None:
            raise ModelError("model_joint_elsewhere", f"{where}.joints[{number}]", found=joint)
        joints.append(place)
    if found.inverse_bind_matrices is None:
        matrices = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    else:
        here = f"{where}.inverseBindMatrices"
        columns = stored.numbers(found.inverse_bind_matrices, here, "MAT4")
        if len(columns) < len(joints):
            raise ModelError("model_count_wrong", here, found=len(columns), expected=len(joints), of="joints")
        matrices = columns[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1)
    return Skin(joints=tuple(joints), joint_from_mesh=kept_array(matrices))


class MovementReader:
    """Reads animations of a tree whose nodes and meshes are known."""

    def __init__(
        self,
        document: Document,
        stored: Stored,
        tree: Tree,
        shown: tuple[tuple[Node, ...], tuple[Mesh, ...]],
        budget: Budget,
    ) -> None:
        self._document = document
        self._stored = stored
        self._tree = tree
        self._nodes, self._meshes = shown
        self._budget = budget
        self._ignored = 0
        self._times: dict[int, Floats] = {}

    def notes(self) -> Iterator[PictureFinding]:
        """What of the animations was passed over."""
        if self._ignored:
            yield PictureFinding(code="model_channels_ignored", values={"count": self._ignored})

    def movements(self) -> tuple[Movement, ...]:
        """All animations. Raises ModelError."""
        found = self._document.animations
        self._budget.bound("movements", len(found), "animations")
        return tuple(self._movement(animation, f"animations[{index}]") for index, animation in enumerate(found))

    def _movement(self, found: Animation, where: str) -> Movement:
        self._budget.take("channels", len(found.channels), where)
        channels, known = [], set()
        for index, one in enumerate(found.channels):
            channel = self._channel(found, one, f"{where}.channels[{index}]")
            if channel is None:
                self._ignored += 1
                continue
            if (channel.node, channel.path) in known:
                raise ModelError("model_channel_twice", f"{where}.channels[{index}].target")
            known.add((channel.node, channel.path))
            channels.append(channel)
        duration = max((float(channel.times_s[-1]) for channel in channels), default=0.0)
        return Movement(name=found.name[:200], channels=tuple(channels), duration_s=duration)

    def _channel(self, found: Animation, one: JsonChannel, where: str) -> Channel | None:
        """One channel; None where nothing that is shown moves by it."""
        if one.sampler >= len(found.samplers):
            count = len(found.samplers)
            raise ModelError("model_number_unknown", f"{where}.sampler", found=one.sampler, count=count, of="samplers")
        target, sampler = one.target, found.samplers[one.sampler]
        if target.node is None or target.path == "pointer":
            return None
        if target.node >= len(self._document.nodes):
            count = len(self._document.nodes)
            raise ModelError("model_number_unknown", f"{where}.target.node", found=target.node, count=count, of="nodes")
        place = self._tree.place(target.node)
        if place is None:
            return None
        width = self._width(place, target.path, where)
        if not width:
            return None
        times = self._read_times(sampler.input, f"{where}.sampler.input")
        rows = len(times) * (3 if sampler.interpolation == "CUBICSPLINE" else 1)
        count = rows * (width if target.path == "weights" else 1)
        here = f"{where}.sampler.output"
        stated = self._stored.accessor(sampler.output, here).count
        if stated != count:
            raise ModelError("model_keys_wrong", here, found=stated, expected=count, times=len(times))
        self._budget.take("keys", rows * width, here)
        values = self._stored.numbers(sampler.output, here, _TYPES[target.path]).reshape(rows, width)
        if np.abs(values).max() > FARTHEST:
            raise ModelError("model_too_far", here, found=float(np.abs(values).max()), most=FARTHEST)
        return Channel(place, target.path, times, values, _INTERPOLATIONS[sampler.interpolation])

    def _width(self, place: int, path: str, where: str) -> int:
        """How many numbers a key has; none for the weights of a node that has nothing to morph."""
        node = self._nodes[place]
        if path == "weights":
            return 0 if node.mesh is None else len(self._meshes[node.mesh].weights)
        if node.sheared is not None:
            raise ModelError("model_sheared_moves", f"{where}.target")
        return _WIDTHS[path]

    def _read_times(self, index: int, where: str) -> Floats:
        if index not in self._times:
            self._budget.take("keys", self._stored.accessor(index, where).count, where)
            times = self._stored.numbers(index, where, "SCALAR")[:, 0]
            if times[0] < 0.0 or (np.diff(times) <= 0.0).any():
                raise ModelError("model_times_fall", where)
            if times[-1] > _LONGEST_S:
                raise ModelError("model_too_far", where, found=float(times[-1]), most=_LONGEST_S)
            self._times[index] = kept_array(times)
        return self._times[index]
