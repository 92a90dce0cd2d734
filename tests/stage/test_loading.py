"""Configurations as files, and the files that they name: what cannot be read is refused with what to do."""

import json

import pytest

from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from tests.building import camera, stage_text, tracker
from tests.fold.config.stage_texts import GOOD
from tracking.records import ConfigError

LENS = {"nodes": [{"focal_length_mm": 24, "radial": [4e-4]}]}
FOLDING = {"nodes": [{"focal_length_mm": 24, "radial": [-4e-3]}]}


def refusal_of(folder, text, lens=LENS):
    (folder / "lens.json").write_text(json.dumps(lens))
    (folder / "stage.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_geometry(load_config(folder / "stage.toml"))
    return str(refused.value)


def test_a_missing_file_is_one_line_with_a_cure(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_config(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(path)


def test_an_unknown_preset_is_refused_with_the_presets_there_are(tmp_path):
    refusal = refusal_of(tmp_path, GOOD.replace("camera_id = 1", 'preset = "nobody"'))
    assert "trackers[0].preset: found 'nobody', expected one of ['" in refusal
    assert "'vmc'" in refusal


@pytest.mark.parametrize(
    ("keys", "lens", "words"),
    [
        ({"lens": "lens.json"}, FOLDING, "cameras[0].lens"),
        ({"lens": "none.json"}, LENS, "none.json"),
        ({"focal_length_mm": 35.0, "lens": "lens.json"}, LENS, "found beside"),
        ({"zoom": [[0, 24], [9, 70]], "lens": "lens.json"}, LENS, "found beside"),
        ({"overscan_floor_deg": 5.0, "overscan_ceiling_deg": 4.0}, LENS, "overscan_floor_deg"),
    ],
)
def test_an_impossible_lens_or_margin_is_refused_before_the_first_frame(tmp_path, keys, lens, words):
    text = stage_text(tracker("t"), camera("A", tracker="t", **keys))
    assert words in refusal_of(tmp_path, text, lens)
