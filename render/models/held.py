"""The models on the GPU, by the SHA-256 of their files, and where a plan puts each of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import moderngl
import msgspec

from render.assets.pieces import PackedShape, PictureKey
from render.assets.storage import StorageAtOnce, StorageMaker
from render.gpu.context import draws_in_software
from render.models.crowd import figures_of_each, share_of_loop
from render.models.figure import person
from render.models.gpu import GpuModel
from render.models.gpu_crowd import GpuCrowd, PlacedCrowd, gait_of
from render.models.measured_room import measured_room
from render.models.model import Model, Stood
from render.models.packed_upload import PackedUpload
from render.models.placing import PlacedModel, place_model, stage_from_crowd, stage_from_model
from render.models.pose import Posing
from render.models.street import street
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import BuiltIn, ModelPlan
from render.worlds.model.spaces import MODEL_SPACE

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
        self._held: dict[PictureKey, _Held] = {}
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
        return key in self._held

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
        return {key: held.bytes for key, held in self._held.items() if key not in keep}

    def load(self, asset: str, model: Model | None, space: str = MODEL_SPACE) -> None:
        """Puts a model on the GPU at once, or what its file was read for by `space`; None frees it."""
        self.forget(PictureKey(asset, space))
        if model is None:
            return
        gpu = GpuModel(self._context, model, anisotropy=self._anisotropy, has_edges=self._has_edges)
        self._prepare_whole(gpu)
        self._held[PictureKey(asset, space)] = _Held(gpu, Posing(model), gpu.bytes)

    def forget(self, key: PictureKey) -> None:
        """Frees a model, if it is there."""
        held = self._held.pop(key, None)
        if held is not None:
            held.release()

    def placed(self, light: ModelPlan, turn_deg: float) -> PlacedScene | None:
        """A scene as a plan has it, at its time. None where it, or anything of its crowd, is not on the GPU."""
        crowds = self._crowds(light, turn_deg)
        held = self._used(light) if light.stands_beside else None
        if crowds is None or (held is None and light.stands_beside):
            return None
        if held is None:
            nothing = msgspec.structs.replace(light, asset="", crowd=msgspec.UNSET, time_us=0)
            return PlacedScene(light, nothing, (), crowds)
        alone = held.still(light)
        model = self._model(held, alone, turn_deg)
        return PlacedScene(light if crowds else alone, alone, (model,), crowds)

    @staticmethod
    def _model(held: _Held, light: ModelPlan, turn_deg: float) -> PlacedModel:
        for known, turned, placed in held.placed:
            if known == light and turned == turn_deg:
                return placed
        fresh = _placed(held, light, turn_deg)
        held.placed = [*held.placed[1 - _MOST_PLACES :], (light, turn_deg, fresh)]
        return fresh

    def _crowds(self, light: ModelPlan, turn_deg: float) -> tuple[PlacedCrowd, ...] | None:
        """The crowd of a plan, one for each of its models. None where anything of it is not on the GPU."""
        plan = light.crowd
        if plan is msgspec.UNSET:
            return ()
        figures = self._figures(light, plan)
        if figures is None:
            return None
        wanted = msgspec.UNSET if light.stands_beside else light.movement
        movements = [_movement(held.gpu.source, wanted) for held in figures]
        crowds = [_known(held, plan, movement) for held, movement in zip(figures, movements, strict=True)]
        if not all(crowds):
            stood = self._stood(plan)
            if stood is None and plan.area_m is None:
                return None
            crowds = self._made(plan, figures, movements, stood)
        ground = stage_from_crowd(light.origin_m, turn_deg, light.scale, plan.floor_m)
        moment = share_of_loop(light.time_us)
        return tuple(PlacedCrowd(crowd, ground, moment) for crowd in crowds if crowd is not None)

    def _figures(self, light: ModelPlan, plan: CrowdPlan) -> list[_Held] | None:
        """The models of a crowd."""
        if not plan.models:
            own = msgspec.structs.replace(light, scene="people") if light.scene == "street" else light
            held = self._used(own)
            return None if held is None else [held]
        found = [self._used_file(PictureKey(asset, MODEL_SPACE)) for asset in plan.models]
        return [held for held in found if held is not None] if all(found) else None

    def _stood(self, plan: CrowdPlan) -> Stood | None:
        """Where a crowd stands on a mesh."""
        held = self._used_file(PictureKey(plan.area, plan.ground_space())) if isinstance(plan.area, str) else None
        return None if held is None else held.gpu.source.stood

    def _made(
        self, plan: CrowdPlan, figures: list[_Held], movements: list[int | None], stood: Stood | None
    ) -> list[GpuCrowd | None]:
        named = () if plan.figures is msgspec.UNSET else plan.figures
        shares = [named.count(asset) for asset in plan.models] or [1]
        gaits = [
            gait_of(held.gpu, plan, movement, share)
            for held, movement, share in zip(figures, movements, shares, strict=True)
        ]
        crowds: list[GpuCrowd | None] = []
        for held, movement, rows in zip(figures, movements, figures_of_each(plan, gaits, stood), strict=True):
            crowd = GpuCrowd(self._context, held.gpu, plan, movement, rows)
            self._prepare_crowd(crowd)
            while len(held.crowds) >= _MOST_CROWDS:
                held.crowds.pop(0).release()
            held.crowds.append(crowd)
            crowds.append(crowd)
        return crowds

    def build(self, lights: Iterable[object]) -> None:
        """Makes the built-in scenes of these lights that are not there yet, and their crowds: it takes longer than a
        frame.
        """
        named = [light for light in lights if isinstance(light, ModelPlan) and light.scene is not msgspec.UNSET]
        crowded = [light for light in named if light.crowd is not msgspec.UNSET]
        people: list[BuiltIn] = ["people" for light in crowded if light.scene == "street"]
        for scene in (*(light.scene for light in named), *people):
            if scene is msgspec.UNSET or scene in self._built_in:
                continue
            gpu = GpuModel(self._context, _BUILT_IN[scene](), anisotropy=self._anisotropy, has_edges=self._has_edges)
            self._prepare_whole(gpu)
            self._built_in[scene] = _Held(gpu, Posing(gpu.source), gpu.bytes)
        for light in crowded[::-1]:
            self._crowds(light, 0.0)

    def _prepare_whole(self, gpu: GpuModel) -> None:
        for _ in self._prepare(gpu):
            pass

    def _used(self, light: ModelPlan) -> _Held | None:
        """What a plan names; of files it is the last to make room from now on."""
        if light.scene is not msgspec.UNSET:
            if light.scene not in self._built_in:
                self.build((light,))
            return self._built_in[light.scene]
        return self._used_file(PictureKey(light.asset, MODEL_SPACE))

    def _used_file(self, key: PictureKey) -> _Held | None:
        held = self._held.pop(key, None)
        if held is not None:
            self._held[key] = held
        return held

    def _take(self, key: PictureKey) -> None:
        upload = self._arriving.pop(key, None)
        if upload is not None and upload.whole is not None:
            self.forget(key)
            gpu = upload.whole
            self._held[key] = _Held(gpu, Posing(gpu.source), max(gpu.bytes, upload.shape.gpu_bytes))


def _placed(held: _Held, light: ModelPlan, turn_deg: float) -> PlacedModel:
    model, world = held.gpu.source, stage_from_model(light.origin_m, turn_deg, light.scale)
    pose = held.posing.at(_movement(model, light.movement), light.time_us * 1e-6)
    return place_model(held.gpu, world, pose.nodes, pose.skins, pose.weights)


def _known(held: _Held, plan: CrowdPlan, movement: int | None) -> GpuCrowd | None:
    """The crowd of this model that was made for a plan."""
    return next((one for one in held.crowds if (one.plan, one.movement) == (plan, movement)), None)


def _movement(model: Model, wanted: str | msgspec.UnsetType) -> int | None:
    """The place of the movement that a plan names; the first one where it names none. None, for rest, for no such."""
    if wanted is msgspec.UNSET:
        return 0 if model.movements else None
    return next((place for place, one in enumerate(model.movements) if one.name == wanted and wanted), None)
