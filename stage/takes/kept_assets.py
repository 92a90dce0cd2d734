"""The files that takes name, kept beside the takes: once each, by the hash of their bytes.

So a take can be drawn again although its files were replaced. A file whose bytes are no longer those that were loaded
is kept as the run's own decoded copy of it, which draws the same.
"""

from __future__ import annotations

import collections
import contextlib
import errno
import fcntl
import hashlib
import os
import queue
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from render.images.picture_hashes import file_sha256, mask_beside, picture_sha256, sha256_with_mask
from render.worlds.shared.file_names import is_mask, mask_name
from stage.assets.levels_file import HEADER_BYTES, LEVELS_SUFFIX, source_sha256
from stage.run.disk import MEGABYTE, free_bytes
from stage.run.whole_files import sync_directory
from stage.show.frame.inputs import Cause
from tracking.records import JOB_FAILURES, Evolving, Scalar
from tracking.sources.ordinary_files import open_ordinary
from tracking.system_faults import said_by_system

FOLDER = "assets"
"""The folder of kept files, beside the takes."""
_HASH = re.compile("[0-9a-f]{64}")
_UNFINISHED = ".unfinished"
_PIECE_BYTES = 8 * MEGABYTE
_LONGEST_ENDING = 16
_NICENESS = 10
_GIVING_UP_S = 0.1
IsRight = Callable[[str, bytes], bool]
"""Judges a copy by the hash of all its bytes, and the first of them."""


class AssetToKeep(Evolving):
    """A file that a take names: its name in the configuration, its hash, where it is, and the run's decoded copy.

    `copy` is "" where there is none; it is of the file as decoded by `colour_space`, "" for what its type implies.
    """

    file: str
    sha256: str
    path: str
    colour_space: str = ""
    copy: str = ""


class AssetStore:
    """The kept files of one folder of takes. `spare_bytes` of its disk are left free."""

    def __init__(self, takes: Path, spare_bytes: int = 0) -> None:
        self.folder = takes / FOLDER
        self._spare_bytes = spare_bytes
        self._checked: set[Path] = set()
        self._ended = threading.Event()

    def keep(self, asset: AssetToKeep) -> Cause | None:
        """Keeps a file, unless it is there already; returns why it could not be kept.

        What is there under its name is believed once its hash was checked, at the first time. A file that cannot be
        read, or has other bytes by now, is kept as the run's decoded copy.
        """
        trouble: OSError | None = None
        for keep in (self._keep_file, self._keep_decoded):
            try:
                if keep(asset):
                    return None
            except OSError as error:
                trouble = trouble or error
        if isinstance(trouble, _NoRoomError):
            return Cause(code="take_asset_no_room", values={"file": asset.file, **trouble.values})
        if trouble is not None:
            found = said_by_system(trouble)
            return Cause(code="take_asset_not_kept", values={"file": asset.file, "found": found})
        return Cause(code="take_asset_replaced", values={"file": asset.file})

    def find(self, sha256: str) -> Path | None:
        """The kept file with this hash, its bytes checked."""
        if not _HASH.fullmatch(sha256):
            return None
        for place in sorted(self.folder.glob(f"{sha256}.*")):
            if place.suffix != LEVELS_SUFFIX and not is_mask(place.name) and self._is_kept(place, sha256):
                return place
        return None

    def find_decoded(self, sha256: str, colour_space: str) -> Path | None:
        """The run's decoded copy of a file that could no longer be kept itself.

        It says that it was decoded from that file; the light in it is not checked.
        """
        place = self._decoded_place(sha256, colour_space)
        return place if _HASH.fullmatch(sha256) and _is_decoded_from(place, sha256) else None

    def sweep(self) -> None:
        """Removes what a killed recorder left half written; what another one is writing is locked."""
        for left in self.folder.glob(f".*{_UNFINISHED}"):
            with contextlib.suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()

    def end(self) -> None:
        """Gives up the file that another thread is copying."""
        self._ended.set()

    @property
    def is_ended(self) -> bool:
        """Whether no more files are kept."""
        return self._ended.is_set()

    def _keep_file(self, asset: AssetToKeep) -> bool:
        """Keeps a file and, beside it under a name that fits, the mask with which it was loaded, if it has one."""
        place = self.folder / f"{asset.sha256}{_ending(asset.file)}"
        if self._is_kept(place, asset.sha256):
            return True
        if not all(self._copy(*copy) for copy in _copies(asset, place)):
            return False
        self._checked.add(place)
        return True

    def _keep_decoded(self, asset: AssetToKeep) -> bool:
        place = self._decoded_place(asset.sha256, asset.colour_space)
        if _is_decoded_from(place, asset.sha256):
            return True

        def is_right(_sha256: str, start: bytes) -> bool:
            """The run has one copy for each path: it may be of a newer file already."""
            return source_sha256(start) == asset.sha256

        return bool(asset.copy) and self._copy(Path(asset.copy), place, is_right)

    def _decoded_place(self, sha256: str, colour_space: str) -> Path:
        space = hashlib.sha256(colour_space.encode()).hexdigest()[:8] if colour_space else "as-is"
        return self.folder / f"{sha256}.{space}{LEVELS_SUFFIX}"

    def _is_kept(self, place: Path, sha256: str) -> bool:
        if place not in self._checked and place.is_file() and _sha256(place) == sha256:
            self._checked.add(place)
        return place in self._checked and place.is_file()

    def _copy(self, source: Path, place: Path, is_right: IsRight) -> bool:
        """Copies a file under a hidden name, and gives it its own once it is whole, on the disk, and right.

        `is_right` judges the hash of all bytes and the first of them. False where it says no, or there is no file.
        """
        try:
            content = open_ordinary(source)
        except FileNotFoundError:
            return False
        with content:
            size = os.fstat(content.fileno()).st_size
            self._look_for_room(size)
            fresh = place.with_name(f".{place.name}.{os.getpid()}{_UNFINISHED}")
            try:
                with fresh.open("wb") as target:
                    fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if not is_right(*self._copied(content, target, size)):
                        return False
                    fresh.replace(place)
                sync_directory(self.folder)
            finally:
                fresh.unlink(missing_ok=True)
        return True

    def _copied(self, content: BinaryIO, target: BinaryIO, size: int) -> tuple[str, bytes]:
        """Copies `size` bytes, and one more where the file grows meanwhile: so its hash is wrong, and the copy bounded.

        Each piece goes to the disk at once: many at the end could hold up the take, which is synced to the same disk.
        """
        found, start, left = hashlib.sha256(), b"", size
        while left >= 0 and (piece := content.read(min(_PIECE_BYTES, left + 1))):
            if self._ended.is_set():
                raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED))
            start = start or piece[:HEADER_BYTES]
            found.update(piece)
            target.write(piece)
            target.flush()
            os.fsync(target.fileno())
            left -= len(piece)
        return found.hexdigest(), start

    def _look_for_room(self, size: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        free, needed = free_bytes(self.folder), size + self._spare_bytes
        if free < needed:
            raise _NoRoomError({"free_mb": free // MEGABYTE, "needed_mb": needed // MEGABYTE})


class AssetKeeper:
    """Keeps files on a thread of its own, so that no frame waits for it. `report` takes why one could not be kept."""

    def __init__(self, store: AssetStore, report: Callable[[Cause], None]) -> None:
        self._store = store
        self._report = report
        self._jobs: queue.SimpleQueue[AssetToKeep | None] = queue.SimpleQueue()
        self._waiting: collections.deque[str] = collections.deque()
        self._thread = threading.Thread(target=self._run, name="assets", daemon=True)
        self._thread.start()

    def keep(self, assets: Iterable[AssetToKeep]) -> None:
        """Asks for these files to be kept."""
        for asset in assets:
            self._waiting.append(asset.file)
            self._jobs.put(asset)

    def end(self, wait_s: float) -> tuple[str, ...]:
        """Keeps what was asked for, as far as the time allows. Returns the files that it was too short for."""
        self._jobs.put(None)
        self._thread.join(wait_s)
        left = tuple(dict.fromkeys(self._waiting))
        if left:
            self._store.end()
            self._thread.join(_GIVING_UP_S)
        return left

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while (asset := self._jobs.get()) is not None and not self._store.is_ended:
            try:
                cause = self._store.keep(asset)
            except JOB_FAILURES as error:
                cause = Cause(code="take_asset_not_kept", values={"file": asset.file, "found": said_by_system(error)})
            self._waiting.popleft()
            if cause is not None:
                self._report(cause)


class _NoRoomError(OSError):
    """The disk has no room for a file."""

    def __init__(self, values: dict[str, Scalar]) -> None:
        super().__init__()
        self.values = values


def _ending(file: str) -> str:
    """The ending of a file's name, so that a kept file can be opened like any other."""
    ending = Path(file).suffix.lower()
    return ending if 1 < len(ending) <= _LONGEST_ENDING and ending[1:].isalnum() else ".file"


def _is_decoded_from(place: Path, sha256: str) -> bool:
    try:
        with open_ordinary(place) as file:
            return source_sha256(file.read(HEADER_BYTES)) == sha256
    except OSError:
        return False


def _copies(asset: AssetToKeep, place: Path) -> Iterator[tuple[Path, Path, IsRight]]:
    """What is to be copied where so that a file is kept: the mask with which it was loaded first, then itself.

    Raises OSError.
    """
    source = Path(asset.path)
    wanted, mask = asset.sha256, mask_beside(source)
    if mask is not None:
        own, of_mask = file_sha256(source), file_sha256(mask)
        if sha256_with_mask(own, of_mask) == asset.sha256:
            wanted = own
            yield mask, place.with_name(mask_name(place.name)), lambda sha256, _start: sha256 == of_mask
    yield source, place, lambda sha256, _start: sha256 == wanted


def _sha256(path: Path) -> str:
    """What a kept picture is known by."""
    try:
        return picture_sha256(path)
    except OSError:
        return ""
