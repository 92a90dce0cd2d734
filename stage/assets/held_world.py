"""The world of a running stage: on the GPU at once, or black until its file is there and can be read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from render.assets.decode import WorldPicture, decode_picture
from render.renderer import Renderer
from render.worlds.shared.records import PictureFile
from stage.assets.kept_world import KeptWorld
from stage.assets.worlds import load_worlds
from stage.loading.files import LoadedConfig, is_absent
from stage.show.frame.inputs import AssetReady, Condition, Observation
from tracking.records import JOB_FAILURES, ConfigError

RETRY_S = 1.0
_FAILURES: tuple[type[Exception], ...] = (ConfigError, *JOB_FAILURES)


class HeldWorld:
    """The world of `loaded`, drawn by `renderer`; `kept` holds what the run has decoded.

    With `recovers` a core follows a dead one: it shows the run's own copy, whatever became of the file. Otherwise a
    file that is absent is tried again every `RETRY_S` on a thread, and one that is no picture raises ConfigError.
    `ready` has an observation for each file on the GPU, those for the first frame at once.
    """

    def __init__(self, loaded: LoadedConfig, renderer: Renderer, kept: KeptWorld, *, recovers: bool) -> None:
        self._renderer = renderer
        self._kept = kept
        self._needed = loaded.config.first_world().layers[0].picture()
        self._path = Path() if self._needed is None else loaded.path_of(self._needed.file)
        self._arrived: deque[WorldPicture | str] = deque()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._reads = False
        self.ready: list[AssetReady] = []
        self._pending: list[Observation] = []
        self._open(loaded, recovers=recovers)

    @property
    def is_loading(self) -> bool:
        """Whether a picture is being read, or waits to be uploaded: it takes as much memory as it is large."""
        return self._reads or bool(self._arrived)

    def reports(self) -> Iterator[Observation]:
        """What is new since the last frame. A picture that was read meanwhile is uploaded here, while all is black."""
        yield from self._pending
        self._pending.clear()
        while self._arrived:
            arrived = self._arrived.popleft()
            if isinstance(arrived, str):
                yield self._missing(arrived)
            else:
                yield from self._put(arrived)

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(RETRY_S)

    def _open(self, loaded: LoadedConfig, *, recovers: bool) -> None:
        needed = self._needed
        if recovers and needed is not None and self._use_copy(needed):
            return
        if needed is not None and is_absent(self._path):
            self._hold("it is not there")
            return
        try:
            self.ready.extend(load_worlds(loaded, self._renderer))
        except ConfigError as error:
            if not recovers:
                raise
            self._hold(error.findings[0])

    def _use_copy(self, needed: PictureFile) -> bool:
        """Shows the run's copy, which health mentions if the file itself is gone."""
        copy = self._kept.copy_of(self._path, needed.colour_space)
        if copy is None:
            return False
        sha256, pixels = copy
        self._renderer.load_world(sha256, pixels)
        self.ready.append(AssetReady(file=needed.file, sha256=sha256))
        if is_absent(self._path):
            self._pending.append(Condition(code="world_from_copy", severity="warning", values={"file": needed.file}))
        return True

    def _hold(self, why: str) -> None:
        self._pending.append(self._missing(why))
        self._thread = threading.Thread(target=self._read_when_there, name="world", daemon=True)
        self._thread.start()

    def _missing(self, why: str) -> Condition:
        file = "" if self._needed is None else self._needed.file
        return Condition(code="world_missing", values={"file": file, "found": why})

    def _put(self, picture: WorldPicture) -> Iterator[Observation]:
        assert self._needed is not None
        try:
            self._renderer.load_world(picture.sha256, picture.pixels)
        except ConfigError as error:
            yield self._missing(error.findings[0])
            return
        self.ready.append(AssetReady(file=self._needed.file, sha256=picture.sha256))
        yield self.ready[-1]
        yield Condition(code="world_missing", values={"file": self._needed.file}, present=False)

    def _read_when_there(self) -> None:
        """Reads the file once it has stood still between two looks, since it may be copied at this moment."""
        assert self._needed is not None
        seen: tuple[int, int] | None = None
        refused: tuple[int, int] | None = None
        while not self._stop.wait(RETRY_S):
            now = _stamp(self._path)
            if now is not None and now == seen and now != refused:
                self._reads = True
                try:
                    self._kept.find(self._path, self._needed.colour_space)
                    picture = decode_picture(self._path, self._needed.colour_space)
                    self._kept.keep(picture)
                    self._arrived.append(picture)
                except _FAILURES as error:
                    refused = now
                    self._arrived.append(str(error))
                else:
                    return
                finally:
                    self._reads = False
            seen = now


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
