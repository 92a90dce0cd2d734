"""Nothing that was acknowledged is lost, and nothing happens twice, however often core, gate, supervisor are killed.

Three clients send sets and commands that are not idempotent by nature: GO, nudges by so many degrees, and takes. Each
keeps its session and sends a request again, under its id, until it is answered.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest
import zmq
from running_stage import PATIENCE_S, RunningStage, configuration, free_udp_port, sending, wait_for

from stage.run.journal import entries_after
from stage.show.frame.entries import JournalRecord, decode_entry
from stage.show.frame.requests import CueRequest

CLIENTS = 3
BY_DEG = 0.25
TAKE_EVERY = 20
NUDGE_EVERY = 5
GO_EVERY = 5
GOTO_EVERY = 500
CUES = 400
OFFSET = "/tracker/f/offset/pan_deg"
CUED = "/outer/exposure_stops"
LONG = [
    (0.1, "gate"),
    (0.15, "core"),
    (0.3, "core"),
    (0.45, "supervisor"),
    (0.55, "gate"),
    (0.65, "core"),
    (0.85, "core"),
]
"""Which share of the commands was answered when what is killed."""
Requested = dict[str, Any]


class Crew(threading.Thread):
    """One client. `sent` are the ids in their order, `replies` what each was answered."""

    def __init__(self, number: int, count: int, endpoint: Callable[[], str]) -> None:
        super().__init__(daemon=True)
        self.session = f"client {number} of the kill test"
        self._number = number
        self._count = count
        self._endpoint = endpoint
        self.sent: list[str] = []
        self.replies: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        with zmq.Context() as context:
            socket = None
            for number in range(self._count):
                request_id = f"{self._number}-{number}"
                self.sent.append(request_id)
                body = msgpack.packb({"id": request_id, "session": self.session, **self._request(number)})
                while request_id not in self.replies:
                    socket = self._connected(context) if socket is None else socket
                    socket.send(body)
                    if not self._receive(socket, request_id):
                        socket.close(linger=0)
                        socket = None
            if socket is not None:
                socket.close(linger=0)

    def _connected(self, context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
        socket = context.socket(zmq.DEALER)
        socket.connect(self._endpoint())
        return socket

    def _receive(self, socket: zmq.Socket[bytes], request_id: str) -> bool:
        """Whether the reply came within a second; a busy stage asks for patience, and is asked again."""
        deadline = time.monotonic() + 1.0
        while socket.poll(max(0, round((deadline - time.monotonic()) * 1000))):
            reply = msgpack.unpackb(socket.recv())
            if reply["id"] == request_id and reply.get("code") != "busy":
                self.replies[request_id] = reply
                return True
        return False

    def _request(self, number: int) -> Requested:
        if self._number == 0 and number % TAKE_EVERY == TAKE_EVERY // 2:
            return {"type": "take", "action": "start"}
        if self._number == 0 and number % TAKE_EVERY == TAKE_EVERY - 1:
            return {"type": "take", "action": "stop"}
        if number % NUDGE_EVERY == 0:
            return {"type": "nudge", "tracker": "f", "by_deg": BY_DEG, "force": True}
        if self._number == 1 and number % GOTO_EVERY == GOTO_EVERY // 2 + 2:
            return {"type": "cue", "action": "goto", "number": 1}
        if self._number > 0 and number % GO_EVERY == 2:
            return {"type": "cue", "action": "go"}
        path = ("/grade/tint", "/grade/exposure_stops", "/grade/saturation")[self._number]
        return {"type": "set", "path": path, "value": (number % 100) / 100}


class Stage:
    """A stage whose core and supervisor are killed; a supervisor that is gone is started again as a service would."""

    def __init__(self, folder: Path, source: str) -> None:
        self._folder = folder
        self._toml = configuration(("f", "freed", source, 1))
        self._running = self._started("--fresh")

    def _started(self, *options: str) -> RunningStage:
        running = RunningStage(self._folder, self._toml, *options)
        running.event("ready")
        return running

    @property
    def running(self) -> RunningStage:
        return self._running

    def endpoint(self) -> str:
        return str(self._running.ready["control"])

    def kill_core(self) -> None:
        self._running.kill_core()
        self._running.event("ready")

    def kill_gate(self) -> None:
        os.kill(self._running.helper("stage.gate"), signal.SIGKILL)

    def kill_supervisor(self) -> None:
        os.kill(self._running.process.pid, signal.SIGKILL)
        core = Path(f"/proc/{self._running.ready['pid']}")
        wait_for(lambda: not core.exists(), what="the end of the core")
        self._running.close()
        self._running = self._started("--resume")

    def close(self) -> None:
        self._running.close()


def killed_at(stage: Stage, crew: list[Crew], count: int, kills: list[tuple[float, str]]) -> None:
    """Kills what is named when this share of all commands has been answered, and waits until the crew is done."""
    for share, what in kills:
        wait_for(
            lambda share=share: _answered(crew) >= share * count * CLIENTS, 4 * PATIENCE_S, f"{share} of the answers"
        )
        {"core": stage.kill_core, "gate": stage.kill_gate, "supervisor": stage.kill_supervisor}[what]()
    for one in crew:
        one.join(4 * PATIENCE_S)
        assert not one.is_alive(), stage.running.stderr


def _answered(crew: list[Crew]) -> int:
    return sum(len(one.replies) for one in crew)


@pytest.mark.usefixtures("own_runs")
@pytest.mark.parametrize(
    ("count", "kills"),
    [
        (60, [(0.2, "gate"), (0.4, "core"), (0.7, "supervisor")]),
        pytest.param(
            5000,
            LONG,
            marks=[pytest.mark.soak, pytest.mark.timeout(1200)],
        ),
    ],
    ids=["short", "long"],
)
def test_every_acknowledged_command_is_in_the_journal_once_in_order_and_the_counters_agree(
    tmp_path: Path, count: int, kills: list[tuple[float, str]]
) -> None:
    source = f"udp://127.0.0.1:{free_udp_port()}"
    with sending("freed", source):
        stage = Stage(tmp_path, source)
        try:
            stage.running.until_status(lambda status: status["trackers"]["f"]["state"] == "fresh")
            stage.running.client.cue_add([{"values": {CUED: of_cue(number + 1)}} for number in range(CUES)])
            crew = [Crew(number, count, stage.endpoint) for number in range(CLIENTS)]
            for one in crew:
                one.start()
            killed_at(stage, crew, count, kills)
            offset, cued = stage.running.client.get(OFFSET), stage.running.client.get(CUED)
            cues = stage.running.client.status()["cues"]
            assert stage.running.end()[0] == 0
        finally:
            stage.close()
    records = [decode_entry(entry.content) for entry in entries_after(tmp_path / "state" / "journal", 0)]
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    for one in crew:
        assert_once_and_in_order(one, records)
    assert_counters(crew, offset)
    assert_goes(records, cues, cued)


def of_cue(number: int) -> float:
    """What the cue of this number sets."""
    return number % 100 / 100


def assert_once_and_in_order(client: Crew, records: list[JournalRecord]) -> None:
    own = [one for one in records if one.command is not None and one.command.request.session == client.session]
    assert [one.command.request.id for one in own if one.command is not None] == client.sent
    for one in own:
        assert one.answer is not None
        reply = client.replies[str(one.answer.id)]
        assert (reply["type"] == "error") == (one.answer.refusal is not None)
        assert reply.get("code", "") == ("" if one.answer.refusal is None else one.answer.refusal.code)
        assert one.answer.refusal is not None or (reply["value"], reply["frame"]) == (
            one.answer.value,
            one.answer.frame,
        )


def assert_counters(crew: list[Crew], offset: float) -> None:
    replies = [one.replies[request_id] for one in crew for request_id in one.sent]
    nudges = [reply for reply in replies if reply["type"] == "ok" and reply["path"] == OFFSET]
    expected = (len(nudges) * BY_DEG + 180.0) % 360.0 - 180.0
    assert len(nudges) > len(replies) // (2 * NUDGE_EVERY)
    assert math.isclose(offset, expected, abs_tol=1e-6)
    starts = [one for number, one in enumerate(crew[0].sent) if number % TAKE_EVERY == TAKE_EVERY // 2]
    names = [crew[0].replies[one]["value"] for one in starts if crew[0].replies[one]["type"] == "ok"]
    assert names == [f"take-{number:03d}" for number in range(1, len(starts) + 1)]


def assert_goes(records: list[JournalRecord], cues: dict[str, Any], cued: float) -> None:
    """Each GO and GOTO was played once, from where the one before had left: the show has counted as many."""
    goes, pointer = 0, 0
    for record in records:
        request = None if record.command is None else record.command.request
        if isinstance(request, CueRequest) and request.action in ("go", "goto"):
            assert record.answer is not None
            pointer = 1 if request.action == "goto" else pointer + 1
            assert (record.answer.refusal, record.answer.value) == (None, pointer), record
            goes += 1
    assert goes > len(records) // (2 * GO_EVERY)
    assert (cues["goes"], cues["pointer"], cued) == (goes, pointer, of_cue(pointer))
