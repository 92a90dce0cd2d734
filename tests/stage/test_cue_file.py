"""The file of a show's cues: written after changes, read when somebody else changes it, never lost. Real files."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from running_stage import wait_for

from stage.assets.cue_thread import STANDS_STILL_S, CueWatch
from stage.control.cue_writer import ASIDE, CueJob, CueWriter
from stage.live.cues import LiveCues
from stage.loading.show_files import read_cue_file
from stage.show.frame.inputs import Cause
from stage.show.frame.requests import CueRequest
from stage.values.cues import Cue, CueFields
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tests.building import inputs_at
from tests.fold.show.cue_stage import CUES_STAGE, EXPOSURE, cue, numbers
from tracking.records import ConfigError

BY_HAND = '# my own\n[[cues]]\nnumber = 7\nlook = "dusk"\n'
LATER_S = 4_000_000_000.0


class Kept:
    """A show whose cues are kept in a folder, as core and loader keep them; the clock is the test's."""

    def __init__(self, folder: Path, state=None) -> None:
        self.file = folder / "cues.toml"
        self.show = CUES_STAGE.show(state)
        self.stack = ExitStack()
        self.live = LiveCues(folder, self.show.state.cues, self.stack)
        self.watch = CueWatch(self.file)
        self.frame = self.show.state.frame

    def step(self, *asked: CueRequest, looks: bool = True) -> None:
        """One frame, before which the loader has looked."""
        news = self.watch.step(LATER_S) if looks else None
        if news is not None:
            self.live.hear(news)
        self.frame += 1
        inputs = inputs_at(self.frame, *asked, observations=tuple(self.live.reports()))
        outcome = self.show.step(inputs)
        assert all(answer.refusal is None for answer in outcome.answers)
        self.live.keep(inputs, outcome)

    def until(self, numbers_there: list[float]) -> None:
        """Frames until the file has these cues."""

        def is_there() -> bool:
            self.step()
            with suppress(ConfigError):
                return [one.number / 1000 for one in read_cue_file(self.file).cues] == numbers_there
            return False

        wait_for(is_there, what=f"a file of {numbers_there}")

    def add(self, number: float) -> CueRequest:
        return cue("add", cues=(CueFields(number=number, values={EXPOSURE: 1.0}),))


@pytest.fixture
def kept(tmp_path):
    kept = Kept(tmp_path / "show")
    yield kept
    kept.stack.close()


def test_a_change_is_written_into_a_readable_file_and_reads_back_as_the_same(kept):
    kept.step(kept.add(1))
    kept.until([1.0])
    kept.step(kept.add(1.5), cue("edit", cues=(CueFields(number=1, look="dusk", name='"first"'),)))
    kept.until([1.0, 1.5])
    assert list(read_cue_file(kept.file).cues) == kept.show.state.cues.cues
    assert '\nname = "\\"first\\""\nlook = "dusk"\n' in kept.file.read_text()
    kept.step()
    assert not kept.live.missing()


def test_a_file_is_read_at_the_start_and_again_when_it_was_changed_by_hand(tmp_path):
    file = tmp_path / "cues.toml"
    file.write_text(BY_HAND)
    kept = Kept(tmp_path)
    kept.step()
    assert numbers(kept.show) == [7.0]
    assert file.read_text() == BY_HAND  # nobody has changed the list: the remark stays
    file.write_text(BY_HAND.replace("7", "8"))
    kept.step()
    assert numbers(kept.show) == [8.0]
    file.write_text(BY_HAND.replace("= 7", "= x"))
    kept.step()
    assert numbers(kept.show) == [8.0]
    (condition,) = kept.live.missing().values()
    assert condition.code == "cues_unreadable"
    assert "not valid TOML" in sentence(condition.code, condition.values)
    assert "第 3 行第 10 列不是有效的 TOML" in sentence(condition.code, condition.values, LANGUAGES["zh"])
    file.write_text(BY_HAND)
    kept.step()
    assert not kept.live.missing()
    kept.step(kept.add(9))
    kept.until([7.0, 9.0])
    assert not list(tmp_path.glob(f"*{ASIDE}"))
    kept.stack.close()


def test_what_was_written_by_hand_and_not_read_is_set_aside_and_not_lost(tmp_path):
    kept = Kept(tmp_path)
    kept.step(kept.add(1))
    kept.until([1.0])
    kept.file.write_text("broken [[ by hand")
    kept.step()
    kept.step(kept.add(2))
    kept.until([1.0, 2.0])
    assert (tmp_path / f"cues.toml{ASIDE}").read_text() == "broken [[ by hand"
    wait_for(lambda: kept.step() or "cues set aside" in kept.live.missing())
    kept.file.write_text(BY_HAND)
    kept.step(kept.add(3), looks=False)
    kept.until([1.0, 2.0, 3.0])
    assert (tmp_path / f"cues.toml{ASIDE}").read_text() == BY_HAND
    kept.stack.close()


def test_what_a_core_was_killed_before_writing_is_written_by_the_next_one(tmp_path):
    (tmp_path / "cues.toml").write_text(BY_HAND)
    dead = Kept(tmp_path)
    dead.step()
    dead.show.step(inputs_at(dead.frame + 1, dead.add(8)))  # acknowledged, and never written
    kept = Kept(tmp_path, dead.show.snapshot())
    kept.step()
    assert numbers(kept.show) == [7.0, 8.0]
    kept.until([7.0, 8.0])
    again = Kept(tmp_path, kept.show.snapshot())
    for _ in range(3):
        again.step()
    assert numbers(again.show) == [7.0, 8.0]
    for one in (dead, kept, again):
        one.stack.close()


def test_a_new_show_over_a_file_that_the_stage_wrote_begins_with_it_and_goes_on(tmp_path):
    first = Kept(tmp_path)
    first.step(first.add(1))
    first.until([1.0])
    first.stack.close()
    kept = Kept(tmp_path)
    kept.step()
    assert numbers(kept.show) == [1.0]
    kept.step(kept.add(2))
    kept.until([1.0, 2.0])
    kept.stack.close()


def test_a_deleted_file_takes_no_cue_with_it(kept):
    kept.step(kept.add(1))
    kept.until([1.0])
    kept.file.unlink()
    kept.step()
    assert numbers(kept.show) == [1.0]
    kept.step(kept.add(2))
    kept.until([1.0, 2.0])


def test_a_file_is_read_only_once_it_stands_still(tmp_path):
    file = tmp_path / "cues.toml"
    file.write_text(BY_HAND)
    watch, changed_s = CueWatch(file), file.stat().st_mtime
    assert watch.step(changed_s + 0.5 * STANDS_STILL_S) is None
    news = watch.step(changed_s + 2.0 * STANDS_STILL_S)
    assert [one.number for one in news.cues] == [7000]
    assert news.by_hand
    assert watch.step(changed_s + 3.0 * STANDS_STILL_S) is None
    watch.tell_all()
    assert watch.step(changed_s + 3.0 * STANDS_STILL_S) == news


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link", "large", "latin"])
def test_a_file_that_is_no_text_of_cues_is_said_and_blocks_nobody(tmp_path, kind):
    file = tmp_path / "cues.toml"
    make = {
        "pipe": lambda: os.mkfifo(file),
        "device": lambda: file.symlink_to("/dev/zero"),
        "folder": file.mkdir,
        "link": lambda: file.symlink_to(file),
        "large": lambda: file.write_bytes(b"#" * (7 << 20)),
        "latin": lambda: file.write_bytes(b'[[cues]]\nnumber = 1\nlook = "\xfc"\n'),
    }
    make[kind]()
    news = CueWatch(file).step(LATER_S)
    assert kind == "link" or news.fault
    with pytest.raises(ConfigError, match=r"cues\.toml"):
        read_cue_file(file)


def test_a_link_out_of_the_show_is_not_followed_since_the_folder_is_what_is_handed_over(tmp_path):
    (tmp_path / "elsewhere.toml").write_text(BY_HAND)
    (tmp_path / "show").mkdir()
    for target, fault in ((tmp_path / "elsewhere.toml", True), ("cues-1.toml", False)):
        (tmp_path / "show" / "cues-1.toml").write_text(BY_HAND)
        file = tmp_path / "show" / "cues.toml"
        file.unlink(missing_ok=True)
        file.symlink_to(target)
        news = CueWatch(file).step(LATER_S)
        assert (news.fault == Cause(code="file_link_out"), news.cues == ()) == (fault, fault)


def test_a_folder_that_cannot_be_written_to_is_said_and_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr("stage.control.cue_writer.AGAIN_S", 0.01)
    (tmp_path / "show").write_text("in the way")
    writer = CueWriter(tmp_path / "show" / "cues.toml")
    writer.put(CueJob(cues=(Cue(number=1000, look="dusk"),), edition=1))
    assert wait_for(writer.results)[0].found
    (tmp_path / "show").unlink()
    wait_for(lambda: any(not result.found for result in writer.results()))
    writer.close()
    assert read_cue_file(tmp_path / "show" / "cues.toml").edition == 1


def test_closing_writes_what_is_new(tmp_path):
    writer = CueWriter(tmp_path / "cues.toml")
    for edition in range(1, 20):
        writer.put(CueJob(cues=(Cue(number=1000, look="dusk"),), edition=edition))
    writer.close()
    assert read_cue_file(tmp_path / "cues.toml").edition == 19
