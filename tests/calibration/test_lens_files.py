"""Lens files: read as written, refused with their fault."""

import json
import os
from pathlib import Path

import pytest

from calibration.files.loading import load_lens, load_mesh, load_predictor
from calibration.lens_records import Lens, LensNode
from tracking.records import ConfigError
from tracking.sources.motion_reader import read_motion


def write(tmp_path, content):
    path = tmp_path / "lens.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_lens_file_is_read_as_it_is_written(tmp_path):
    lens = load_lens(write(tmp_path, {"nodes": [{"focal_length_mm": 50, "radial": [1e-5]}], "name": "fifty"}))
    assert lens == Lens(nodes=(LensNode(focal_length_mm=50.0, radial=(1e-5,)),), name="fifty")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "truncated"),
        ("[]", "expected a lens file"),
        ({"nodes": []}, "nodes"),
        ({"nodes": [{"focal_length_mm": 0}]}, "focal_length_mm"),
        ({"nodes": [{"focal_length_mm": 9000}]}, "expected 1 to 5000 mm"),
        ({"nodes": [{"focal_length_mm": 50, "entrance_pupil_m": 120}]}, "metres"),
        ({"nodes": [{"focal_length_mm": 50, "radial": [0, 0, 0, 0, 0, 0, 0]}]}, "radial"),
        ({"nodes": [{"focal_length_mm": 50, "k1": 0.1}]}, "k1"),
        ({"nodes": [{"focal_length_mm": 50}], "model": "fisheye"}, "model"),
        (
            {"nodes": [{"focal_length_mm": 50, "zoom_raw": 5}, {"focal_length_mm": 70, "zoom_raw": 5}]},
            "nodes[1].zoom_raw: found 5 after 5",
        ),
    ],
)
def test_a_bad_lens_file_is_reported_with_file_key_and_cure(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(ConfigError) as refused:
        load_lens(path)
    assert str(path) in str(refused.value)
    assert message in str(refused.value)


def test_a_lens_file_that_is_missing_or_a_folder_is_reported(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ConfigError, match="lens file"):
            load_lens(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_of_two_bytes_a_letter_is_refused_with_the_cure(tmp_path, encoding):
    path = tmp_path / "file"
    path.write_bytes("{\n}  0 0 0\n".encode(encoding))
    for load in (load_lens, load_predictor, load_mesh, read_motion):
        with pytest.raises(ConfigError, match="found UTF-16 text, expected UTF-8: save the file again"):
            load(path)


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "lens.json"
    path.write_bytes(b'\xef\xbb\xbf{"nodes":[{"focal_length_mm":35.0}]}')
    assert load_lens(path).nodes == (LensNode(focal_length_mm=35.0),)


@pytest.mark.parametrize("load", [load_lens, load_predictor])
def test_json_that_is_nested_without_end_or_is_no_text_is_refused_in_one_line(tmp_path, load):
    path = tmp_path / "file.json"
    for content in (
        b"[" * 100_000,
        b'{"x":' * 100_000,
        b'{"nodes": 1, "\xff": 2}',
        b'{"origin": "\xff"}',
        b"\xff\xfe[\0]\0",
    ):
        path.write_bytes(content)
        with pytest.raises(ConfigError) as refused:
            load(path)
        assert str(refused.value).startswith(f"{path}: ")
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("load", [load_lens, load_predictor])
def test_pipes_devices_and_large_files_are_refused(tmp_path, load):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2 << 20)
    for path, message in ((tmp_path / "pipe", "pipe"), (Path("/dev/zero"), "device"), (tmp_path / "large", "1 MiB")):
        with pytest.raises(ConfigError, match=message):
            load(path)


@pytest.mark.data
def test_a_lens_file_from_the_field_is_read():
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the files from the field are not here")
    assert load_lens(Path(folder) / "field" / "inputs" / "lens_bom.json").nodes == (LensNode(focal_length_mm=35.0),)
