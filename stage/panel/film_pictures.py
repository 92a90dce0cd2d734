"""What each film camera sees, live: made here from the walls' small pictures, only while somebody watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from render.film.screen import Codes, screen_codes
from stage.panel.composite import FilmStage, Light, LitWall, composite
from stage.panel.newest import NewestPicture, NewestPictures
from tracking.records import JOB_FAILURES

PERIOD_NS = 100_000_000
REST_PER_WORK = 2.5
"""Rest after each composite, in times of the processor time it took, so that they use less than 30 % of one core."""
_IDLE_NS = 2_000_000_000
_TOGETHER_NS = 125_000_000
"""How far apart pictures of one round come: the show publishes one wall in a frame."""
_APART_NS = 1_000_000_000
_PATIENCE_NS = 500_000_000
_NEXT_S = 0.25


@dataclass(frozen=True, kw_only=True)
class FilmPicture:
    """A composite's light (see `composite`), the newest frame of its walls, and when it was made (host monotonic)."""

    topic: str
    light: Light
    frame: int
    received_ns: int

    @property
    def codes(self) -> Codes:
        """The picture for an sRGB screen, at full light."""
        return screen_codes(self.light)

    def exposed(self, stops: float) -> Codes:
        """The picture for an sRGB screen, with a viewing exposure: one stop doubles what is shown."""
        return screen_codes(self.light * np.float32(2.0**stops))


class FilmPictures:
    """The newest composite of each camera, shared by all watchers. All methods may be called from any thread."""

    def __init__(self, stage: FilmStage, pictures: NewestPictures) -> None:
        self._stage = stage
        self._pictures = pictures
        self.topics = tuple(f"film/{name}" for name in stage.cameras)
        self.made = 0
        self.failed = 0
        self.made_ms = 0.0
        """How many composites were made, and how long the newest one took."""
        self._changed = threading.Condition()
        self._newest: dict[str, FilmPicture] = {}
        self._made_of: dict[str, tuple[int, ...]] = {}
        self._refused_ns: dict[str, int] = {}
        self._watched_ns: dict[str, int] = {}
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="film", daemon=True)
        self._thread.start()

    def get(self, topic: str, after_ns: int, wait_s: float = 0.0) -> FilmPicture | None:
        """The newest composite of one topic. A caller counts as a watcher.

        Waits up to `wait_s` for one that was made after `after_ns`, then returns what there is.
        """
        with self._changed:
            self._watched_ns[topic] = time.monotonic_ns()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._ended or self._is_after(topic, after_ns), wait_s)
            return self._newest.get(topic)

    def newest(self, topic: str) -> FilmPicture | None:
        """The newest composite of one topic. A caller does not count as a watcher."""
        with self._changed:
            return self._newest.get(topic)

    def size_px(self, topic: str) -> tuple[int, int]:
        """(width, height) of a topic's composites."""
        return self._stage.cameras[topic.partition("/")[2]].size_px

    def strange_wall(self, newest: Mapping[str, NewestPicture]) -> str:
        """A wall whose pictures do not have the raster of the configuration, whose file has changed since; or ""."""
        here = ((name, newest.get(f"wall/{name}")) for name in self._stage.walls)
        return next((name for name, picture in here if picture and not self._stage.fits(name, picture)), "")

    def close(self) -> None:
        """Ends the work; sooner if the walls' pictures are closed already."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()

    def _is_after(self, topic: str, after_ns: int) -> bool:
        picture = self._newest.get(topic)
        return picture is not None and picture.received_ns > after_ns

    def _work(self) -> None:
        """Makes one composite after another, of the camera that has waited longest, with rests between them."""
        seen_ns = 0
        while (watched := self._await_watchers()) and not self._pictures.ended:
            newest = self._pictures.all(seen_ns, _NEXT_S)
            worked_ns = next((took for topic in watched if (took := self._try_to_make(topic, newest))), 0)
            with self._changed:
                self._changed.notify_all()
                if worked_ns:
                    rest_ns = max(REST_PER_WORK * worked_ns, PERIOD_NS - worked_ns)
                    self._changed.wait_for(lambda: self._ended, rest_ns * 1e-9)
                else:
                    seen_ns = max((picture.received_ns for picture in newest.values()), default=0)

    def _await_watchers(self) -> list[str]:
        """The watched topics, the one made longest ago first; none once the work has ended."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._ended or self._watched())
            return found if isinstance(found, list) else []

    def _watched(self) -> list[str]:
        since = time.monotonic_ns() - _IDLE_NS
        watched = [topic for topic, at in self._watched_ns.items() if at > since]
        return sorted(watched, key=lambda topic: kept.received_ns if (kept := self._newest.get(topic)) else 0)

    def _try_to_make(self, topic: str, newest: Mapping[str, NewestPicture]) -> int:
        """As `_make`; a composite that fails is counted, and the next pictures are tried."""
        try:
            return self._make(topic, newest)
        except JOB_FAILURES:
            self.failed += 1
            return 0

    def _make(self, topic: str, newest: Mapping[str, NewestPicture]) -> int:
        """Makes a composite if there are new pictures for it. Returns the processor time it took, or 0."""
        begun_ns, used_ns = time.monotonic_ns(), time.thread_time_ns()
        camera = topic.partition("/")[2]
        chosen = self._chosen(camera, newest)
        made_of = tuple(picture.received_ns for picture in chosen.values())
        if not chosen or made_of == self._made_of.get(topic) or not self._timely(topic, made_of, begun_ns):
            return 0
        light = composite(self._lit(camera, chosen), self._stage.cameras[camera].size_px)
        made_ns = time.monotonic_ns()
        frame = max(picture.frame for picture in chosen.values())
        with self._changed:
            self._made_of[topic] = made_of
            self._refused_ns.pop(topic, None)
            self._newest[topic] = FilmPicture(topic=topic, light=light, frame=frame, received_ns=made_ns)
            self.made += 1
            self.made_ms = (made_ns - begun_ns) * 1e-6
            self._changed.notify_all()
        return max(time.thread_time_ns() - used_ns, 1)

    def _timely(self, topic: str, made_of: tuple[int, ...], now_ns: int) -> bool:
        """Whether the pictures are of one round. After half a second any will do: many walls make a long round."""
        if max(made_of) - min(made_of) <= _TOGETHER_NS:
            return True
        return now_ns - self._refused_ns.setdefault(topic, now_ns) > _PATIENCE_NS

    def _chosen(self, camera: str, newest: Mapping[str, NewestPicture]) -> dict[str, NewestPicture]:
        """The walls' pictures that belong together, by wall: one of each wall, close in time, drawn for the camera.

        A held wall that was never drawn for the camera is left out, and so stays dark.
        """
        chosen = {name: newest[f"wall/{name}"] for name in self._stage.walls if f"wall/{name}" in newest}
        times = [picture.received_ns for picture in chosen.values()]
        if len(chosen) < len(self._stage.walls) or max(times) - min(times) > _APART_NS or self.strange_wall(newest):
            return {}
        seen = {name: picture for name, picture in chosen.items() if picture.header.sight_of(camera) is not None}
        return seen if all(name in seen or picture.header.hold for name, picture in chosen.items()) else {}

    def _lit(self, camera: str, chosen: Mapping[str, NewestPicture]) -> list[LitWall]:
        sights = {name: picture.header.sight_of(camera) for name, picture in chosen.items()}
        return [self._stage.lit(name, chosen[name], sight) for name, sight in sights.items() if sight is not None]
