"""Plans in memory that core and lights process share: whole, in order, once, and never changed under their reader."""

from __future__ import annotations

import math

import msgspec
import pytest
from wire_peers import plan_of

from stage.lights.plan_rows import ROWS, PlanReader, PlanSizes, PlanWriter


class Ends:
    def __init__(self, lights: int = 2) -> None:
        sizes = PlanSizes(cells=lights, lights=lights)
        self.memory = memoryview(bytearray(sizes.bytes))
        self.writer, self.reader = PlanWriter(sizes, self.memory), PlanReader(sizes, self.memory)

    def write(self, *frames: int) -> None:
        for frame in frames:
            assert self.writer.write(plan_of(frame, 10 * frame, [frame / 1000, 0.5]))


@pytest.fixture
def ends():
    return Ends()


def test_plans_are_read_once_and_in_their_order(ends):
    ends.write(1, 2, 3)
    looks = ends.reader.newer()
    assert [(one.frame, one.light_ns) for one in looks] == [(1, 10), (2, 20), (3, 30)]
    assert [one.targets.level.tolist() for one in looks] == [[0.001, 0.5], [0.002, 0.5], [0.003, 0.5]]
    assert looks[0].targets.xy.tolist() == [[0.3127, 0.329]] * 2
    assert looks[0].patch == (1, 1, 1, 3)
    assert ends.reader.newer() == []


def test_what_stands_is_the_same_object(ends):
    ends.write(1)
    (before,) = ends.reader.newer()
    ends.writer.write(plan_of(2, 20, [0.001, 0.5]))
    ends.writer.write(plan_of(3, 30, [0.2, 0.5]))
    ends.writer.write(plan_of(4, 40, [0.2, 0.5], (7, 1, 8, 1)))
    same, brighter, moved = ends.reader.newer()
    assert same.targets is before.targets
    assert brighter.targets.xy is before.targets.xy
    assert (brighter.patch, moved.patch) == (before.patch, (7, 1, 8, 1))
    assert moved.targets.xy is before.targets.xy


def test_a_core_that_dies_while_it_writes_leaves_the_plans_before(ends):
    ends.write(1)
    count = bytes(ends.memory[:8])
    ends.write(2)
    ends.memory[:8] = count
    assert [one.frame for one in ends.reader.newer()] == [1]


@pytest.mark.parametrize("lights", [1, 2])
def test_a_look_stays_as_it_was_when_its_row_is_written_over(lights):
    ends = Ends(lights)
    ends.writer.write(plan_of(0, 0, [0.25] * lights))
    (look,) = ends.reader.newer()
    for frame in range(1, ROWS + 2):
        plan = plan_of(frame, frame, [0.75] * lights)
        ends.writer.write(msgspec.structs.replace(plan, targets=tuple(0.9 * number for number in plan.targets)))
    assert look.targets.level.tolist() == [0.25] * lights
    assert look.targets.xy.tolist() == [[0.3127, 0.329]] * lights


def test_who_slept_for_long_reads_the_newest_plans(ends):
    ends.write(*range(3 * ROWS))
    frames = [one.frame for one in ends.reader.newer()]
    assert frames == list(range(3 * ROWS - len(frames), 3 * ROWS))
    assert len(frames) >= ROWS - 1
    ends.write(500)
    assert [one.frame for one in ends.reader.newer()] == [500]


@pytest.mark.parametrize("broken", [{"levels": [0.1]}, {"levels": [math.nan, 0.1]}, {"patch": (1,)}])
def test_a_plan_of_another_stage_or_with_what_is_no_number_is_not_written(ends, broken):
    ends.write(1)
    assert not ends.writer.write(plan_of(2, 20, **{"levels": [0.9, 0.5], **broken}))
    assert [one.frame for one in ends.reader.newer()] == [1]


def test_what_there_cannot_be_is_written_as_what_there_can(ends):
    plan = plan_of(1, 10, [-1.0, 0.5])
    ends.writer.write(msgspec.structs.replace(plan, targets=(*plan.targets[:3], 0.9, 0.9, 0.5)))
    (look,) = ends.reader.newer()
    assert look.targets.level.tolist() == [0.0, 0.5]
    assert look.targets.xy.sum(axis=1).max() == pytest.approx(1.0)
