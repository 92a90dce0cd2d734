"""What uploading a film takes where nothing is decided: what its cost for the loop can be compared with."""

from __future__ import annotations

import mmap
import statistics
import tempfile
import time
from contextlib import ExitStack
from fractions import Fraction
from itertools import cycle
from pathlib import Path

from render.assets.plate_storage import content_of
from render.gpu.context import create_headless_context
from render.media.examine import examine_media
from render.worlds.shared.media import MediaFacts, frame_bytes
from stage.bench.edge_alone import SLOTS_A_SECOND, TimedTextures
from stage.plates.uploads import steps_of
from stage.plates.wire import Filled, SlotBack, ToCore, ToPlates, Wishes, to_core, to_plates
from stage.run.realtime import without_collector

_FILM = "film"
_BUFFERS = 8
"""No processor keeps so many frames near."""
_BEFORE = 30


def measure_bare(path: Path, slots: int) -> float:
    """Mean processor time of a slot in ms, without what the driver takes: a look at the link; and where another frame
    is shown, a message each way and all pieces of a frame.
    """
    facts = examine_media(path).facts
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        core, process = to_plates(folder), to_core(folder)
        stack.callback(core.close)
        stack.callback(process.close)
        process.look()
        list(core.heard())
        bare = _Bare(facts, core, process)
        stack.enter_context(without_collector())
        begun_s, taken_s = time.monotonic(), []
        for slot in range(slots + _BEFORE):
            taken_s.append(bare.serve(int(slot * Fraction(*facts.rate) / SLOTS_A_SECOND)))
            time.sleep(max(0.0, begun_s + (slot + 1) / SLOTS_A_SECOND - time.monotonic()))
    return 1e3 * statistics.mean(taken_s[_BEFORE:])


class _Bare:
    def __init__(self, facts: MediaFacts, core: ToPlates, process: ToCore) -> None:
        self._facts, self._core, self._process = facts, core, process
        self._textures = TimedTextures(create_headless_context())
        size = frame_bytes(facts)
        buffers = [memoryview(mmap.mmap(-1, size)) for _ in range(_BUFFERS)]
        for one in buffers:
            one[:] = bytes([1]) * size
        self._buffers, self._shown = cycle([content_of(one, facts) for one in buffers]), -1

    def serve(self, number: int) -> float:
        """A slot in which that frame is shown. Returns seconds."""
        changes, self._shown = number != self._shown, number
        if changes:
            self._process.tell(Filled(media=_FILM, room=1, slot=0, frame=number))
        driver_before_s, begun_s = self._textures.driver_s, time.thread_time()
        if not self._core.is_quiet():
            list(self._core.heard())
        if changes:
            upload, content = self._textures.begin(_FILM, number, self._facts), next(self._buffers)
            for step in steps_of(self._facts):
                upload.write(step, content)
            upload.done()
            self._textures.forget(_FILM, number - 1)
            self._core.tell(Wishes(back=(SlotBack(1, 0),)))
        taken_s = time.thread_time() - begun_s - (self._textures.driver_s - driver_before_s)
        list(self._process.heard())
        return taken_s
