"""What a fixture is, mode by mode and channel by channel; and what the lights of a stage cost on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from stage.config.records import StageConfig
from stage.fixtures.records import Channel, FixtureProfile, Mode
from stage.words.sentences import counted
from tracking.records import Record

_CELLS_TOLD = 2
"""Cells of a bar whose channels are told one by one."""
_TICKS_HZ = 44
_PACKET_BYTES = 638
"""Of a full universe in E1.31, without the headers of UDP and IP (E1.31:2018, table 4-1)."""
_HELD = {"pan": "pan, not driven", "tilt": "tilt, not driven", "fixed": "not driven"}
_UNITS = {"temperature": "K", "hue": "deg", "strobe": "Hz"}


class ChannelEntry(Record):
    """One channel: its slots from the fixture's address, the cell that it is of (from 1), and what it does."""

    offset: int
    fine: int | None
    cell: int
    does: str


class ModeEntry(Record):
    """One mode of a fixture."""

    name: str
    slots: int
    cells: int
    channels: tuple[ChannelEntry, ...]


class FixtureReport(Record):
    """A kind of fixture, as it was understood. `notes` are what of it is not driven."""

    file: str
    name: str
    maker: str
    emitters: tuple[str, ...]
    modes: tuple[ModeEntry, ...]
    notes: tuple[str, ...]


class LightsReport(Record):
    """The lights of a stage: the kinds of fixtures, and what all of them cost."""

    file: str
    lights: int
    cells: int
    channels: int
    universes: tuple[int, ...]
    packets_s: int
    bytes_s: int
    fixtures: tuple[FixtureReport, ...]


def fixture_report(file: str, profile: FixtureProfile, only: str | None = None) -> FixtureReport:
    """What a profile says, of all its modes or of `only` one."""
    modes = tuple(_mode(mode) for mode in profile.modes if only is None or mode.name == only)
    emitters = tuple(
        one.name + ("" if not one.spectrum else ", spectrum known") + ("" if one.xy is None else ", colour known")
        for one in profile.emitters
    )
    return FixtureReport(
        file=file, name=profile.name, maker=profile.maker, emitters=emitters, modes=modes, notes=profile.notes
    )


def lights_report(file: str, config: StageConfig) -> LightsReport:
    """What the lights of a configuration are, and how much goes over the wire 44 times a second."""
    modes = [config.mode_of(light) for light in config.lights]
    universes = tuple(sorted({light.universe for light in config.lights}))
    used = dict.fromkeys((light.fixture, config.mode_of(light).name) for light in config.lights)
    return LightsReport(
        file=file,
        lights=len(modes),
        cells=sum(mode.cells for mode in modes),
        channels=sum(mode.slots for mode in modes),
        universes=universes,
        packets_s=_TICKS_HZ * len(universes),
        bytes_s=_TICKS_HZ * len(universes) * _PACKET_BYTES,
        fixtures=tuple(fixture_report(name, config.profiles[name], mode) for name, mode in used),
    )


def fixture_lines(report: FixtureReport) -> Iterator[str]:
    """The report as indented lines."""
    yield f"{report.file}: {' '.join(filter(None, (report.maker, report.name)))}"
    if report.emitters:
        yield f"  emitters: {'; '.join(report.emitters)}"
    for mode in report.modes:
        cells = f", {mode.cells} cells" if mode.cells > 1 else ""
        yield f'  mode "{mode.name}": {mode.slots} channels{cells}'
        for one in mode.channels:
            if one.cell > _CELLS_TOLD:
                continue
            slots = str(one.offset) if one.fine is None else f"{one.offset} and {one.fine} (16 bit)"
            yield f"    {slots}: {one.does}"
        if mode.cells > _CELLS_TOLD:
            yield f"    and so on, to cell {mode.cells}"
    for note in report.notes:
        yield f"  note: {note}"


def lights_lines(report: LightsReport) -> Iterator[str]:
    """The report as lines: what it costs first."""
    if not report.lights:
        yield f"{report.file}: no [[lights]]"
        return
    universes = ", ".join(map(str, report.universes))
    yield (
        f"{report.file}: {counted(report.lights, 'light')} with {counted(report.cells, 'cell')} and "
        f"{counted(report.channels, 'channel')} in universe{'s' if len(report.universes) > 1 else ''} {universes}"
    )
    yield f"  at most {report.packets_s} packets and {report.bytes_s / 1000:.0f} kB a second on the wire"
    for one in report.fixtures:
        yield from (f"  {line}" for line in fixture_lines(one))


def _mode(mode: Mode) -> ModeEntry:
    channels = sorted(mode.channels, key=lambda one: one.offset)
    return ModeEntry(
        name=mode.name,
        slots=mode.slots,
        cells=mode.cells,
        channels=tuple(_channel(one, mode) for one in channels),
    )


def _channel(one: Channel, mode: Mode) -> ChannelEntry:
    return ChannelEntry(offset=one.offset, fine=one.fine, cell=one.cell + 1, does=_does(one, mode))


def _does(channel: Channel, mode: Mode) -> str:
    what = f"level of {channel.emitter}" if channel.attribute == "emitter" else channel.attribute
    what = _HELD.get(channel.attribute, what)
    if channel.attribute == "fixed" and channel.default:
        what += f", held at {channel.default:.0%}"
    if channel.attribute == "strobe":
        what += _strobe(channel)
    ends = ""
    if channel.points and channel.attribute in _UNITS:
        low, high = channel.points[0][1], channel.points[-1][1]
        ends = f", {low:g} to {high:g} {_UNITS[channel.attribute]}"
    return what + ends + (f", cell {channel.cell + 1}" if mode.cells > 1 else "")


def _strobe(channel: Channel) -> str:
    """Whether a strobe is held where it does not flash, as far as its profile says where that is."""
    if not channel.points:
        return f", held at {channel.default:.0%}"
    return ", held open" if any(hertz == 0.0 for _, hertz in channel.points) else ", which always flashes"
