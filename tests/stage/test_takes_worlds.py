"""A take with three changes of world: replayed alike from every snapshot, and what take info says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worlds_take import CHANGES, FRAMES, record_worlds

from stage.cli import main
from stage.takes.overview import overview
from stage.takes.reader import TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_worlds(tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("first", [FRAMES.start, 371, 380])
def test_changes_of_world_replay_with_equal_digests_from_any_frame(take: Path, first: int) -> None:
    span = Span(first=first)
    figures = Replay(TakeReader(take), ShowFold, span=span, compare=True, exact=True, see=lambda *_: None).run()
    assert figures.differences == []
    assert (figures.frames, figures.equal) == (FRAMES.stop - first, FRAMES.stop - first)


def test_take_info_lists_every_change_of_world(take: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [(one.frame, one.before, one.after, one.dissolve_s, one.turned_back) for one in overview(take).worlds]
    assert found == CHANGES
    for words in ((), ("--json",)):
        with pytest.raises(SystemExit) as ended:
            main(["take", "info", str(take), *words])
        assert not ended.value.code
    shown, _, encoded = capsys.readouterr().out.partition("\n{")
    assert "frame 310: valley to office, cut" in shown
    assert "frame 320: office to valley, dissolve of 0.50 s" in shown
    assert "frame 355: valley to office, dissolve of 1.00 s, turned back" in shown
    first = json.loads("{" + encoded)["worlds"][0]
    assert first == {"frame": 310, "from": "valley", "to": "office", "dissolve_s": 0.0, "turned_back": False}
