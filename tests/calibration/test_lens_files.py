"""Lens files: read as written, refused with their fault."""

import json

import pytest

from calibration.files.loading import load_lens
from calibration.lens_records import Lens, LensNode
from tracking.records import ConfigError


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
