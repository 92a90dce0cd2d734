"""The files of looks follow the fold, by real files: written, rewritten, renamed with their pictures, removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from running_stage import wait_for

from stage.config.findings import Findings
from stage.config.look_reader import read_look
from stage.control.look_files import AGAIN_S, LookFiles
from stage.control.look_writer import LookWriter, look_text
from stage.loading.show_files import LOOKS, read_look_file
from stage.show.frame.requests import LookRequest
from stage.values.looks import Look
from tests.building import camera, inputs_at, stage, start_take

STAGE = stage(camera("A"))
TINT = "/grade/tint"


class Kept:
    """A show whose looks are kept in a folder, on a clock that only the test moves."""

    def __init__(self, folder: Path, state=None) -> None:
        self.now_s = 0.0
        self.folder = folder
        self.show = STAGE.show(state)
        self.writer = LookWriter(folder)
        self.files = LookFiles(self.writer, clock_s=lambda: self.now_s)
        self.frame = self.show.state.frame

    def step(self, *asked) -> None:
        """One frame, and then what it leads to on the disk."""
        self.frame += 1
        observations = tuple(self.files.reports())
        outcome = self.show.step(inputs_at(self.frame, *asked, observations=observations))
        assert not asked or not outcome.answers or outcome.answers[-1].refusal is None
        self.files.follow(self.show.state.looks)

    def look(self, action: str, name: str, **fields: object) -> None:
        self.step(LookRequest(id=0, action=action, name=name, **fields))

    def settle(self) -> None:
        """Frames until everything is written and removed."""
        wait_for(self._is_settled, what="everything in its files")

    def _is_settled(self) -> bool:
        self.step()
        shelf = self.show.state.looks
        return not shelf.dropped and all(kept.saved for kept in (*shelf.looks.values(), *shelf.of_takes.values()))

    def is_told(self) -> bool:
        """Whether a frame later somebody is told of what cannot be written."""
        self.step()
        return bool(self.files.missing())

    def there(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def kept(tmp_path):
    kept = Kept(tmp_path / "show" / "looks")
    yield kept
    kept.writer.close()


def test_a_look_is_a_readable_file_of_its_name_that_reads_back_as_the_same(kept):
    kept.step({TINT: 0.125, "/grade/exposure_stops": 1.0 / 3.0})
    kept.look("save", 'Dusk "2"')
    kept.settle()
    (file,) = kept.folder.iterdir()
    look = read_look_file(file)
    assert (look.name, look.values) == ('Dusk "2"', kept.show.state.looks.looks['Dusk "2"'].values)
    assert '\n"/grade/tint" = 0.125\n' in file.read_text()


def test_files_follow_updates_renames_and_deletions_and_pictures_go_along(kept):
    kept.look("save", "dusk")
    kept.settle()
    (kept.folder / "dusk.jpg").write_bytes(b"jpeg")
    kept.step({TINT: 0.5})
    kept.look("update", "dusk")
    kept.look("rename", "dusk", to="late dusk")
    kept.settle()
    assert kept.there() == ["late dusk.jpg", "late dusk.toml"]
    assert read_look_file(kept.folder / "late dusk.toml").values[TINT] == 0.5
    kept.look("delete", "late dusk")
    kept.settle()
    assert kept.there() == []


def test_looks_of_takes_are_kept_apart(kept):
    kept.step(start_take("slate"))
    kept.settle()
    assert kept.there() == ["takes/slate.toml"]
    kept.look("rename", "slate", to="kept", takes=True)
    kept.settle()
    assert kept.there() == ["kept.toml"]


def test_what_a_dead_core_left_undone_the_next_one_does(kept, tmp_path):
    kept.look("save", "dusk")
    kept.settle()
    kept.writer.close()
    kept.look("save", "dawn")
    kept.look("delete", "dusk")
    again = Kept(kept.folder, kept.show.snapshot())
    again.settle()
    assert again.there() == ["dawn.toml"]
    again.writer.close()


def test_what_cannot_be_written_is_told_and_tried_again(kept):
    kept.folder.parent.mkdir()
    kept.folder.write_text("in the way")
    kept.look("save", "dusk")
    wait_for(kept.is_told)
    condition = kept.files.missing()["looks"]
    assert (condition.code, condition.values["file"]) == ("look_not_written", "dusk.toml")
    kept.folder.unlink()
    kept.step()
    assert kept.files.missing()
    kept.now_s += AGAIN_S
    kept.settle()
    assert not kept.files.missing()
    assert kept.there() == ["dusk.toml"]


@pytest.mark.parametrize("file", sorted(LOOKS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_written_look_reads_back_as_it_was(file):
    look = read_look_file(file)
    findings = Findings("look")
    assert read_look(look_text(look), findings, "other") == look
    assert findings.lines() == ()


def test_any_text_and_number_survives_a_file():
    values = {"/a/b": True, '/we"ird\\path\x7f': -0.1, "/t": 'line\nbreak "\\ \x7f \N{SNOWMAN}', "/e": 1e-300}
    look = Look(name="\N{SNOWMAN} 'x'", values=values)
    findings = Findings("look")
    assert read_look(look_text(look), findings, "other") == look
