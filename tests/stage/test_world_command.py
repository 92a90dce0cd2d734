"""`stage world`: what a file is, and what keeps it from being shown."""

import json

import numpy as np
import OpenEXR
import pytest
from running_loader import a_png
from running_stage import command_here, configuration

from render.images.exr import write_exr


def report(*words):
    result = command_here("world", *words, "--json")
    return result.returncode, json.loads(result.stdout)


def test_the_header_of_a_file_is_told(tmp_path):
    pixels = np.ones((64, 128, 3), np.float32)
    with OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": pixels, "depth.Z": pixels[..., 0].copy()}) as file:
        file.write(str(tmp_path / "p.exr"))
    code, found = report("info", str(tmp_path / "p.exr"))
    assert (code, found["kind"], found["columns"], found["rows"]) == (0, "exr", 128, 64)
    assert found["ignored"] == ["channel depth.Z"]
    assert found["bytes"] == (tmp_path / "p.exr").stat().st_size
    assert (found["cpu_mib"], found["gpu_mib"]) == (0.1, 0.1)


def test_a_file_that_cannot_be_shown_has_errors_and_one_that_is_odd_has_findings(tmp_path):
    cut = a_png(tmp_path / "cut.png")
    cut.write_bytes(cut.read_bytes()[:200])
    code, found = report("check", str(cut))
    assert (code, len(found["errors"])) == (1, 1)
    write_exr(tmp_path / "wide.exr", np.full((8, 32, 3), np.nan, np.float32))
    code, found = report("check", str(tmp_path / "wide.exr"))
    assert (code, [one["code"] for one in found["findings"]]) == (0, ["picture_mended"])
    assert command_here("world", "check", str(tmp_path / "none.exr")).returncode == 2


@pytest.mark.parametrize(("gpu_mib", "codes"), [(16, ["asset_no_gpu_room"]), (64, [])])
def test_a_file_that_needs_more_than_the_stage_may_have_is_a_finding_with_the_figures(tmp_path, gpu_mib, codes):
    stage = tmp_path / "stage.toml"
    stage.write_text(configuration(more=f"[library]\ngpu_mib = {gpu_mib}\n"))
    code, found = report("check", str(a_png(tmp_path / "p.png", rows=1024)), "--config", str(stage))
    assert (code, [one["code"] for one in found["findings"]]) == (0, codes)
