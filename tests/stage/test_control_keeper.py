"""Saved values: written whole or not at all, and restored with a line for everything that cannot be used."""

from __future__ import annotations

import os
import time

import pytest

from stage.control.keeper import Keeper, KeeperJob
from stage.control.saved_values import SavedValues, read_values, restore, write_values
from stage.control.value_places import ValuePlaces
from stage.run.state_file import LAST_STATE, RUN_MARK, read_state, running_mark
from stage.words.sentences import refusal_line
from tests.fold.small_show import TREE

NESTED = b'{"values": ' + b'{"/a": ' * 100_000
DEEP = b'{"extra": ' + b"[" * 100_000
VALUES = {"/grade/tint": 0.25, "/output/blackout": True, "/world/guide": "horizon"}


def await_results(keeper):
    deadline = time.monotonic() + 5.0
    while not (results := keeper.results()):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return results


def places(folder):
    """A show's values in `folder`, those of the stage itself in another."""
    return ValuePlaces(show=folder, stage=folder.parent / f"{folder.name}-of-stage")


def job(name="startup", values=None):
    return KeeperJob(sender="zmq-aa", id="1", role="admin", name=name, values=values)


def test_what_was_written_is_restored(tmp_path):
    write_values(tmp_path / "deep" / "startup.json", SavedValues(values=VALUES))
    assert restore(tmp_path / "deep", TREE) == (VALUES, ())
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["startup.json"]


def test_a_missing_file_is_not_a_fault(tmp_path):
    assert restore(tmp_path / "missing", TREE) == ({}, ())


def test_entries_that_no_longer_fit_are_reported_and_skipped(tmp_path):
    stale = {"/grade/tint": 0.25, "/gone": 1.0, "/grade/exposure_stops": 99.0, "/output/blackout": 1.0}
    write_values(tmp_path / "startup.json", SavedValues(values=stale))
    values, findings = restore(tmp_path, TREE)
    assert values == {"/grade/tint": 0.25}
    assert len(findings) == 3
    assert all("startup.json" in finding and "skipped" in finding for finding in findings)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"values": {"/a": [1]}}', b"\xff\xfe\x00", b" " * (2 << 20), NESTED]
)
def test_a_broken_file_is_reported_and_set_aside(tmp_path, content):
    (tmp_path / "startup.json").write_bytes(content)
    values, findings = restore(tmp_path, TREE)
    assert values == {}
    assert "startup.json.broken" in findings[0]
    assert (tmp_path / "startup.json.broken").read_bytes() == content
    assert restore(tmp_path, TREE) == ({}, ())


def test_a_later_version_with_more_in_it_is_read(tmp_path):
    (tmp_path / "startup.json").write_bytes(b'{"version": 2, "by": "someone", "values": {"/grade/tint": 1}}')
    assert restore(tmp_path, TREE) == ({"/grade/tint": 1.0}, ())


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "startup.json"
    write_values(file, SavedValues(values=VALUES))

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_values(file, SavedValues(values={}))
    assert read_values(file).values == VALUES
    assert [one.name for one in tmp_path.iterdir()] == ["startup.json"]


def test_the_keeper_saves_and_loads(tmp_path):
    keeper = Keeper(places(tmp_path), "Stage")
    assert keeper.submit(job(values=VALUES))
    assert await_results(keeper)[0].refusal is None
    assert keeper.submit(job())
    assert await_results(keeper)[0].values == VALUES
    keeper.close()


def test_the_keeper_says_why_it_could_not(tmp_path):
    (tmp_path / "file").write_text("in the way")
    keeper = Keeper(places(tmp_path / "file"), "Stage")
    keeper.submit(job(values=VALUES))
    assert await_results(keeper)[0].refusal.code == "conflict"
    keeper.close()
    keeper = Keeper(places(tmp_path), "Stage")
    keeper.submit(job(name="nothing"))
    result = await_results(keeper)[0]
    assert result.refusal.code == "unknown_path"
    assert refusal_line(result.refusal) == "nothing is saved under 'nothing'"
    keeper.close()


def test_closing_finishes_the_queued_jobs(tmp_path):
    keeper = Keeper(places(tmp_path), "Stage")
    for number in range(10):
        assert keeper.submit(job(name=f"n{number}", values=VALUES))
    keeper.close()
    assert len(list(tmp_path.glob("n*.json"))) == 10


@pytest.mark.parametrize("content", [NESTED, DEEP])
def test_a_job_that_reads_hostile_nesting_is_refused_and_the_next_one_is_done(tmp_path, content):
    (tmp_path / "deep.json").write_bytes(content)
    keeper = Keeper(places(tmp_path), "Stage")
    for name in ("deep", "lone\udc80surrogate", "nul\0byte", "long" * 100):
        keeper.submit(job(name=name))
        assert await_results(keeper)[0].refusal is not None
    keeper.submit(job(name="\udc80", values=VALUES))
    keeper.submit(job(name="good", values=VALUES))
    wanted = []
    while len(wanted) < 2:
        wanted += await_results(keeper)
    assert wanted[-1].refusal is None
    keeper.close()


@pytest.mark.parametrize("content", [NESTED, DEEP])
def test_a_start_with_hostile_nesting_uses_the_defaults(tmp_path, content):
    (tmp_path / "startup.json").write_bytes(content)
    values, (finding,) = restore(tmp_path, TREE)
    assert values == {}
    assert "starting with the defaults" in finding


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_ordinary_file_blocks_neither_the_thread_nor_the_start(tmp_path, kind):
    file = tmp_path / "startup.json"
    {"pipe": lambda: os.mkfifo(file), "device": lambda: file.symlink_to("/dev/zero"), "folder": file.mkdir}[kind]()
    keeper = Keeper(places(tmp_path), "Stage")
    assert keeper.submit(job())
    (result,) = await_results(keeper)
    assert result.refusal is not None
    assert "not an ordinary file" in refusal_line(result.refusal)
    values, (finding,) = restore(tmp_path, TREE)
    assert values == {}
    assert "starting with the defaults" in finding
    keeper.close()


@pytest.mark.parametrize("name", [LAST_STATE, RUN_MARK])
def test_a_state_folder_with_a_pipe_in_it_is_one_without_a_state(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert read_state(tmp_path) is None
    assert running_mark(tmp_path) is None


def test_a_note_of_a_run_that_is_nested_too_deep_is_none(tmp_path):
    (tmp_path / RUN_MARK).write_bytes(DEEP)
    assert running_mark(tmp_path) is None
