"""Configurations as files, and the files that they name: what cannot be read is refused with what to do."""

import json
import os
from pathlib import Path

import pytest

from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from tests.building import camera, stage_text, tracker, wall
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
    assert "trackers[0].preset: found 'nobody', expected one of generic, mosys" in refusal
    assert ", vmc, " in refusal


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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "latin-1"])
def test_a_configuration_in_another_encoding_is_refused_with_the_cure(tmp_path, encoding):
    (tmp_path / "a.toml").write_bytes("# Größe\n".encode(encoding))
    with pytest.raises(ConfigError, match=r"UTF-8.*save the file again with the encoding UTF-8"):
        load_config(tmp_path / "a.toml")


def test_a_byte_order_mark_is_passed_over_and_is_not_in_the_text(tmp_path):
    (tmp_path / "stage.toml").write_bytes(b"\xef\xbb\xbf" + stage_text().replace("\n", "\r\n").encode())
    assert load_config(tmp_path / "stage.toml").text == stage_text()


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"camera": {"lens": "{}"}}, "cameras[0].lens"),
        ({"tracker": {"predictor": "learned", "predictor_weights": "{}"}}, "trackers[0].predictor_weights"),
        ({"wall": {"shape": {"kind": "mesh", "file": "{}", "scale": 1.0}}}, "walls[0].shape.file"),
    ],
)
@pytest.mark.parametrize("file", ["pipe", "/dev/zero", "folder"])
def test_only_ordinary_files_are_opened(tmp_path, keys, place, file):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    keys = json.loads(json.dumps(keys).replace("{}", file))
    pieces = (
        tracker("t", **keys.get("tracker", {})),
        camera("A", tracker="t", **keys.get("camera", {})),
        wall("other", **keys.get("wall", {})),
    )
    refusal = refusal_of(tmp_path, stage_text(*pieces))
    assert f"{place}: found '{file}', a folder, pipe or device and not an ordinary file" in refusal
    assert len(refusal.splitlines()) == 1


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("pipe", "is a pipe or device"),
        ("/dev/zero", "is a pipe or device"),
        ("", "is a folder"),
        ("large", "found more than 1048576 bytes"),
    ],
)
def test_only_an_ordinary_file_of_limited_size_is_a_configuration(tmp_path, file, words):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(1 << 40)
    with pytest.raises(ConfigError, match=words):
        load_config(tmp_path / file)


@pytest.mark.data
def test_a_configuration_from_the_field_with_a_byte_order_mark_is_read():
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the files from the field are not here")
    assert load_config(Path(folder) / "field" / "inputs" / "bom.toml").config.stage.name == "Arc"
