"""Pictures in graphics memory by the SHA-256 of their files and their colour space, within a budget.

They are written level by level in pieces, so that a running stage can write a few in each frame. The driver makes
no levels, storage is used again where it fits, and a running stage has new storage made on a thread.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Container, Iterable
from typing import Any

import moderngl
import numpy as np
import numpy.typing as npt

from render.assets.depth_levels import make_depth_levels
from render.assets.halves import Halves
from render.assets.levels import make_levels
from render.assets.pieces import OtherAssets, PackedShape, PictureKey, PictureShape, Piece, Upload
from render.assets.storage import CHANNELS, Storage, StorageAtOnce, StorageMaker
from render.assets.storage_thread import storage_thread
from render.gpu.context import largest_texture_px
from render.images.faults import PictureError, RefusedFileError
from render.worlds.shared.depth import depth_kind_in
from tracking.records import ConfigError

BUDGET_MIB = 2048
_MIB = 1 << 20
_ROWS_AT_ONCE = 256


class NoRoomError(RefusedFileError):
    """A picture does not fit into the budget beside what may not be pushed out. All figures in MiB."""

    def __init__(
        self, needed_mib: float, budget_mib: float, in_use_mib: float, budget: str = "library.gpu_mib"
    ) -> None:
        self.needed_mib, self.budget_mib, self.in_use_mib = needed_mib, budget_mib, in_use_mib
        figures = {"needed": round(needed_mib), "budget": round(budget_mib), "in_use": round(in_use_mib)}
        super().__init__(PictureError("gpu_no_room", **figures), budget)


class PictureUpload:
    """One picture on its way to the GPU. All pieces have to be written, in any order, before it is `done`.

    Nothing may be written before `is_ready`, which says that its storage is there, or with `failure` why it cannot be.
    """

    def __init__(
        self, storage: Storage, shape: PictureShape, context: moderngl.Context, done: Callable[[], None]
    ) -> None:
        self._storage = storage
        self._context = context
        self._gl = importlib.import_module("OpenGL.GL")
        self._format = self._gl.GL_RGB if shape.channels == 3 else self._gl.GL_RGBA
        self.done = done

    @property
    def failure(self) -> str:
        """Why there is no storage for it."""
        return self._storage.failure

    def is_ready(self, wait_s: float | None = 0.0) -> bool:
        """Whether its storage is there or has failed, after so long at most; None: however long that takes."""
        return self._storage.is_settled or (wait_s != 0.0 and self._storage.wait(wait_s))

    def finish(self) -> bool:
        """Nothing is left to be done once all is written."""
        return True

    def write(self, piece: Piece, halves: npt.NDArray[Any]) -> None:
        """Writes a piece: the bytes of its half floats, as an array of any type."""
        gl = self._gl
        self._storage.texture(self._context).use(0)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        place = (piece.level, 0, piece.top, piece.columns, piece.rows)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, *place, self._format, gl.GL_HALF_FLOAT, halves.view(np.float16))


class PictureTextures:
    """Pictures in graphics memory. Those not used for longest are pushed out where others need room in the budget.

    `pushed_out` lists which were, until somebody clears it. Storage that is free is kept for the next picture of its
    size, as long as the budget has room for it: making and freeing it may take a driver longer than a frame.
    """

    def __init__(
        self, context: moderngl.Context, budget_mib: float = BUDGET_MIB, others: OtherAssets | None = None
    ) -> None:
        self._context = context
        self._others = others
        self._budget = int(budget_mib * _MIB)
        self._maker: StorageMaker = StorageAtOnce(context)
        self._textures: dict[PictureKey, Storage] = {}
        self._arriving: dict[PictureKey, Storage] = {}
        self._spare: list[Storage] = []
        self.pushed_out: list[PictureKey] = []

    @property
    def in_use_mib(self) -> float:
        """Graphics memory of everything in the budget, with what is on its way."""
        return (_bytes_of([*self._textures.values(), *self._arriving.values()]) + self._other_bytes()) / _MIB

    def __contains__(self, key: PictureKey) -> bool:
        return key in self._textures or (self._others is not None and key in self._others)

    def make_beside(self) -> bool:
        """From now on a thread makes and frees storage, until `close`. False where driver or context allow none."""
        thread = storage_thread(self._context)
        if thread is not None:
            self._make_by(thread)
        return thread is not None

    def close(self) -> None:
        """Ends the thread. To be called before the context is released; pictures stay until then."""
        self._maker.close()
        self._make_by(StorageAtOnce(self._context))

    def _make_by(self, maker: StorageMaker) -> None:
        self._maker = maker
        if self._others is not None:
            self._others.store_by(maker)

    def reserve(self, rows: int, columns: int) -> bool:
        """Makes storage for a picture that will come later. False where there is no room for it."""
        needed = PictureShape(rows, columns, CHANNELS).gpu_bytes
        if max(rows, columns) > largest_texture_px(self._context) or self._free_bytes() < needed:
            return False
        storage = self._maker.make(rows, columns)
        storage.wait()
        self._spare.append(storage)
        return not storage.failure

    def expect(self, rows: int, columns: int) -> None:
        """Has storage made for a picture that will come, unless there is such storage, or no room that is free."""
        needed = PictureShape(rows, columns, CHANNELS).gpu_bytes
        is_there = any(storage.size == (columns, rows) for storage in self._spare)
        if not is_there and max(rows, columns) <= largest_texture_px(self._context) and self._free_bytes() >= needed:
            self._spare.append(self._maker.make(rows, columns))

    def begin_any(self, key: PictureKey, shape: PictureShape | PackedShape, keep: Container[PictureKey] = ()) -> Upload:
        """The same as `begin` for whatever there is in the budget."""
        if isinstance(shape, PictureShape):
            return self.begin(key, shape, keep)
        assert self._others is not None
        self.give_up(key)
        self._make_room(shape.gpu_bytes, keep, lambda: False)
        return self._others.begin(key, shape)

    def begin(self, key: PictureKey, shape: PictureShape, keep: Container[PictureKey] = ()) -> PictureUpload:
        """Makes room for a picture, which is there to be used once everything is written and it is `done`.

        Pictures in `keep` are never pushed out. Raises NoRoomError where that leaves too little, and ConfigError for a
        picture that this driver cannot hold; then nothing was pushed out.
        """
        largest = largest_texture_px(self._context)
        if max(shape.rows, shape.columns) > largest:
            size = {"columns": shape.columns, "rows": shape.rows}
            raise RefusedFileError(PictureError("picture_beyond_driver", **size, most=largest), "world.file")
        self.give_up(key)
        storage = self._arriving[key] = self._storage_for(shape, keep)

        def done() -> None:
            if self._arriving.get(key) is storage:
                self.forget(*key)
                self._textures[key] = self._arriving.pop(key)

        return PictureUpload(storage, shape, self._context, done)

    def load(self, asset: str, pixels: npt.NDArray[Any], colour_space: str = "") -> None:
        """Puts a scene-linear ACEScg picture (rows, columns, 3, or 4 with alpha), row 0 the top, on the GPU at once; or
        a depth map, whose first channel is what it holds.

        Raises ConfigError for pixels that are not a picture, or that do not fit, or where the driver has no memory.
        """
        if pixels.ndim != 3 or pixels.shape[2] not in {3, 4} or pixels.size == 0:
            raise ConfigError(f"world.file: found a picture of shape {pixels.shape}, expected (rows, columns, 3 or 4)")
        rows, columns, channels = pixels.shape
        key, shape = PictureKey(asset, colour_space), PictureShape(rows, columns, channels)
        upload = self.begin(key, shape)
        upload.is_ready(wait_s=None)
        if upload.failure:
            self.give_up(key)
            needed = round(shape.gpu_bytes / _MIB)
            raise RefusedFileError(PictureError("gpu_no_memory", needed=needed, found=upload.failure), "world.file")
        bands = ((top, pixels[top : top + _ROWS_AT_ONCE]) for top in range(0, rows, _ROWS_AT_ONCE))

        def put(level: int, top: int, halves: Halves) -> None:
            upload.write(Piece(level, top, halves.shape[0], halves.shape[1], 0, halves.nbytes), halves)

        if depth_kind_in(colour_space) is None:
            make_levels((rows, columns), bands, put)
        else:
            make_depth_levels(pixels[..., 0], put)
        upload.done()

    def forget(self, asset: str, colour_space: str = "") -> None:
        """Frees a picture's storage for others, or whatever else it is, if it is there."""
        if self._others is not None:
            self._others.forget(PictureKey(asset, colour_space))
        storage = self._textures.pop(PictureKey(asset, colour_space), None)
        if storage is not None:
            self._spare.append(storage)

    def give_up(self, key: PictureKey) -> None:
        """Frees the storage of a picture that was on its way, or whatever else it is."""
        if self._others is not None:
            self._others.give_up(key)
        storage = self._arriving.pop(key, None)
        if storage is not None:
            self._spare.append(storage)

    def use(self, asset: str, colour_space: str = "") -> moderngl.Texture | None:
        """The picture's texture, to be drawn with now; None where it is not there."""
        key = PictureKey(asset, colour_space)
        storage = self._textures.pop(key, None)
        if storage is None:
            return None
        self._textures[key] = storage  # used last, so the last to make room
        return storage.texture(self._context, blends_levels=depth_kind_in(colour_space) is None)

    def _free_bytes(self) -> int:
        pictures = _bytes_of([*self._textures.values(), *self._arriving.values(), *self._spare])
        return self._budget - pictures - self._other_bytes()

    def _other_bytes(self) -> int:
        return 0 if self._others is None else self._others.bytes

    def _storage_for(self, shape: PictureShape, keep: Container[PictureKey]) -> Storage:
        """Storage of that size: spare, of a picture that is pushed out, or new."""
        size = (shape.columns, shape.rows)

        def fitting() -> Storage | None:
            return next((one for one in self._spare if one.size == size and not one.failure), None)

        self._make_room(shape.gpu_bytes, keep, lambda: fitting() is not None)
        found = fitting()
        if found is None:
            return self._maker.make(shape.rows, shape.columns)
        self._spare.remove(found)
        return found

    def _make_room(self, needed: int, keep: Container[PictureKey], is_there: Callable[[], bool]) -> None:
        """Frees spare storage, and pushes out what may go, until there is room for so much, or it is there."""
        self._spare = [storage for storage in self._spare if not storage.failure]
        may_go = {key: storage.bytes for key, storage in self._textures.items() if key not in keep}
        if self._others is not None:
            may_go |= self._others.may_go(keep)
        could_be_free = self._free_bytes() + _bytes_of(self._spare) + sum(may_go.values())
        if could_be_free < needed:
            raise NoRoomError(needed / _MIB, self._budget / _MIB, (self._budget - could_be_free) / _MIB)
        leaving = iter(may_go)
        while not is_there() and self._free_bytes() < needed:
            if self._spare:
                self._maker.free(self._spare.pop(0))
            else:
                key = next(leaving)
                self.pushed_out.append(key)
                self.forget(*key)


def _bytes_of(storages: Iterable[Storage]) -> int:
    return sum(storage.bytes for storage in storages)
