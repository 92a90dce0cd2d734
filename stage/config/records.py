"""The sections of a configuration as records; `reader.parse_config` makes them from TOML text. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from calibration.cameras import Camera
from calibration.walls import Wall
from render.outputs.records import Output
from render.plan.cards import MOST_CARDS, CardValues
from render.worlds.configured import World, keyed
from render.worlds.kinds import Layer, layer_without_files
from stage.almanac.calendar import FIRST_DATE, LAST_DATE, day_of
from stage.config.lights import DmxSection, StageLight, keyed_lights
from stage.fixtures.records import Channel, FixtureProfile, Mode
from stage.values.desk import DeskMap
from stage.values.sky import PlaceValues, TimeValues
from tracking.records import Name, Place, Record
from tracking.settings import TrackerConfig


class StageSection(Record):
    """The stage itself: its frame rate, and the eye for which the outer picture is drawn.

    `latency_budget_ms` is the longest time allowed from a tracker's sample to the wall's light; without it, health
    compares with the first ten seconds. `recovery` is what a restarted core shows first: its checkpoint, or black.
    `resume` is what a start does after a run that did not end cleanly: ask on a terminal, or continue it, or not.
    `world` names the world that is on air at the start; without it, the first. `draw` is how worlds are drawn: by ray
    where that is possible, or all by raster through pictures, with an outer cube of `outer_px` squared faces.
    `quality` is how 3D scenes are drawn: by what suits the GPU, or always in full, or as a software renderer can.
    `timecode` names the tracker whose time code is the stage's.
    """

    name: str = "Stage"
    frame_rate_hz: float | str = 60.0
    outer_eye_m: Place = (0.0, 0.0, 1.5)
    outer: Literal["fixed", "follow"] = "fixed"
    recovery: Literal["last", "black"] = "last"
    resume: Literal["ask", "last", "fresh"] = "ask"
    latency_budget_ms: Annotated[float, msgspec.Meta(gt=0.0, le=10_000.0)] | None = None
    world: str | None = None
    draw: Literal["auto", "raster"] = "auto"
    quality: Literal["auto", "low", "full"] = "auto"
    outer_px: Annotated[int, msgspec.Meta(ge=16, le=8192)] = 1024
    timecode: Name | None = None

    def rate(self) -> Fraction:
        """Frames per second as an exact fraction; "24000/1001" stays 24000/1001."""
        return Fraction(self.frame_rate_hz).limit_denominator(100_000)


class LibrarySection(Record):
    """The worlds that stand ready: how much graphics memory their pictures may take, in MiB, and how much memory the
    frames of films that are read ahead, here and on the GPU.

    What appears in `folder` while the stage runs becomes a world. With `follow`, new content of the world on air is
    shown by itself, never while a take records.
    """

    folder: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)] | None = None
    follow: bool = False
    gpu_mib: Annotated[float, msgspec.Meta(ge=16.0, le=1_000_000.0)] = 2048.0
    plates_mib: Annotated[float, msgspec.Meta(ge=16.0, le=1_000_000.0)] = 512.0


class PlaceSection(PlaceValues, forbid_unknown_fields=True):
    """Where and when the sky is; every key is the start of a settable value. A date may be TOML's or text."""

    def __post_init__(self) -> None:
        if day_of(self.date) is None:
            raise ValueError(f"date is {self.date!r}; expected a date from {FIRST_DATE} to {LAST_DATE}, as 2026-03-20")


class TimeSection(TimeValues, forbid_unknown_fields=True):
    """What time of day it is at the start, and whether it runs; every key is the start of a settable value."""


class ControlSection(Record):
    """Where the ROUTER socket listens; state and telemetry are published on the next two ports."""

    endpoint: str = "tcp://127.0.0.1:7700"


class PanelSection(Record):
    """Where the preview page listens."""

    bind: str = "127.0.0.1:7780"


class OscSection(Record):
    """OSC in and out, which are off without this section.

    It listens at `bind` to senders of the networks in `allow`, all with the role `role`: OSC knows no passwords.
    Changed values are sent to the one address `feedback`, if there is one.
    """

    bind: str = "127.0.0.1:7790"
    role: Literal["viewer", "director", "operator"] = "director"
    allow: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)] = ("127.0.0.0/8",)
    feedback: str | None = None


ONLY_WORLD = "world"
"""What the world of a `[world]` table is called."""
Pixels = Annotated[float, msgspec.Meta(gt=0.0)]


class VerifySection(Record):
    """Limits of `stage verify`, all optional; each is compared with the worst camera.

    Medians and 99th percentiles are registration errors in film pixels, over still poses and over predicted motion.
    `motion_over_hold` is the predicted median divided by that of holding the newest pose. `inner_miss_rate` is the
    share of frames in which a film pixel sees a wall outside the inner picture, `inner_area_ratio` the inner picture's
    mean area divided by the ideal frame's.
    """

    still_median_px: Pixels | None = None
    still_p99_px: Pixels | None = None
    motion_median_px: Pixels | None = None
    motion_p99_px: Pixels | None = None
    motion_over_hold: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
    inner_miss_rate: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] | None = None
    inner_area_ratio: Annotated[float, msgspec.Meta(ge=1.0)] | None = None


class Card(CardValues, forbid_unknown_fields=True):
    """One light card, flag or colour-correct window; every key but its name is the start of a settable value."""

    name: Name


_PLAIN = Mode(name="plain", slots=1, channels=(Channel(offset=1, attribute="intensity"),))


class StageConfig(Record):
    """A whole configuration.

    `profiles` are those of the lights' fixtures by name, and `desk_maps` what a lighting desk moves, once their files
    were read.
    """

    walls: tuple[Wall, ...]
    stage: StageSection = StageSection()
    outputs: tuple[Output, ...] = ()
    trackers: tuple[TrackerConfig, ...] = ()
    cameras: tuple[Camera, ...] = ()
    cards: tuple[Card, ...] = ()
    world: Layer | None = None
    worlds: tuple[World, ...] = ()
    place: PlaceSection = PlaceSection()
    time: TimeSection = TimeSection()
    library: LibrarySection = LibrarySection()
    control: ControlSection = ControlSection()
    panel: PanelSection = PanelSection()
    osc: OscSection | None = None
    lights: tuple[StageLight, ...] = ()
    dmx: DmxSection | None = None
    verify: VerifySection = VerifySection()
    profiles: dict[str, FixtureProfile] = msgspec.field(default_factory=dict)
    desk_maps: tuple[DeskMap, ...] = ()

    def all_worlds(self) -> tuple[World, ...]:
        """Every world with its key and those of its layers: `worlds`, or the one of `world`."""
        return keyed(self.worlds or (World(name=ONLY_WORLD, layers=(self.world or layer_without_files(),)),))

    def first_world(self) -> World:
        """The world that is on air at the start."""
        worlds = self.all_worlds()
        return next((world for world in worlds if world.name == self.stage.world), worlds[0])

    def all_cards(self) -> tuple[Card, ...]:
        """The cards that there always are: the configured ones, and behind them as many more as a stage can have."""
        names = {card.name for card in self.cards}
        places = range(len(self.cards) + 1, MOST_CARDS + 1)
        spare = (f"card{place}-spare" if f"card{place}" in names else f"card{place}" for place in places)
        return (*self.cards, *(Card(name=name) for name in spare))

    def all_lights(self) -> tuple[StageLight, ...]:
        """Every light with its key."""
        return keyed_lights(self.lights)

    def has_mode(self, light: StageLight) -> bool:
        """Whether a light's fixture is known, and has the mode that it names."""
        profile = self.profiles.get(light.fixture)
        return profile is not None and (not light.mode or any(mode.name == light.mode for mode in profile.modes))

    def mode_of(self, light: StageLight) -> Mode:
        """The mode that a light is in; one channel of intensity where its fixture is not known."""
        profile = self.profiles.get(light.fixture)
        if profile is None:
            return _PLAIN
        return next((mode for mode in profile.modes if mode.name == light.mode), profile.modes[0])

    def layers_by_place(self) -> Iterator[tuple[str, Layer]]:
        """Every configured layer, and its place in the file: `world`, `worlds[0].layers[1]`."""
        if self.world is not None:
            yield "world", self.world
        for index, world in enumerate(self.worlds):
            yield from ((f"worlds[{index}].layers[{number}]", layer) for number, layer in enumerate(world.layers))
