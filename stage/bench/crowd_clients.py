"""Panel clients for a benchmark, in a niced process of their own: live pictures, and values that are set.

`python -m stage.bench.crowd_clients '{"url": "http://127.0.0.1:7780", "clients": 4, "seconds": 5.0}'`
"""

from __future__ import annotations

import asyncio
import json
import secrets
import struct
import sys
import time
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from stage.run.realtime import work_in_background
from tracking.records import Record

WIDTH_PX = 640
EXPOSURE = "/grade/exposure_stops"
_WARM_S = 1.0


class Crowd(Record):
    """So many clients of the page at `url`, for so long, who watch `topics` and set `sets_per_s` values together.

    The first `stalled` of them show no picture and do not even read.
    """

    url: str
    clients: int
    seconds: float
    sets_per_s: float = 0.0
    stalled: int = 0
    topics: tuple[str, ...] = ("film/A",)


class CrowdCounts(Record):
    """What came: pictures a second of each client that shows them, the size of the last, and answered sets a second."""

    pictures_per_s: tuple[float, ...]
    size_px: tuple[int, int]
    sets_per_s: float


class _Viewer:
    """One client: it shows every picture at once, or, `stalled`, shows none and does not even read.

    What it gets a second counts from a second after it has come.
    """

    def __init__(self, address: str, topics: tuple[str, ...], *, stalled: bool) -> None:
        self._address = address
        self._topics = topics
        self._stalled = stalled
        self.pictures_per_s = 0.0
        self.size_px = (0, 0)
        self._pictures = 0

    async def run(self, until_s: float) -> None:
        async with connect(f"{self._address}/api/v1/pictures", max_queue=1) as socket:
            wanted = [{"topic": topic, "width": WIDTH_PX} for topic in self._topics]
            await socket.send(json.dumps({"watch": wanted}))
            if self._stalled:
                await asyncio.sleep(until_s - time.monotonic())
                return
            begun_s = time.monotonic() + _WARM_S
            while time.monotonic() < until_s:
                await self._show(socket, begun_s, until_s)
            counted_s = time.monotonic() - begun_s
            self.pictures_per_s = self._pictures / counted_s if counted_s > 0.0 else 0.0

    async def _show(self, socket: ClientConnection, begun_s: float, until_s: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, until_s - time.monotonic())):
                message = await socket.recv()
        except TimeoutError:
            return
        if isinstance(message, str):
            return
        length = struct.unpack_from("<H", message)[0]
        header = json.loads(message[2 : 2 + length])
        await socket.send(json.dumps({"shown": header["number"]}))
        self.size_px = (header["width"], header["height"])
        self._pictures += time.monotonic() > begun_s


async def _set(address: str, rate_per_s: float, until_s: float) -> int:
    """Sets a value so often, many under way at once. Returns how many were answered.

    It has a session of its own, as each tablet has: so the show keeps its answers and changes apart from the others'.
    """
    answered, sent, begun_s, session = 0, 0, time.monotonic(), f"crowd-{secrets.token_hex(8)}"
    async with connect(f"{address}/api/v1/ws") as socket:

        async def read() -> None:
            nonlocal answered
            while True:
                answered += json.loads(await socket.recv())["type"] == "ok"

        reading = asyncio.create_task(read())
        while (now_s := time.monotonic()) < until_s:
            due = int((now_s - begun_s) * rate_per_s)
            while sent < due:
                request = {"type": "set", "id": sent, "session": session, "path": EXPOSURE}
                await socket.send(json.dumps({**request, "value": (sent % 100) / 100.0}))
                sent += 1
            await asyncio.sleep(0.01)
        reading.cancel()
    return answered


async def _gather(crowd: Crowd) -> CrowdCounts:
    address = f"ws://{urlsplit(crowd.url).netloc}"
    begun_s = time.monotonic()
    until_s = begun_s + crowd.seconds
    viewers = [_Viewer(address, crowd.topics, stalled=number < crowd.stalled) for number in range(crowd.clients)]
    setters = crowd.clients if crowd.sets_per_s else 0
    setting = [asyncio.create_task(_set(address, crowd.sets_per_s / setters, until_s)) for _ in range(setters)]
    await asyncio.gather(*(viewer.run(until_s) for viewer in viewers))
    answered = sum(await asyncio.gather(*setting))
    took_s, lively = time.monotonic() - begun_s, viewers[crowd.stalled :]
    return CrowdCounts(
        pictures_per_s=tuple(viewer.pictures_per_s for viewer in lively),
        size_px=max((viewer.size_px for viewer in lively), default=(0, 0)),
        sets_per_s=answered / took_s,
    )


if __name__ == "__main__":
    work_in_background()
    found = asyncio.run(_gather(msgspec.json.decode(sys.argv[1], type=Crowd)))
    print(msgspec.json.encode(found).decode(), flush=True)
