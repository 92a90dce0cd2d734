"""Gathers one frame's inputs: tracker datagrams, commands, observations; bounded, and always in this order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from stage.live.clock import Slot
from stage.show.frame.inputs import (
    BYTES_PER_SOURCE,
    DATAGRAMS_PER_SOURCE,
    Condition,
    Dropped,
    FrameInputs,
    Observation,
    Redone,
    TakeReport,
)
from stage.show.frame.requests import Command, ShowRequest
from tracking.datagrams import Budget
from tracking.sources.opening import Sources

COMMANDS_PER_SLOT = 128
MOST_COMMANDS = 1024
"""The most commands of one frame, however many slots have passed since the frame before."""
EXPECTED_SLOTS = 10
"""For so many slots after a command others are expected."""
STAGE = "stage"
"""The sender of commands that the stage gives itself."""
_BUDGET = Budget(DATAGRAMS_PER_SOURCE, BYTES_PER_SOURCE)


class CommandSource(Protocol):
    """Where commands come from, and reports of what had to be dropped there."""

    def read_ahead(self) -> None:
        """Reads what has come, so that the next drain has less to do."""

    def drain(self, budget: int) -> tuple[Command, ...]: ...

    def reports(self) -> tuple[Dropped | Condition, ...]: ...


class ReportSource(Protocol):
    """Where the recorder's reports come from."""

    def reports(self) -> tuple[TakeReport, ...]: ...


Reports = Callable[[], Iterable[Observation]]
"""What an edge has to report since it was last called."""


class LiveGather:
    """The edges of a running stage, drained once a slot. The first inputs have what is to be `redone`."""

    def __init__(
        self,
        epoch: int,
        sources: Sources,
        control: CommandSource,
        recorder: ReportSource,
        reporters: tuple[Reports, ...] = (),
        *,
        redone: tuple[Redone, ...] = (),
    ) -> None:
        self._epoch = epoch
        self._sources = sources
        self._control = control
        self._recorder = recorder
        self._reporters = reporters
        self._redone = redone
        self._pending: deque[Observation] = deque()
        self._requests: deque[ShowRequest] = deque()
        self._quiet_slots = EXPECTED_SLOTS

    @property
    def expects_commands(self) -> bool:
        """Whether commands came for one of the last frames: mostly others follow, and to wake for none is waste."""
        return self._quiet_slots < EXPECTED_SLOTS

    def read_ahead(self) -> None:
        """Reads commands that have come for the next frame; they are carried out in the order in which they came."""
        self._control.read_ahead()

    def observe(self, presented: Observation) -> None:
        """Keeps an observation for the next frame's inputs."""
        self._pending.append(presented)

    def request(self, request: ShowRequest) -> None:
        """Adds a request of the stage's own to the next frame's commands."""
        self._requests.append(request)

    def inputs(self, slot: Slot) -> FrameInputs:
        """Everything that has come from outside since the last call."""
        datagrams, drops = self._sources.drain(_BUDGET)
        commands = self._control.drain(command_budget(slot))
        self._quiet_slots = 0 if commands else self._quiet_slots + 1
        observations = [*self._pending, *self._recorder.reports(), *self._control.reports()]
        observations.extend(Dropped(source=drop.source, count=drop.count, cause=drop.cause) for drop in drops)
        for reports in self._reporters:
            observations.extend(reports())
        own = tuple(Command(sender=STAGE, role="admin", order=0, request=request) for request in self._requests)
        redone, self._redone = self._redone, ()
        self._pending.clear()
        self._requests.clear()
        return FrameInputs(
            epoch=self._epoch,
            frame=slot.frame,
            present_ns=slot.present_ns,
            datagrams=tuple(datagrams),
            commands=(*own, *commands),
            observations=tuple(observations),
            redone=redone,
        )


def command_budget(slot: Slot) -> int:
    """How many commands a frame may carry out: a share for each slot since the frame before, so that slow frames leave
    no queue behind.
    """
    return min(MOST_COMMANDS, COMMANDS_PER_SLOT * (1 + slot.skipped))
