"""`stage patterns` as a technician meets it."""

import json
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from small_stage import SmallStage

from render.compose.patterns import PATTERNS, read_counter
from stage.cli import main
from stage.command_line.patterns import EVERY, PatternChoice
from stage.config.starter import starter


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "stage.toml"
    path.write_text(starter("A", wall="plane", tracker="freed", resolution_px=(320, 128), rate_hz="60"))
    return path


@pytest.fixture
def patterns(config, capsys):
    def call(*words):
        try:
            main(["patterns", str(config), *words])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_the_command_offers_every_pattern_that_can_be_drawn():
    assert set(PATTERNS) == {*EVERY, "off"}
    assert set(get_args(PatternChoice)) == {*EVERY, "off", "all"}


@pytest.mark.gl
def test_every_pattern_becomes_a_picture_of_the_wall_as_sent(patterns, tmp_path):
    code, out, err = patterns("--pattern", "all", "--out", str(tmp_path / "drawn"), "--frame", "4711", "--json")
    assert code == 0, err
    pictures = {file: np.asarray(Image.open(file)) for file in json.loads(out)["files"]}
    assert len(pictures) == len(EVERY)
    assert {picture.shape for picture in pictures.values()} == {(128, 320, 3)}
    assert all(picture.max() > 100 for picture in pictures.values())
    assert read_counter(pictures[str(tmp_path / "drawn" / "wall-main-counter.png")]) == 4711


def test_a_running_stage_shows_the_pattern_and_says_since_when(patterns, tmp_path):
    with SmallStage(tmp_path / "state").running() as stage:
        code, out, err = patterns("--pattern", "grid", "--endpoint", stage.server.endpoint, "--json")
        assert code == 0, err
        report = json.loads(out)
        assert (report["walls"], report["pattern"]) == (["main"], "grid")
        assert report["frame"] >= 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "expected one of them"),
        (("--out", "a", "--show"), "expected one of them"),
        (("--out", "a", "--pattern", "off"), "--pattern: found 'off'"),
        (("--show", "--pattern", "all"), "--pattern: found 'all'"),
        (("--out", "a", "--wall", "north"), "--wall: found 'north', expected one of ['main']"),
        (("--endpoint", "tcp://127.0.0.1:9"), "tcp://127.0.0.1:9"),
    ],
)
def test_wrong_use_is_refused_in_one_line(patterns, words, expected):
    code, out, err = patterns(*words)
    assert (code, out) == (2, "")
    assert expected in err
    assert len(err.strip().splitlines()) == 1
