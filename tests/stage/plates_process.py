"""A plates process whose films are made of numbers: `python plates_process.py --runtime FOLDER --mib MIB`.

A film's path says how it behaves: `slow=0.05` sleeps so long for each frame, `busy=0.05` computes for so long,
`broken=7` cannot read that frame, `gone` cannot be opened while no file of that name is there, `dies=7` kills the
process there, half a frame written.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from stage.plates.service import main
from stage.plates.wire import Film


class NumberError(Exception):
    """As a reader's own: a code with values."""


class NumberReader:
    """Frame n is bytes of the value n % 251, and its first eight bytes are n."""

    def __init__(self, film: Film):
        self._behaves = dict(word.partition("=")[::2] for word in Path(film.path).name.split(","))
        if "gone" in self._behaves and not Path(film.path).exists():
            raise OSError("there is no such file")
        self._past = 0

    def read(self, number: int, into: memoryview, first: int = 0) -> None:
        time.sleep(float(self._behaves.get("slow", 0.0)))
        end_s = time.process_time() + float(self._behaves.get("busy", 0.0))
        while time.process_time() < end_s:
            pass
        if self._behaves.get("broken") == str(number):
            raise ValueError("the packet is damaged")
        half = len(into) // 2
        into[:half] = bytes([number % 251]) * half
        if self._behaves.get("dies") == str(number) and not self._dead_before(number):
            os.kill(os.getpid(), signal.SIGKILL)
        into[half:] = bytes([number % 251]) * (len(into) - half)
        into[:8] = number.to_bytes(8, "little")

    def close(self) -> None:
        pass

    def _dead_before(self, number: int) -> bool:
        mark = Path(os.environ["MARKS"]) / f"died-{number}"
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return True
        return False


if __name__ == "__main__":
    sys.exit(main(opened=NumberReader, cause=lambda _error: None))
