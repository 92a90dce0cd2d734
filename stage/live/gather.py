"""Gathers one frame's inputs: tracker datagrams, commands, observations; bounded, and always in this order."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from stage.live.clock import Slot
from stage.show.frame.inputs import (
    BYTES_PER_SOURCE,
    DATAGRAMS_PER_SOURCE,
    Dropped,
    FrameInputs,
    Observation,
    TakeReport,
)
from stage.show.frame.requests import Command
from tracking.datagrams import Budget
from tracking.sources.opening import Sources

COMMANDS_PER_FRAME = 128
_BUDGET = Budget(DATAGRAMS_PER_SOURCE, BYTES_PER_SOURCE)


class CommandSource(Protocol):
    """Where commands come from, and reports of what had to be dropped there."""

    def drain(self, budget: int) -> tuple[Command, ...]: ...

    def reports(self) -> tuple[Dropped, ...]: ...


class ReportSource(Protocol):
    """Where the recorder's reports come from."""

    def reports(self) -> tuple[TakeReport, ...]: ...


class LiveGather:
    """The edges of a running stage, drained once a slot."""

    def __init__(self, epoch: int, sources: Sources, control: CommandSource, recorder: ReportSource) -> None:
        self._epoch = epoch
        self._sources = sources
        self._control = control
        self._recorder = recorder
        self._pending: deque[Observation] = deque()

    def observe(self, presented: Observation) -> None:
        """Keeps an observation for the next frame's inputs."""
        self._pending.append(presented)

    def inputs(self, slot: Slot) -> FrameInputs:
        """Everything that has come from outside since the last call."""
        datagrams, drops = self._sources.drain(_BUDGET)
        commands = self._control.drain(COMMANDS_PER_FRAME)
        observations = [*self._pending, *self._recorder.reports(), *self._control.reports()]
        observations.extend(Dropped(source=drop.source, count=drop.count, cause=drop.cause) for drop in drops)
        self._pending.clear()
        return FrameInputs(
            epoch=self._epoch,
            frame=slot.frame,
            present_ns=slot.present_ns,
            datagrams=tuple(datagrams),
            commands=commands,
            observations=tuple(observations),
        )
