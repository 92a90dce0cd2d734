"""Somebody who looks at pictures, in a niced process of its own as the page is: it copies out what comes, and counts.

`python -m stage.bench.picture_looker SOCKET` reads lines: `watch TOPIC SIDE`, `leave` and `count`, which it answers.
"""

from __future__ import annotations

import select
import subprocess
import sys
from io import FileIO
from pathlib import Path

from stage.panel.picture_link import PictureLink
from stage.run.preview_records import WantedPicture
from stage.run.realtime import die_with_parent, work_in_background

_POLL_MS = 20


class PictureLooker:
    """The end of who measures."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-m", "stage.bench.picture_looker", str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.received()  # it has begun

    def watch(self, topic: str, side_px: int) -> None:
        """It looks at this and at nothing else from now on."""
        self._say(f"watch {topic} {side_px}")

    def leave(self) -> None:
        """It looks at nothing from now on."""
        self._say("leave")

    def received(self) -> int:
        """How many pictures have come since the last call."""
        self._say("count")
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Ends it."""
        self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


def _look(path: Path, lines: FileIO) -> None:
    link = PictureLink(path)
    watched: tuple[WantedPicture, ...] = ()
    count = 0
    while True:
        if select.select([lines], [], [], 0)[0]:
            match lines.readline().decode().split():
                case ["watch", topic, side]:
                    watched = (WantedPicture(topic, int(side)),)
                case ["leave"]:
                    watched = ()
                case ["count"]:
                    print(count, flush=True)
                    count = 0
                case _:
                    return
        if link.look():
            link.watch(watched)
            count += sum(1 for _ in link.come(_POLL_MS))
        else:
            select.select([lines], [], [], _POLL_MS * 1e-3)


if __name__ == "__main__":
    die_with_parent()
    work_in_background()
    with FileIO(sys.stdin.fileno(), closefd=False) as unbuffered:
        _look(Path(sys.argv[1]), unbuffered)
