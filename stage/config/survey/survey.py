"""The survey of a stage: its configuration, with what was measured on the files that it names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.cameras import Camera
from calibration.forms import WallForm
from calibration.walls import Wall, WallSurface
from stage.config.records import StageConfig
from tracking.records import Record
from tracking.settings import TrackerConfig


class WallSurvey(Record):
    """One wall: its row in the configuration, its table, its form, and its surface as the planner sees it."""

    row: int
    wall: Wall
    form: WallForm
    surface: WallSurface

    @property
    def key(self) -> str:
        """The wall's key in the configuration."""
        return f"walls[{self.row}]"


class PictureSurvey(Record):
    """A layer's picture: the layer's key in the configuration, the file, its width and height, and sentences on how it
    differs from a panorama.
    """

    key: str
    file: str
    size_px: tuple[int, int]
    notes: tuple[str, ...] = ()


class Survey(Record):
    """A stage that can be run.

    `pictures` are those of the layers that could be read. `pupils_m` are the entrance pupils of a camera's lens file,
    by the camera's name. `addresses` are this machine's own IPv4 addresses, None if unknown.
    """

    config: StageConfig
    walls: tuple[WallSurvey, ...]
    pupils_m: dict[str, tuple[float, ...]]
    pictures: tuple[PictureSurvey, ...] = ()
    addresses: tuple[str, ...] | None = None

    def picture_of(self, key: str) -> PictureSurvey | None:
        """The picture of the layer with this key, if it was read."""
        return next((picture for picture in self.pictures if picture.key == key), None)

    def trackers(self) -> Iterator[tuple[str, TrackerConfig]]:
        """Every tracker with its key."""
        for row, tracker in enumerate(self.config.trackers):
            yield f"trackers[{row}]", tracker

    def cameras(self) -> Iterator[tuple[str, Camera]]:
        """Every camera with its key."""
        for row, camera in enumerate(self.config.cameras):
            yield f"cameras[{row}]", camera

    def tracker_of(self, camera: Camera) -> TrackerConfig | None:
        """The tracker that a camera follows."""
        return next((tracker for tracker in self.config.trackers if tracker.name == camera.tracker), None)

    def period_ms(self) -> float:
        """The time of one frame."""
        return 1000.0 / float(self.config.stage.rate())
