"""Where everything of a model is at a time of a movement: matrices of nodes and skins, and weights of morphs.

Khronos, "glTF 2.0 Specification", sections 3.7.3 (skins), 3.11 (animations) and appendix C (interpolation). All nodes
are worked out at once, in double precision; nothing of it is kept between two times.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from render.models.model import Floats, Model, Movement
from render.models.node_matrices import Levels, Wide, matrices_of, parts_of
from render.models.sampling import MovementSampler


class Pose(NamedTuple):
    """A model at one time, as matrices that take columns to the model's axes.

    `nodes`: of each node, (nodes, 4, 4). `skins`: of each skin's joints, model from mesh, (joints, 4, 4); they act in
    place of the matrix of the node that has the skin. `weights`: of each node those of its mesh's morphs, or ().
    """

    nodes: Floats
    skins: tuple[Floats, ...]
    weights: tuple[tuple[float, ...], ...]


def pose_at(model: Model, movement: str | int | None, time_s: float, *, loops: bool = True) -> Pose:
    """One pose, as `Posing.at`. Who wants many of one model keeps a `Posing`."""
    return Posing(model).at(movement, time_s, loops=loops)


class Posing:
    """Poses one model. What does not depend on time is worked out once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._levels = Levels(model.nodes)
        self._parts = parts_of(model.nodes)
        self._sheared = [place for place, node in enumerate(model.nodes) if node.sheared is not None]
        self._shears = np.array([model.nodes[place].sheared for place in self._sheared]).reshape(-1, 4, 4)
        self._samplers = tuple(MovementSampler(movement) for movement in model.movements)
        self._places = {movement.name: place for place, movement in reversed([*enumerate(model.movements)])}
        self._joints = [np.array(skin.joints, dtype=np.intp) for skin in model.skins]
        self._binds = [skin.joint_from_mesh.astype(np.float64) for skin in model.skins]
        self._weights = tuple(
            () if node.mesh is None else node.weights or model.meshes[node.mesh].weights for node in model.nodes
        )

    def at(self, movement: str | int | None, time_s: float, *, loops: bool = True) -> Pose:
        """The pose at a time of a movement, by its name or number; None is the model at rest.

        A movement that loops begins again at its end, else it stays there. Raises LookupError where there is none.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return self._at(movement, time_s, loops=loops)

    def _at(self, movement: str | int | None, time_s: float, *, loops: bool) -> Pose:
        places, turns, scales = self._parts
        weights = self._weights
        if movement is not None:
            sampler = self._samplers[self._place(movement)]
            places, turns, scales = places.copy(), turns.copy(), scales.copy()
            moved = sampler.sample(time_s, places, turns, scales, loops=loops)
            if moved:
                weights = tuple(moved.get(place, rest) for place, rest in enumerate(weights))
        wide = self._model_from_node(places, turns, scales)
        skins = tuple(
            (wide[joints] @ bind).astype(np.float32) for joints, bind in zip(self._joints, self._binds, strict=True)
        )
        return Pose(wide.astype(np.float32), skins, weights)

    def movement(self, name: str | int) -> Movement:
        """A movement by its name or number. Raises LookupError where there is none."""
        return self._model.movements[self._place(name)]

    def _place(self, movement: str | int) -> int:
        place = self._places.get(movement) if isinstance(movement, str) else movement
        if place is None or not 0 <= place < len(self._samplers):
            raise LookupError(f"found no movement {movement!r}, expected one of {', '.join(self._places) or 'none'}")
        return place

    def _model_from_node(self, places: Wide, turns: Wide, scales: Wide) -> Wide:
        matrices = matrices_of(places, turns, scales)
        matrices[self._sheared] = self._shears
        return self._levels.multiply(matrices)
