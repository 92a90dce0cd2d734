"""A core's end of the plates process without a picture: it asks for frames, and reads them as an upload would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from render.worlds.shared.media import MediaFacts, frame_bytes
from stage.plates.receiving import Receiving
from stage.plates.wanted import Coming
from stage.plates.wire import Filled, Film, RoomMade, Wishes, to_core
from stage.run.shared_frames import WritableFrames, slot_bytes

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0
SMALL = MediaFacts(codec="numbers", columns=64, rows=36, frames=10_000, rate=(25, 1))


def film(name: str, behaves: str = "", facts: MediaFacts = SMALL) -> Film:
    """A film of numbers, as `plates_process.py` makes it."""
    return Film(media=name, path=f"/nowhere/{behaves}", facts=facts)


class There(set[tuple[str, int]]):
    """The frames that were read, as they would be on the GPU."""

    @property
    def changes(self) -> int:
        """Another number for whatever comes."""
        return len(self)

    def numbers(self, media: str) -> tuple[int, ...]:
        """The frames of a film."""
        return tuple(number for name, number in self if name == media)


class PlatesCore:
    """Wants frames of films; what was read is `there`."""

    def __init__(self, folder: Path) -> None:
        self.stack = ExitStack()
        self.there = There()
        self.receiving = Receiving(folder, self.there, self.stack)
        self.order: list[tuple[str, int]] = []

    def want(self, films: list[Film], frames: dict[str, list[int]]) -> None:
        """What is wanted from now on."""
        self.receiving.take_films({one.media: one for one in films})
        self.receiving.want({media: Coming(tuple(wanted)) for media, wanted in frames.items()}, frames)
        self.step()

    def step(self) -> None:
        """A frame of the core: reads what has come."""
        self.receiving.hear()
        if self.receiving.has_news:
            self.receiving.has_news = False
            self.receiving.want({media: Coming(one.wanted) for media, one in self.receiving.films.items()}, ())
        for media, reception in self.receiving.films.items():
            for frame in [one for one in reception.wanted if one in reception.held]:
                self._read(media, frame, reception.take(frame))
                reception.arrived()
        self.receiving.ask()

    def until(self, is_so: Callable[[], bool], reads: bool = True) -> bool:
        """Steps until something is so; False where that takes too long."""
        end_s = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end_s:
                return False
            if reads:
                self.step()
            else:
                self.receiving.hear()
                self.receiving.ask()
            time.sleep(0.002)
        return True

    def has(self, media: str, frames: Iterator[int] | range | list[int]) -> bool:
        """Whether all these frames were read."""
        return all((media, frame) in self.there for frame in frames)

    def close(self) -> None:
        """Leaves the process."""
        self.stack.close()

    def _read(self, media: str, frame: int, held) -> None:
        content, value = held.content.memory, bytes([frame % 251])
        assert int.from_bytes(content[:8], "little") == frame
        assert bytes(content[8:]) == value * (len(content) - 8)  # whole, and of one frame alone
        self.there.add((media, frame))
        self.order.append((media, frame))
        self.receiving.give_back(held.back)


class ProcessByHand:
    """The other end of the link: it says of frames of one film what a test has it say. There must be a core."""

    SLOTS = 4

    def __init__(self, folder: Path, media: str = "a", facts: MediaFacts = SMALL) -> None:
        self.media = media
        self.link = to_core(folder)
        assert self.link.look()
        self.memory = WritableFrames(slot_bytes(frame_bytes(facts)), self.SLOTS, folder)
        for slot in range(self.SLOTS):
            self.memory.allocate(slot)

    def make_room(self, room: int = 1) -> None:
        """There is memory for the film."""
        made = RoomMade(media=self.media, room=room, size=self.memory.size, most=self.SLOTS, slots=self.SLOTS)
        assert self.link.tell(made, self.memory.descriptor)

    def fill(self, frame: int, slot: int, room: int = 1) -> None:
        """A frame is in a slot, as `PlatesCore` expects it."""
        content = self.memory.slot(slot)
        content[:] = bytes([frame % 251]) * len(content)
        content[:8] = frame.to_bytes(8, "little")
        assert self.link.tell(Filled(media=self.media, room=room, slot=slot, frame=frame, took_ms=1.0))

    def heard(self) -> list[Wishes]:
        """What the core has said since the last call."""
        return list(self.link.heard())

    def close(self) -> None:
        """It dies."""
        self.link.close()
        self.memory.close()


@contextmanager
def plates_process(
    folder: Path, mib: float = 64.0, *words: str, leads: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A plates process of numbers whose core listens in `folder`; it `leads` a session, as in a run."""
    program = [sys.executable, str(ROOT / "tests/stage/plates_process.py"), "--runtime", str(folder), "--mib", str(mib)]
    program += words
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "MARKS": str(folder)}
    process = subprocess.Popen(program, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=leads)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
