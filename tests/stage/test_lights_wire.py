"""What is on the wire at a moment: interpolated, patched, repeated, held, faded and handed over, in virtual time."""

from __future__ import annotations

import itertools
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from wire_peers import SECOND, plan_of, rig_of

from stage.lights.look_file import LookFile
from stage.lights.mixing.records import Span
from stage.lights.packets import Framing, Packets, Which
from stage.lights.rounds import Ticks
from stage.lights.sender import WireSettings
from stage.lights.sent import Telling
from stage.lights.universes import Universes
from stage.lights.ways import Way
from stage.lights.wire import LightsWire
from stage.show.frame.lights import SentTick

FRAME = SECOND // 60
TICK = SECOND // 44


class Kept:
    """A way out that ends here: what was sent, tick by tick, and which streams were ended."""

    framing = Framing(range(1, 100), 0, 1, lambda _: bytes(513))
    hears = False
    nodes = ()
    dropped = 0

    def __init__(self) -> None:
        self.sent: list[dict[int, bytes]] = []
        self.sequences: list[int] = []
        self.ended: list[int] = []

    def send(self, packets: Packets, which: Which) -> None:
        packets.sequences[which] += 1
        rows = packets.rows[which]
        self.sequences += rows[:, 0].tolist()
        self.sent.append({number: row[1:].tobytes() for number, row in zip(packets.numbers[which], rows, strict=True)})

    def end(self, packets: Packets, which: Which) -> None:
        self.ended += packets.numbers[which].tolist()

    def tend(self, now_ns: int, universes: object) -> None: ...

    def receive(self, now_ns: int) -> None: ...

    def close(self) -> None: ...


class Stage:
    def __init__(
        self, folder: Path, lights: int = 1, *, latencies_ms: tuple[int, ...] = (), **settings: object
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.out = Kept()
        self.way = Way("here", Kept.framing, lambda: self.out, lambda _: None)
        self.file = LookFile(folder / "look")
        given = WireSettings(interface="127.0.0.1", **settings)
        self.wire = LightsWire(rig_of(lights, latencies_ms=latencies_ms), given, self.way, self.file)
        self.wire.tend(0)

    def told(self, now_ns: int, following_ns: int | None = None) -> SentTick:
        sent = self.wire.tick(now_ns, following_ns)
        assert sent is not None
        return Telling().told(sent)

    def levels(self, universe: int = 1, lights: int = 1) -> tuple[int, ...]:
        return struct.unpack_from(f">{lights}H", self.out.sent[-1][universe])


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


def test_nothing_is_sent_before_a_plan_has_come(stage):
    assert stage.wire.tick(0) is None
    assert stage.out.sent == []


def test_a_moment_between_two_frames_is_between_their_levels(stage):
    stage.wire.hear(plan_of(10, 1000 * FRAME, [0.0]), 999 * FRAME)
    stage.wire.hear(plan_of(11, 1001 * FRAME, [1.0]), 1000 * FRAME)
    sent = stage.told(1000 * FRAME + FRAME // 4)
    assert stage.levels()[0] == pytest.approx(65535 / 4, abs=1)
    assert sent.at_frame == pytest.approx(10.25, abs=1e-6)
    assert sent.between == ((10, 11, pytest.approx(0.25, abs=1e-6)),)


def test_a_frames_own_moment_is_that_frame_and_a_late_one_is_waited_for(stage):
    stage.wire.hear(plan_of(10, 1000 * FRAME, [0.25]), 999 * FRAME)
    stage.wire.hear(plan_of(11, 1001 * FRAME, [0.5]), 1000 * FRAME)
    assert stage.told(1001 * FRAME - 10).between == ((11, 11, 0.0),)
    assert stage.told(1004 * FRAME).between == ((11, 11, 0.0),)
    assert stage.levels()[0] == 32768


def test_each_light_is_early_by_its_own_latency(tmp_path):
    stage = Stage(tmp_path, lights=2, latencies_ms=(0, 100))
    for frame in range(20):
        stage.wire.hear(plan_of(frame, frame * FRAME, [frame / 20, frame / 20]), 0)
    sent = stage.told(6 * FRAME)
    first, second = stage.levels(lights=2)
    assert (first, second) == (round(0.3 * 65535), round(0.6 * 65535))
    assert [one[:2] for one in sent.between] == [(6, 6), (12, 12)]


def test_unchanged_levels_are_sent_three_times_more_and_then_kept_alive(stage):
    stage.wire.hear(plan_of(0, 0, [0.5]), 0)
    times = []
    for tick in range(200):
        stage.wire.hear(plan_of(tick + 1, (tick + 1) * TICK, [0.5]), tick * TICK)
        count = len(stage.out.sent)
        stage.wire.tick(tick * TICK)
        if stage.out.sent[count:]:
            times.append(tick)
    assert times[:4] == [0, 1, 2, 3]
    gaps = [(later - earlier) / 44 for earlier, later in itertools.pairwise(times[3:])]
    assert gaps
    assert all(0.05 <= gap <= 0.1 for gap in gaps)


@pytest.mark.parametrize("rate", [Fraction(24_000, 1001), 24, 25, 30, 50, 60])
def test_what_stands_is_sent_well_within_a_tenth_of_a_second_at_every_rate(rate):
    period_ns, universes = Ticks(Fraction(rate)).period_ns, Universes(Kept.framing)
    universes.fit((Span(1, 0, 2),), 2)
    changed, sent = universes.put(b"ab"), []
    for now_ns in range(0, SECOND, period_ns):
        if universes.due(changed, now_ns, watched=False) is not None:
            sent.append(now_ns)
        changed = ()
    assert max(later - earlier for earlier, later in itertools.pairwise(sent)) < 0.09 * SECOND


def test_all_that_changed_leaves_in_one_tick_and_the_rest_waits(tmp_path):
    stage = Stage(tmp_path, lights=3)
    patch = (1, 1, 2, 1, 3, 1)
    for tick in range(4):
        stage.wire.hear(plan_of(tick, tick * TICK, [0.5, 0.5, 0.5], patch), 0)
        stage.wire.tick(tick * TICK)
    stage.wire.hear(plan_of(5, 5 * TICK, [0.6, 0.5, 0.7], patch), 0)
    sent = stage.told(5 * TICK)
    assert set(stage.out.sent[-1]) == {1, 3}
    assert {one.universe for one in sent.changed} == {1, 3}


def test_a_light_that_is_patched_anew_moves_and_the_universe_that_it_leaves_ends(stage):
    stage.wire.hear(plan_of(0, 0, [1.0]), 0)
    stage.wire.tick(0)
    stage.wire.hear(plan_of(1, FRAME, [1.0], (2, 511)), 0)
    stage.wire.tick(FRAME)
    assert stage.out.ended == [1]
    assert stage.out.sent[-1] == {2: bytes(510) + b"\xff\xff"}


def test_a_light_beyond_its_universe_is_not_sent_and_is_told(stage):
    stage.wire.hear(plan_of(0, 0, [1.0], (1, 512)), 0)
    stage.wire.tick(0)
    assert stage.out.sent == [{1: bytes(512)}]
    assert stage.wire.status(44.0, 0).outside == (0,)


def test_a_universe_that_there_cannot_be_is_left_out_and_the_others_are_as_ever(tmp_path):
    stage = Stage(tmp_path, lights=3)
    stage.wire.hear(plan_of(0, 0, [0.25, 0.5, 1.0], (0, 1, 7, 1, 8, 1)), 0)
    assert [one.universe for one in stage.told(0).changed] == [7, 8]
    assert {number: slots[:3] for number, slots in stage.out.sent[-1].items()} == {7: b"\x80\0\0", 8: b"\xff\xff\0"}
    assert stage.wire.status(44.0, 0).outside == (0,)


def test_of_two_lights_on_one_address_the_later_wins(tmp_path):
    stage = Stage(tmp_path, lights=2)
    stage.wire.hear(plan_of(0, 0, [0.25, 1.0], (1, 1, 1, 2)), 0)
    stage.wire.tick(0)
    assert stage.out.sent[-1][1][:3] == b"\x40\xff\xff"


@pytest.mark.parametrize("broken", [{"levels": [0.1, 0.2]}, {"levels": [float("nan")]}, {"patch": (1,)}])
def test_a_plan_of_another_stage_is_dropped_and_counted(stage, broken):
    stage.wire.hear(plan_of(0, 0, [0.5]), 0)
    stage.wire.hear(plan_of(1, FRAME, **{"levels": [0.9], **broken}), 0)
    stage.wire.tick(FRAME)
    assert stage.levels()[0] == 32768
    assert stage.wire.malformed == 1


def _moving(stage: Stage, *, ahead: bool) -> tuple[list[SentTick], int]:
    """A hundred ticks of two lights that move for a second, and how many of them were known before."""
    told, known, frame = [], 0, 0
    for tick in range(100):
        now_ns = tick * TICK
        known += stage.wire.has_next
        while not stage.wire.has_next and frame * FRAME <= now_ns + 3 * FRAME:
            levels = [min(frame, 60) * 7 % 60 / 60, 0.25]
            stage.wire.hear(plan_of(frame, frame * FRAME, levels, (1, 1, 2, 1)), now_ns)
            frame += 1
        told.append(stage.told(now_ns, now_ns + TICK if ahead else None))
    return told, known


def test_what_is_mixed_a_tick_ahead_is_what_would_be_mixed_then(tmp_path):
    first, second = (Stage(tmp_path / name, lights=2, latencies_ms=(0, 5)) for name in ("first", "second"))
    told, known = _moving(first, ahead=False)
    assert _moving(second, ahead=True)[0] == told
    assert second.out.sent == first.out.sent
    assert known == 0


def test_a_moving_look_is_mixed_for_two_ticks_at_once_and_a_process_that_dies_between_is_gone_on_from(tmp_path):
    stage = Stage(tmp_path / "moving", lights=2)
    assert 18 <= _moving(stage, ahead=True)[1] <= 24
    stage = Stage(tmp_path / "dies", lights=2)
    for frame in range(4):
        stage.wire.hear(plan_of(frame, frame * FRAME, [frame / 4, 0.5]), 0)
    stage.wire.tick(FRAME, FRAME + TICK)
    assert stage.wire.has_next
    after = Stage(tmp_path / "dies", lights=2)
    after.wire.lose(0)
    after.wire.tick(FRAME + TICK)
    stage.wire.tick(FRAME + TICK)
    assert after.out.sent[-1] == stage.out.sent[-1]
    assert after.out.sequences[-1] - stage.out.sequences[-1] in (0, 1)


def test_a_moment_whose_plans_have_not_come_is_not_mixed_ahead(stage):
    stage.wire.hear(plan_of(0, 0, [0.5]), 0)
    stage.wire.hear(plan_of(1, FRAME, [0.6]), 0)
    stage.wire.tick(0, FRAME + 1)
    assert not stage.wire.has_next


def _run(stage, first, ticks, level, *, core=True):
    """So many ticks, with a plan for each from a core that wants `level`, or none from one that is gone."""
    found = []
    for tick in range(first, first + ticks):
        if core:
            stage.wire.hear(plan_of(tick, tick * TICK, [level]), tick * TICK)
        else:
            stage.wire.lose(tick * TICK)
        count = len(stage.out.sent)
        stage.wire.tick(tick * TICK)
        if any(stage.out.sent[count:]):
            found.append((tick * TICK, *stage.levels()))
    return found


def test_without_a_core_the_last_look_stands_and_no_universe_is_silent_for_100_ms(stage):
    _run(stage, 0, 100, 0.5)
    sent = _run(stage, 100, 200, 0.5, core=False)
    times = [100 * TICK, *(at for at, _ in sent)]
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 0.1 * SECOND
    assert {level for _, level in sent} == {32768}
    assert times[-1] >= 298 * TICK


def test_when_a_core_comes_back_nothing_jumps(stage):
    _run(stage, 0, 50, 0.2)
    _run(stage, 50, 20, 0.2, core=False)
    levels = [level for _, level in _run(stage, 70, 40, 0.8)]
    steps = [abs(later - earlier) / 65535 for earlier, later in zip([13107, *levels], levels, strict=False)]
    assert max(steps) < 0.6 / 20
    assert levels[-1] == round(0.8 * 65535)


def test_a_fade_begins_when_the_look_was_held_for_long_enough_and_ends_dark(tmp_path):
    stage = Stage(tmp_path, on_loss="fade", hold_s=1.0, fade_s=2.0)
    _run(stage, 0, 10, 1.0)
    levels = dict(_run(stage, 10, 200, 1.0, core=False))
    assert all(level == 65535 for at, level in levels.items() if at < 53 * TICK)
    assert levels[98 * TICK] == pytest.approx(32768, abs=2000)
    assert list(levels.values())[-1] == 0
    back = [level for _, level in _run(stage, 210, 60, 1.0)]
    assert back[0] < 4000
    assert back[-1] == 65535


def test_lights_are_released_when_that_is_wanted_and_taken_again_with_the_core(tmp_path):
    stage = Stage(tmp_path, on_loss="release", hold_s=0.5)
    _run(stage, 0, 10, 1.0)
    assert _run(stage, 10, 60, 1.0, core=False)[-1][0] < 33 * TICK
    assert stage.out.ended == [1]
    assert stage.wire.status(0.0, 0).state == "released"
    assert Stage(tmp_path).wire.tick(70 * TICK) is None
    assert _run(stage, 70, 3, 1.0)[-1][1] == 65535
    assert stage.wire.status(0.0, 0).state == "up"


def test_the_next_process_goes_on_with_the_look_and_the_numbers_of_the_one_before(tmp_path):
    first = Stage(tmp_path)
    _run(first, 0, 10, 0.5)
    second = Stage(tmp_path)
    second.wire.lose(11 * TICK)
    second.wire.tick(11 * TICK)
    assert second.levels()[0] == 32768
    assert second.out.sequences[0] == first.out.sequences[-1] + 1
    assert second.wire.life == 2


def test_the_next_process_after_a_clean_end_sends_nothing_before_a_core_speaks(tmp_path):
    first = Stage(tmp_path)
    _run(first, 0, 10, 0.5)
    first.wire.end(10 * TICK)
    second = Stage(tmp_path)
    assert _run(second, 11, 20, 0.5, core=False) == []
    assert _run(second, 31, 3, 0.5)[-1][1] == 32768


@pytest.mark.parametrize("content", [b"", b"x" * 100, bytes(1 << 23)])
def test_a_damaged_look_file_is_none(tmp_path, content):
    (tmp_path / "look").write_bytes(content)
    assert LookFile(tmp_path / "look").before is None


def test_a_look_file_that_was_cut_short_gives_the_look_before(tmp_path):
    stage = Stage(tmp_path)
    _run(stage, 0, 2, 0.5)
    newest = LookFile(tmp_path / "look").before
    path = tmp_path / "look"
    content = bytearray(path.read_bytes())
    heads = [struct.unpack_from("<QI", content, slot << 22) for slot in range(2)]
    cut = (heads.index(max(heads)) << 22) + max(heads)[1] // 2
    content[cut : cut + max(heads)[1]] = bytes(max(heads)[1])
    path.write_bytes(content)
    before = LookFile(path).before
    assert before.sequences[0] == newest.sequences[0] - 1
    assert before.is_whole
