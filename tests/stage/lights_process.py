"""A lights process with the plainest rig: `python lights_process.py FOLDER SETTINGS LIGHTS`. It prints "up" when it is.

The tests of the wire are of sockets and processes; what colours become is tested with mixing.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import msgspec
from wire_peers import rig_of

from stage.lights.rounds import Places, serve_lights
from stage.lights.sender import WireSettings
from stage.run.realtime import die_with_parent


def main() -> None:
    die_with_parent()
    folder, settings, lights = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    given = msgspec.json.decode(settings, type=WireSettings)
    rig = rig_of(lights)
    serve_lights(rig, given, Places.of_run(folder, folder), lambda: bool(ended))


if __name__ == "__main__":
    main()
