"""What a model amounts to, for a person who asks what a file is."""

from __future__ import annotations

from render.assets.facts import PictureFinding
from render.models.bounds import model_bytes
from render.models.model import Model, Node
from tracking.records import Record

_MIB = 1 << 20


class MovementFacts(Record):
    """An animation: what it is called, how long it runs, and how many channels it has."""

    name: str
    duration_s: float
    channels: int


class ModelFacts(Record):
    """A model in numbers. `triangles` and `vertices` are stored ones; `drawn_triangles` counts each copy.

    `pictures_mib` is what its pictures take decoded, `gpu_mib` all of it with their levels. `size_m` is its width (X),
    height (Y) and depth (Z) at rest.
    """

    triangles: int
    drawn_triangles: int
    vertices: int
    parts: int
    materials: int
    pictures: int
    pictures_mib: float
    gpu_mib: float
    nodes: int
    lamps: int
    joints: int
    morphs: int
    size_m: tuple[float, float, float]
    low_m: tuple[float, float, float]
    movements: tuple[MovementFacts, ...]
    ignored: tuple[PictureFinding, ...]


def describe_model(model: Model) -> ModelFacts:
    """The facts of a model."""
    parts = [part for mesh in model.meshes for part in mesh.parts]
    wide, high, deep = (round(high - low, 4) for low, high in zip(model.low_m, model.high_m, strict=True))
    return ModelFacts(
        triangles=sum(len(part.triangles) for part in parts),
        drawn_triangles=sum(_drawn(model, node) for node in model.nodes),
        vertices=sum(len(part.positions) for part in parts),
        parts=len(parts),
        materials=len({part.material for part in parts}),
        pictures=len(model.pictures),
        pictures_mib=round(sum(picture.codes.nbytes for picture in model.pictures) / _MIB, 1),
        gpu_mib=round(model_bytes(model) / _MIB, 1),
        nodes=len(model.nodes),
        lamps=sum(node.lamp is not None for node in model.nodes),
        joints=sum(len(skin.joints) for skin in model.skins),
        morphs=max((len(part.morphs) for part in parts), default=0),
        size_m=(wide, high, deep),
        low_m=model.low_m,
        movements=tuple(
            MovementFacts(name=one.name, duration_s=round(one.duration_s, 4), channels=len(one.channels))
            for one in model.movements
        ),
        ignored=model.notes,
    )


def _drawn(model: Model, node: Node) -> int:
    if node.mesh is None:
        return 0
    copies = 1 if node.instances is None else len(node.instances)
    return copies * sum(len(part.triangles) for part in model.meshes[node.mesh].parts)
