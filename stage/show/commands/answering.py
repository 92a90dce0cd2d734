"""The answers of one frame: what was owed, and the commands in their order. What is new of them is for the journal."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from stage.show.commands.answered import AnswerMemory
from stage.show.commands.kinds import Hands
from stage.show.commands.light_work import taken_lights
from stage.show.commands.owed import settled
from stage.show.commands.plain_sets import PlainSets
from stage.show.commands.table import carry_out
from stage.show.frame.outcome import Answer, Entered
from stage.show.frame.requests import Command


class Answering:
    """Carries out the commands of a frame. `answers` are those to give; `entered` those that were never given before.

    `entries` counts what was entered, over all frames and runs.
    """

    def __init__(self, hands: Hands, memory: AnswerMemory, frame: int, rate: Fraction, entries: int) -> None:
        self._hands = hands
        self._memory = memory
        self._frame = frame
        self._rate = rate
        self.entries = entries
        self.answers: list[Answer] = []
        self.entered: list[Entered] = []

    def carry_out(self, commands: tuple[Command, ...]) -> None:
        """All of them; before and after them what is owed is answered, where it can be by now."""
        self._settle()
        hands, memory, frame, answers = self._hands, self._memory, self._frame, self.answers
        plain = PlainSets(hands, memory, frame)
        for command in commands:
            answer = plain.carry_out(command) or carry_out(hands, memory, command, frame)
            if answer is None:
                continue
            answers.append(answer)
            if answer.frame < 0:  # one that has a frame was given in that frame
                self.entries += 1
                self.entered.append(Entered(number=self.entries, command=command, answer=replace(answer, frame=frame)))
        plain.end()
        self._settle()

    def _settle(self) -> None:
        if self._hands.lights.asked:
            for taken in taken_lights(self._hands, self._memory, self._frame, self._rate):
                self.answers += taken.answers
                self._enter(taken.command, taken.answers[0])
        owed = self._hands.take.owed
        if owed is None:
            return
        sequence = self._hands.controls.state.sequence
        given = tuple(settled(self._hands.take, self._memory, frame=self._frame, rate=self._rate, sequence=sequence))
        self.answers += given
        if given and owed.command is not None:
            self._enter(owed.command, given[0])

    def _enter(self, command: Command, answer: Answer) -> None:
        self.entries += 1
        self.entered.append(Entered(number=self.entries, command=command, answer=answer))
