"""The models on the GPU, by the SHA-256 of their files, and where a plan puts each of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from render.assets.pieces import PackedShape, PictureKey, Piece
from render.assets.storage import StorageAtOnce, StorageMaker
from render.gpu.context import draws_in_software
from render.models.crowd import share_of_loop
from render.models.figure import person
from render.models.gpu import GpuModel, ModelUpload
from render.models.gpu_crowd import GpuCrowd, PlacedCrowd
from render.models.measured_room import measured_room
from render.models.model import Model
from render.models.pack import unpack
from render.models.placing import PlacedModel, place_model, stage_from_crowd, stage_from_model
from render.models.pose import Posing
from render.models.street import street
from render.models.textures import NoStorageError
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import MODEL_SPACE, BuiltIn, ModelPlan
from tracking.records import ConfigError

_ANISOTROPY = 8.0
_MOST_CROWDS = 4
"""Of one model."""
_MOST_PLACES = 8
"""Where one model stands in a frame and stood in the last one: layers of a world may show the same file."""
_BUILT_IN: Mapping[BuiltIn, Callable[[], Model]] = {"street": street, "people": person, "room": measured_room}


@dataclass(slots=True, eq=False)
class _Held:
    """A model on the GPU, and how much memory was reckoned with; `placed` are poses of the newest plan."""

    gpu: GpuModel
    posing: Posing
    bytes: int
    placed: list[tuple[ModelPlan, float, PlacedModel]] = field(default_factory=list)
    crowds: list[GpuCrowd] = field(default_factory=list)

    def still(self, light: ModelPlan) -> ModelPlan:
        """The plan without its crowd, and without its time where nothing moves: then it is the same in every frame."""
        moves = _movement(self.gpu.source, light.movement) is not None
        return msgspec.structs.replace(light, crowd=msgspec.UNSET, time_us=light.time_us if moves else 0)

    def release(self) -> None:
        """Frees its graphics memory."""
        for crowd in self.crowds:
            crowd.release()
        self.gpu.release()


class PlacedScene(NamedTuple):
    """What a plan shows of a scene. `light` is the plan without what makes no difference, and `casts` what throws
    shadows: all but the crowd.
    """

    light: ModelPlan
    casts: ModelPlan
    models: tuple[PlacedModel, ...]
    crowds: tuple[PlacedCrowd, ...] = ()


class HeldModels:
    """Models in graphics memory, ready to be placed. The one that was placed longest ago makes room first.

    `prepare` makes each ready to be drawn, step by step, before it is there; `prepare_crowd` is called with each crowd.
    """

    def __init__(
        self,
        context: moderngl.Context,
        prepare: Callable[[GpuModel], Iterator[None]],
        prepare_crowd: Callable[[GpuCrowd], None],
        *,
        has_edges: bool = False,
    ) -> None:
        self._context = context
        self._anisotropy = 1.0 if draws_in_software(context) else _ANISOTROPY
        self._held: dict[str, _Held] = {}
        self._built_in: dict[BuiltIn, _Held] = {}
        self._prepare = prepare
        self._prepare_crowd = prepare_crowd
        self._has_edges = has_edges
        self._arriving: dict[PictureKey, PackedUpload] = {}
        self._maker: StorageMaker = StorageAtOnce(context)

    def store_by(self, maker: StorageMaker) -> None:
        """Has the storage of textures made by `maker` from now on, for what comes in steps."""
        self._maker = maker

    @property
    def bytes(self) -> int:
        """What they take, with those on their way."""
        arriving = sum(upload.shape.gpu_bytes for upload in self._arriving.values())
        return sum(held.bytes for held in (*self._held.values(), *self._built_in.values())) + arriving

    def __contains__(self, key: PictureKey) -> bool:
        return key.colour_space == MODEL_SPACE and key.sha256 in self._held

    def begin(self, key: PictureKey, shape: PackedShape) -> PackedUpload:
        """One on its way, which is there to be placed once it is done."""
        upload = PackedUpload(
            shape,
            lambda model: GpuModel.begin(
                self._context, model, anisotropy=self._anisotropy, has_edges=self._has_edges, maker=self._maker
            ),
            self._prepare,
            lambda: self._take(key),
        )
        self._arriving[key] = upload
        return upload

    def give_up(self, key: PictureKey) -> None:
        """Drops one that was on its way."""
        upload = self._arriving.pop(key, None)
        if upload is not None:
            upload.drop()

    def may_go(self, keep: Container[PictureKey]) -> dict[PictureKey, int]:
        """What can make room, and how many bytes that frees."""
        found = {PictureKey(asset, MODEL_SPACE): held.bytes for asset, held in self._held.items()}
        return {key: size for key, size in found.items() if key not in keep}

    def load(self, asset: str, model: Model | None) -> None:
        """Puts a model on the GPU at once; None frees it."""
        self.forget(PictureKey(asset, MODEL_SPACE))
        if model is None:
            return
        gpu = GpuModel(self._context, model, anisotropy=self._anisotropy, has_edges=self._has_edges)
        self._prepare_whole(gpu)
        self._held[asset] = _Held(gpu, Posing(model), gpu.bytes)

    def forget(self, key: PictureKey) -> None:
        """Frees a model, if it is there."""
        held = self._held.pop(key.sha256, None) if key.colour_space == MODEL_SPACE else None
        if held is not None:
            held.release()

    def placed(self, light: ModelPlan, turn_deg: float) -> PlacedScene | None:
        """A scene as a plan has it, at its time. None where it is not on the GPU."""
        held = self._used(light)
        if held is None:
            return None
        if light.crowd is msgspec.UNSET:
            alone = held.still(light)
            return PlacedScene(alone, alone, (self._model(held, alone, turn_deg),))
        if light.scene == "street":
            alone = held.still(light)
            people = self._used(msgspec.structs.replace(light, scene="people"))
            assert people is not None
            crowds = (self._crowd(people, light.crowd, light, turn_deg),)
            return PlacedScene(light, alone, (self._model(held, alone, turn_deg),), crowds)
        nothing = msgspec.structs.replace(light, asset="", crowd=msgspec.UNSET, time_us=0)
        return PlacedScene(light, nothing, (), (self._crowd(held, light.crowd, light, turn_deg),))

    @staticmethod
    def _model(held: _Held, light: ModelPlan, turn_deg: float) -> PlacedModel:
        for known, turned, placed in held.placed:
            if known == light and turned == turn_deg:
                return placed
        fresh = _placed(held, light, turn_deg)
        held.placed = [*held.placed[1 - _MOST_PLACES :], (light, turn_deg, fresh)]
        return fresh

    def _crowd(self, held: _Held, plan: CrowdPlan, light: ModelPlan, turn_deg: float) -> PlacedCrowd:
        movement = _movement(held.gpu.source, msgspec.UNSET if light.scene == "street" else light.movement)
        crowd = next((one for one in held.crowds if (one.plan, one.movement) == (plan, movement)), None)
        if crowd is None:
            crowd = GpuCrowd(self._context, held.gpu, plan, movement)
            self._prepare_crowd(crowd)
            while len(held.crowds) >= _MOST_CROWDS:
                held.crowds.pop(0).release()
            held.crowds.append(crowd)
        ground = stage_from_crowd(light.origin_m, turn_deg, light.scale, plan.floor_m)
        return PlacedCrowd(crowd, ground, share_of_loop(light.time_us))

    def build(self, lights: Iterable[object]) -> None:
        """Makes the built-in scenes of these lights that are not there yet, and their crowds: it takes longer than a
        frame.
        """
        named = [light for light in lights if isinstance(light, ModelPlan) and light.scene is not msgspec.UNSET]
        people: list[BuiltIn] = ["people" for light in named if light.crowd is not msgspec.UNSET]
        for scene in (*(light.scene for light in named), *people):
            if scene is msgspec.UNSET or scene in self._built_in:
                continue
            gpu = GpuModel(self._context, _BUILT_IN[scene](), anisotropy=self._anisotropy, has_edges=self._has_edges)
            self._prepare_whole(gpu)
            self._built_in[scene] = _Held(gpu, Posing(gpu.source), gpu.bytes)
        for light in named[::-1]:
            if light.crowd is not msgspec.UNSET:
                self._crowd(self._built_in["people"], light.crowd, light, 0.0)

    def _prepare_whole(self, gpu: GpuModel) -> None:
        for _ in self._prepare(gpu):
            pass

    def _used(self, light: ModelPlan) -> _Held | None:
        """What a plan names; of files it is the last to make room from now on."""
        if light.scene is not msgspec.UNSET:
            if light.scene not in self._built_in:
                self.build((light,))
            return self._built_in[light.scene]
        held = self._held.pop(light.asset, None)
        if held is not None:
            self._held[light.asset] = held
        return held

    def _take(self, key: PictureKey) -> None:
        upload = self._arriving.pop(key, None)
        if upload is not None and upload.whole is not None:
            self.forget(key)
            gpu = upload.whole
            self._held[key.sha256] = _Held(gpu, Posing(gpu.source), max(gpu.bytes, upload.shape.gpu_bytes))


class PackedUpload:
    """A packed model on its way to the GPU: its bytes come in pieces, and then it is made of them step by step."""

    def __init__(
        self,
        shape: PackedShape,
        begin: Callable[[Model], ModelUpload],
        prepare: Callable[[GpuModel], Iterator[None]],
        done: Callable[[], None],
    ) -> None:
        self.shape = shape
        self.done = done
        self.failure = ""
        self.whole: GpuModel | None = None
        self._begin = begin
        self._packed: NDArray[np.uint8] | None = np.empty(shape.bytes, dtype=np.uint8)
        self._making: ModelUpload | None = None
        self._prepare = prepare
        self._preparing: Iterator[None] | None = None

    def is_ready(self, wait_s: float | None = 0.0) -> bool:  # noqa: ARG002 - pictures wait for their storage
        """Its bytes go to the processor's memory first, which is there."""
        return True

    def write(self, piece: Piece, halves: NDArray[Any]) -> None:
        """Takes a piece."""
        assert self._packed is not None
        self._packed[piece.offset : piece.offset + piece.bytes] = halves.view(np.uint8)

    def finish(self) -> bool:
        """A step towards the GPU. Whether that was the last one, or why there is none is in `failure`."""
        if self._making is None:
            assert self._packed is not None
            try:
                model = unpack(self._packed.data)
            except ConfigError as error:
                self.failure = error.findings[0]
                return True
            self._making = self._begin(model)
            return False
        if self._preparing is None:
            try:
                self._making.step()
            except NoStorageError as error:
                self.failure = str(error)
                return True
            if self._making.is_done:
                self._preparing, self._packed = self._prepare(self._making.model), None
            return False
        if next(self._preparing, self._making) is self._making:
            self.whole = self._making.model
        return self.whole is not None

    def drop(self) -> None:
        """Frees what there is of it."""
        if self._making is not None:
            self._making.give_up()
        self._packed = self._making = self._preparing = self.whole = None


def _placed(held: _Held, light: ModelPlan, turn_deg: float) -> PlacedModel:
    model, world = held.gpu.source, stage_from_model(light.origin_m, turn_deg, light.scale)
    pose = held.posing.at(_movement(model, light.movement), light.time_us * 1e-6)
    return place_model(held.gpu, world, pose.nodes, pose.skins, pose.weights)


def _movement(model: Model, wanted: str | msgspec.UnsetType) -> int | None:
    """The place of the movement that a plan names; the first one where it names none. None, for rest, for no such."""
    if wanted is msgspec.UNSET:
        return 0 if model.movements else None
    return next((place for place, one in enumerate(model.movements) if one.name == wanted and wanted), None)
