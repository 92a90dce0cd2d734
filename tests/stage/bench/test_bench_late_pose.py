"""What reprojection gains, through the whole chain: packets, fold, renderer, film camera."""

import os
from pathlib import Path

import pytest

from stage.bench.late_pose import measure_late_pose
from stage.verify.settings import VerifySettings

pytestmark = pytest.mark.gl
STAGE = """
[[walls]]
name = "main"
resolution_px = [256, 80]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[trackers]]
name = "t"
protocol = "opentrackio"
source = "udp://127.0.0.1:0"
camera_id = 1
rate_hz = 60
[[cameras]]
name = "A"
tracker = "t"
resolution_px = [320, 180]
inner_px = [320, 180]
overscan_deg = 5.0
[world]
kind = "coordinates"
"""


def figures_of(tmp_path, world, seconds, motion="handheld", axes="stage"):
    config = tmp_path / "stage.toml"
    config.write_text(STAGE + world)
    settings = VerifySettings(
        motions=(motion,), axes=axes, latency_ms=60.0, jitter_ms=5.0, seconds=seconds, seed=1, poses=0
    )
    return measure_late_pose(config, settings, "4", progress=lambda: None)


@pytest.mark.parametrize("world", ["", "radius_m = 8.0\n"])
def test_reprojected_pictures_of_every_fourth_frame_err_as_little_as_fresh_ones(tmp_path, world):
    figures = figures_of(tmp_path, world, 2.4)
    assert figures.late.median_px == pytest.approx(figures.every_frame.median_px, rel=0.05)
    assert figures.tiles.median_px == pytest.approx(figures.every_frame.median_px, rel=0.05)
    assert figures.late_over_held < 1.0


@pytest.mark.soak
@pytest.mark.data
def test_reprojection_cuts_the_error_of_a_hand_held_camera_to_a_third(tmp_path):
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA names no folder with recordings")
    motion = Path(folder) / "camera_motion" / "tum_vi_room4_groundtruth.txt.gz"
    figures = figures_of(tmp_path, "", 12.0, str(motion), "optical")
    assert figures.late_over_held <= 1.0 / 3.0
    assert figures.tiles_over_held <= 1.0 / 3.0
