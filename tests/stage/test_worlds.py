"""Worlds as they are loaded: repairs of a picture are reported."""

import numpy as np
import pytest

from render.images.exr import write_exr
from stage.assets.worlds import read_pictures
from stage.config.findings import Findings
from stage.loading.files import load_config

STAGE = """
[[walls]]
name = "main"
resolution_px = [16, 8]
shape = { kind = "plane", lower_left_m = [-2, 3, 0], lower_right_m = [2, 3, 0], upper_left_m = [-2, 3, 2] }
[world]
kind = "panorama"
file = "light.exr"
"""


@pytest.mark.parametrize(("broken", "notice"), [(0, ""), (4, "repaired 12 bad samples in light.exr")])
def test_repaired_samples_are_reported_when_the_world_is_loaded(tmp_path, capsys, broken, notice):
    pixels = np.full((16, 32, 3), 0.5, np.float32)
    pixels.reshape(-1, 3)[:broken] = np.nan
    write_exr(tmp_path / "light.exr", pixels)
    (tmp_path / "stage.toml").write_text(STAGE)
    findings = Findings("stage.toml")
    ((_, _, panorama),) = read_pictures(load_config(tmp_path / "stage.toml"), findings)
    assert not findings.lines()
    assert panorama.mended == 3 * broken
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(notice)
    assert bool(err) == bool(notice)
