"""Who changed what, when, and how it was answered: read back from the journal; and a power cut that costs nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgpack
import msgspec
import pytest
import zmq
from running_stage import RunningStage, command_here, configuration, running, wait_for

from stage.command_line.control_log import since_time
from stage.control.log_reading import LogJob, LogLine, LogPage
from stage.control.requests import LogRequest
from stage.live.journal_keeper import JournalKeeper
from stage.run.journal import entries_after
from stage.run.state_file import LAST_STATE, RUN_MARK, RunMark
from stage.show.frame.entries import RefusedCall, decode_entry
from stage.values.parameters import Refusal
from tests.building import batch, command, inputs_at, set_heading, set_to, stage, start_take
from tracking.records import ConfigError

TINT, EXPOSURE, BLACKOUT = "/grade/tint", "/grade/exposure_stops", "/output/blackout"
SESSION = "a session of 26 characters"


def kept(folder: Path, *frames: list[Any], calls: tuple[RefusedCall, ...] = ()) -> None:
    """Writes a journal as a running stage does."""
    show, keeper = stage().show(), JournalKeeper(folder, lambda: 0)
    for frame, commands in enumerate(frames):
        inputs = inputs_at(frame, *commands)
        keeper.keep(inputs, show.step(inputs), lambda: calls)
    keeper.close()


def asked(folder: Path, **fields: Any) -> LogPage:
    return LogJob(sender="x", id="1", folder=str(folder), request=LogRequest(id="1", **fields)).read()


def by(person: str, request: Any, number: int, sender: str = "desk") -> Any:
    return command(request, request_id=f"{person}{number}", sender=sender, person=person, origin="10.0.0.7")


def lines_of(folder: Path, **fields: Any) -> list[LogLine]:
    return list(reversed(asked(folder, **fields).lines))


def test_a_line_says_who_asked_what_from_where_and_how_it_was_answered(tmp_path: Path) -> None:
    values = {TINT: 0.2, BLACKOUT: True}
    kept(
        tmp_path,
        [by("Ada", set_to(TINT, 0.5, 2.0), 1), by("Bo", set_to(TINT, 99.0), 2)],
        [by("Ada", batch(values), 3), by("Bo", set_heading("none", 5.0), 4), by("Ada", start_take("Sc 1"), 5)],
    )
    first, second, third, fourth = lines_of(tmp_path)
    assert (first.person, first.origin, first.asked, first.path, first.value, first.code) == (
        "Ada",
        "10.0.0.7",
        f"set {TINT} 0.5 over 2 s",
        TINT,
        0.5,
        "",
    )
    assert (second.person, second.code, second.number) == ("Bo", "out_of_range", 2)
    assert "99" in second.detail
    assert (first.fade_s, second.reason, second.paths, second.values["maximum"]) == (
        2.0,
        "number_out_of_range",
        (TINT,),
        1.0,
    )
    assert (third.asked, third.paths, third.count, third.frame) == ("batch 2 values", tuple(values), 2, 1)
    assert (fourth.request, fourth.code) == ("nudge", "unknown_path")
    assert "pan_deg 5.0" in fourth.asked
    assert (fourth.name, fourth.action) == ("none", "")
    assert abs(first.unix_s - time.time()) < 60.0


def test_lines_are_found_by_person_path_and_time_and_come_in_pages(tmp_path: Path) -> None:
    kept(
        tmp_path,
        *([by(("Ada", "Bo")[n % 2], set_to((TINT, EXPOSURE)[n % 3 == 0], 0.01 * n), n)] for n in range(40)),
    )
    assert [line.person for line in lines_of(tmp_path, person="Ada")] == ["Ada"] * 20
    assert {line.path for line in lines_of(tmp_path, path=EXPOSURE)} == {EXPOSURE}
    assert len(lines_of(tmp_path, path="/grade")) == len(lines_of(tmp_path, path="/grade/")) == 40
    assert lines_of(tmp_path, path="/gra") == []
    assert lines_of(tmp_path, since=time.time() + 60.0) == []
    found, before = [], {}
    for _ in range(9):
        page = asked(tmp_path, last=5, **before)
        found += page.lines
        before = {"before": page.before}
        if page.before is None:
            break
    assert [line.number for line in found] == list(range(40, 0, -1))


def test_a_call_that_was_refused_is_a_line_and_an_entry_of_another_version_is_passed_over(tmp_path: Path) -> None:
    refusal = Refusal(
        code="forbidden",
        reason="command_needs_role",
        values={"command": "save", "needed": "operator", "role": "viewer"},
    )
    call = RefusedCall(sender="x", role="viewer", request="save", refusal=refusal, person="Cy", owner="key:cy")
    kept(tmp_path, [], [by("Ada", set_to(TINT, 0.5), 1)], calls=(call,))
    journal = JournalKeeper(tmp_path, lambda: 0)
    journal._journal.add([(2, b"\xc1")])
    journal.close()
    refused, _, done = lines_of(tmp_path)
    assert (refused.number, refused.person, refused.code, refused.asked) == (0, "Cy", "forbidden", "save")
    assert (done.number, done.person) == (1, "Ada")
    assert [line.person for line in lines_of(tmp_path, person="key:cy")] == ["Cy", "Cy"]


def test_there_is_no_log_where_there_is_no_journal(tmp_path: Path) -> None:
    assert asked(tmp_path / "none") == LogPage(lines=(), before=None)


@pytest.mark.parametrize(("text", "ago_s"), [("90s", 90.0), ("20m", 1200.0), ("2h", 7200.0), ("1.5d", 129_600.0)])
def test_a_time_that_is_some_time_ago(text: str, ago_s: float) -> None:
    assert since_time(text, 1e9) == 1e9 - ago_s
    assert since_time("", 1e9) is None


@pytest.mark.parametrize("text", ["soon", "2", "-2h", "2026-13-01", "9" * 40])
def test_what_is_no_time_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(ConfigError, match="expected 90s"):
        since_time(text, 1e9)


class Retrying:
    """A client of one session that sends a request again, on another connection, until it is answered."""

    def __init__(self, stage_: RunningStage) -> None:
        self._stage = stage_

    def ask(self, request_id: str, **fields: Any) -> dict[str, Any]:
        body = msgpack.packb({"id": request_id, "session": SESSION, **fields})
        for _ in range(100):
            with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
                socket.linger = 0
                socket.connect(self._stage.ready["control"])
                socket.send(body)
                if socket.poll(1000):
                    return msgpack.unpackb(socket.recv())
        raise AssertionError(self._stage.stderr)


@pytest.mark.usefixtures("own_runs")
def test_what_was_acknowledged_outlives_a_power_cut_and_the_log_has_it_all(tmp_path: Path) -> None:
    """The state on the disk is put back to before the commands, as where the power goes before it is written again."""
    state = tmp_path / "state"
    first: dict[str, dict[str, Any]] = {}
    with running(tmp_path, configuration()) as stage_:
        client = Retrying(stage_)
        wait_for((state / LAST_STATE).exists)
        before = {file.name: file.read_bytes() for file in state.iterdir() if file.name.startswith(LAST_STATE)}
        requests = {f"r{number}": {"type": "set", "path": TINT, "value": number / 100} for number in range(10)}
        requests["take"] = {"type": "take", "action": "start", "name": "kept"}
        for request_id, fields in requests.items():
            first[request_id] = client.ask(request_id, **fields)
        assert client.ask("no", type="set", path=TINT, value=0.0, role="viewer")["code"] == "forbidden"
        assert client.ask("never", type="save", role="viewer")["code"] == "forbidden"
        assert client.ask("a frame later", type="status")["type"] == "ok"
        runtime = run_folder(state)
        os.kill(stage_.process.pid, signal.SIGKILL)
        stage_.process.wait()
    wait_for(lambda: not Path(f"/proc/{stage_.ready['pid']}").exists())
    shutil.rmtree(runtime)
    for name, content in before.items():
        (state / name).write_bytes(content)
    with running(tmp_path, configuration(), "--resume") as stage_:
        client = Retrying(stage_)
        assert stage_.client.get(TINT) == 0.09
        assert stage_.until_status(lambda status: status["take"]["state"] == "recording")["take"]["name"] == "kept"
        for request_id, fields in requests.items():
            again = client.ask(request_id, **fields)
            assert {name: again[name] for name in ("type", "frame", "value")} == {
                name: first[request_id][name] for name in ("type", "frame", "value")
            }
        endpoint = ("--endpoint", stage_.ready["control"])
        printed = json.loads(command_here("control", "log", "--last", "100", "--json", *endpoint).stdout)
        assert Counter(line["session"] for line in printed)[SESSION] == len(requests) + 1
        assert [line["asked"] for line in printed if line["code"]] == [f"set {TINT} 0.0", "save"]
        table = command_here("control", "log", "--path", "/grade", "--since", "1h", *endpoint).stdout
        assert "forbidden" in table
        assert "save" not in table
        assert stage_.end()[0] == 0
    numbered = [decode_entry(entry.content) for entry in entries_after(state / "journal", 0)]
    ids = Counter(one.command.request.id for one in numbered if one.command and one.command.request.session)
    assert ids == Counter([*requests, "no"])


def run_folder(state: Path) -> Path:
    """The folder of the run that is going on."""
    return Path(msgspec.json.decode((state / RUN_MARK).read_bytes(), type=RunMark).runtime)
