"""The files that takes name, kept beside the takes: once each, by the hash of their bytes.

So a take can be drawn again although its files were replaced. A file whose bytes are no longer those that were loaded
is kept as the run's own decoded copy of it, which draws the same.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from stage.run.disk import MEGABYTE, free_bytes
from stage.show.frame.inputs import Cause
from stage.takes.writer import sync_directory
from tracking.records import JOB_FAILURES, Evolving, Scalar
from tracking.sources.ordinary_files import open_ordinary

FOLDER = "assets"
"""The folder of kept files, beside the takes."""
LEVELS_SUFFIX = ".levels"
"""The ending of a decoded copy (`stage.assets.kept_pictures`)."""
_UNFINISHED = ".unfinished"
_PIECE_BYTES = 4 * MEGABYTE
_LONGEST_ENDING = 16
_NICENESS = 10


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

    def keep(self, asset: AssetToKeep) -> Cause | None:
        """Keeps a file, unless it is there already; returns why it could not be kept.

        What is there under its name is believed once its hash was checked, at the first time.
        """
        place = self.folder / f"{asset.sha256}{_ending(asset.file)}"
        try:
            if self._is_kept(place, asset.sha256):
                return None
            if self._copy(Path(asset.path), place, lambda: asset.sha256):
                return None
            copy = self._copy_place(asset)
            if copy.is_file() or (asset.copy and self._copy(Path(asset.copy), copy, lambda: "")):
                return None
        except _NoRoomError as error:
            return Cause(code="take_asset_no_room", values={"file": asset.file, **error.values})
        except OSError as error:
            found = error.strerror or type(error).__name__
            return Cause(code="take_asset_not_kept", values={"file": asset.file, "found": found})
        return Cause(code="take_asset_replaced", values={"file": asset.file})

    def find(self, sha256: str) -> Path | None:
        """The kept file with this hash, its bytes checked."""
        for place in sorted(self.folder.glob(f"{sha256}.*")):
            if place.suffix not in (LEVELS_SUFFIX, _UNFINISHED) and self._is_kept(place, sha256):
                return place
        return None

    def find_copy(self, sha256: str, colour_space: str) -> Path | None:
        """The run's decoded copy of a file that could no longer be kept itself; what is in it is not checked."""
        place = self._copy_place(AssetToKeep(file="", sha256=sha256, path="", colour_space=colour_space))
        return place if place.is_file() else None

    def sweep(self) -> None:
        """Removes what a killed recorder left half written."""
        for left in self.folder.glob(f".*{_UNFINISHED}"):
            left.unlink(missing_ok=True)

    def _copy_place(self, asset: AssetToKeep) -> Path:
        space = hashlib.sha256(asset.colour_space.encode()).hexdigest()[:8] if asset.colour_space else "as-is"
        return self.folder / f"{asset.sha256}.{space}{LEVELS_SUFFIX}"

    def _is_kept(self, place: Path, sha256: str) -> bool:
        if place not in self._checked and place.is_file() and _sha256(place) == sha256:
            self._checked.add(place)
        return place in self._checked and place.is_file()

    def _copy(self, source: Path, place: Path, expected: Callable[[], str]) -> bool:
        """Copies a file under a hidden name, and gives it its own once it is whole, on the disk, and as expected."""
        fresh = place.with_name(f".{place.name}{_UNFINISHED}")
        try:
            with open_ordinary(source) as content:
                self._look_for_room(os.fstat(content.fileno()).st_size)
                self.folder.mkdir(parents=True, exist_ok=True)
                found = hashlib.sha256()
                with fresh.open("wb") as target:
                    while piece := content.read(_PIECE_BYTES):
                        found.update(piece)
                        target.write(piece)
                    target.flush()
                    os.fsync(target.fileno())
            if expected() not in ("", found.hexdigest()):
                return False
            fresh.replace(place)
            sync_directory(self.folder)
        except FileNotFoundError:
            return False
        finally:
            fresh.unlink(missing_ok=True)
        if expected():
            self._checked.add(place)
        return True

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
        self._thread = threading.Thread(target=self._run, name="assets", daemon=True)
        self._thread.start()

    def keep(self, assets: Iterable[AssetToKeep]) -> None:
        """Asks for these files to be kept."""
        for asset in assets:
            self._jobs.put(asset)

    def end(self, wait_s: float) -> None:
        """Keeps what was asked for, as far as the time allows."""
        self._jobs.put(None)
        self._thread.join(wait_s)

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while (asset := self._jobs.get()) is not None:
            try:
                cause = self._store.keep(asset)
            except JOB_FAILURES as error:
                cause = Cause(code="take_asset_not_kept", values={"file": asset.file, "found": str(error)})
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


def _sha256(path: Path) -> str:
    try:
        with open_ordinary(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
