"""Gathers one frame's inputs: tracker datagrams, commands, observations; bounded, and always in this order."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from stage.live.clock import Slot
from stage.show.frame.inputs import (
    DATAGRAMS_PER_SOURCE,
    Dropped,
    FrameInputs,
    Observation,
    TakeReport,
)
from stage.show.frame.requests import Command
from tracking.sources.opening import Sources

COMMANDS_PER_SLOT = 128
MOST_COMMANDS = 1024
"""The most commands of one frame, however many slots have passed since the frame before."""


class CommandSource(Protocol):
    """Where commands come from."""

    def drain(self, budget: int) -> tuple[Command, ...]: ...


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
        datagrams, drops = self._sources.drain(DATAGRAMS_PER_SOURCE)
        observations = [*self._pending, *self._recorder.reports()]
        observations.extend(Dropped(source=drop.source, count=drop.count, cause=drop.cause) for drop in drops)
        self._pending.clear()
        return FrameInputs(
            epoch=self._epoch,
            frame=slot.frame,
            present_ns=slot.present_ns,
            datagrams=tuple(datagrams),
            commands=self._control.drain(command_budget(slot)),
            observations=tuple(observations),
        )


def command_budget(slot: Slot) -> int:
    """How many commands a frame may carry out: a share for each slot since the frame before, so that slow frames leave
    no queue behind.
    """
    return min(MOST_COMMANDS, COMMANDS_PER_SLOT * (1 + slot.skipped))
