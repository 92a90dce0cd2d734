"""Commands that an earlier core has answered, and that the state it left lacks: carried out once more, never twice."""

from __future__ import annotations

from stage.show.commands.answered import AnswerMemory, first_answer, meet, remember, request_digest
from stage.show.commands.kinds import Hands
from stage.show.commands.table import carry_out
from stage.show.frame.inputs import Condition, Redone
from stage.show.frame.outcome import decode_answer
from stage.show.frame.requests import Command
from tracking.records import Scalar


def redo(hands: Hands, memory: AnswerMemory, redone: tuple[Redone, ...], frame: int) -> Condition | None:
    """Carries all of them out in their order. One that was refused is only remembered: now it might not be.

    Each is remembered with the answer that was given, but for an id that was another command's. Returns what health
    says where one that was accepted is refused now.
    """
    refused: list[Command] = []
    for one in redone:
        client = one.command.client
        if meet(memory, client, one.command.owner).refusal is not None:
            continue
        known = memory.by_client[client]
        if first_answer(known, one.command) is not None:
            continue
        given = decode_answer(one.answer)
        if given.refusal is None:
            answer = carry_out(hands, memory, one.command, frame)
            for path, call in hands.controls.called.items():
                hands.controls.called[path] = call._replace(frame=min(call.frame, given.frame))
            hands.take.owed = None
            hands.lights.asked.clear()
            if answer is not None and answer.refusal is not None:
                refused.append(one.command)
        remember(known, request_digest(one.command), given, given.frame)
    if not refused:
        return None
    values: dict[str, Scalar] = {"count": len(refused), "of": len(redone), "id": str(refused[0].request.id)}
    return Condition(code="not_redone", severity="warning", values=values, lasts=True)
