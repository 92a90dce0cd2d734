"""A loader process as the supervisor starts it, with the core's ends of its sockets."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from running_stage import PATIENCE_S, ROOT, children_of, wait_for

from stage.assets.messages import FromLoader, Loaded, LoaderHere, LoadFailed, Wanted, WantedPicture
from stage.assets.pipes import AssetPipes


class LoaderProcess:
    """A loader on the sockets of a run's folder. `restart` starts it anew."""

    def __init__(self, runtime: Path, before: tuple[str, ...] = ()) -> None:
        self.folder = runtime / "worlds"
        self.endpoints = f"ipc://{runtime}/wishes", f"ipc://{runtime}/answers"
        self._before = before
        self.restart()

    def restart(self) -> None:
        program = [sys.executable, "-m", "stage.assets.loader", "--parent", str(os.getpid())]
        program += ["--wishes", self.endpoints[0], "--answers", self.endpoints[1], "--folder", str(self.folder)]
        self.process = subprocess.Popen([*self._before, *program], cwd=ROOT, stdout=subprocess.DEVNULL)

    def decoder(self, after: int = 0) -> int:
        """The process id of its decoder, of the next one where `after` is that of one that was killed."""
        return next(iter(wait_for(lambda: children_of(self.process.pid).keys() - {after})))

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10.0)
        self.process.kill()
        self.process.wait()


class RunningLoader(LoaderProcess):
    """A loader with the core's ends of its sockets."""

    def __init__(self, runtime: Path, before: tuple[str, ...] = ()) -> None:
        super().__init__(runtime, before)
        self.pipes = AssetPipes(*self.endpoints)
        self.heard: list[FromLoader] = []

    def close(self) -> None:
        super().close()
        self.pipes.release()

    def ask(self, *pictures: WantedPicture, session: str = "test", examine: tuple[WantedPicture, ...] = ()) -> None:
        """Asks until the loader takes it."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.pipes.ask(Wanted(session=session, pictures=pictures, examine=examine)):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def hear(self, *kinds: type[FromLoader]) -> FromLoader:
        """The next message of these kinds; all others are kept in `heard`."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.pipes.wait(0.05)
            for message in self.pipes.receive():
                self.heard.append(message)
                if isinstance(message, kinds):
                    return message
        raise AssertionError(f"nothing of {kinds} came: {self.heard}")

    def answer(self, *pictures: WantedPicture) -> Loaded | LoadFailed:
        """Asks for pictures; the first answer on any of them."""
        self.ask(*pictures)
        return self.hear(Loaded, LoadFailed)


@contextlib.contextmanager
def loading(folder: Path) -> Iterator[RunningLoader]:
    """A loader that is there, and is gone afterwards."""
    loader = RunningLoader(folder)
    try:
        loader.hear(LoaderHere)
        yield loader
    finally:
        loader.close()


def wanted(path: Path, colour_space: str = "") -> WantedPicture:
    return WantedPicture(file=path.name, path=str(path), colour_space=colour_space)


def a_png(path: Path, seed: int = 1, rows: int = 32) -> Path:
    """A small picture, of which every seed makes another one."""
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (rows, 2 * rows, 3), dtype=np.uint8)).save(path)
    return path
