"""By raster, no shipped stage draws many more pixels of a view than its walls can show of it, however a camera is rolled."""

from pathlib import Path

import pytest

from render.plan.frustum import OVERSAMPLING, SMALLEST_PX
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from tests.render.facet_pixels import RasterStage

STAGES = sorted((Path(__file__).resolve().parent.parent / "hw_configs").glob("*.toml"))
STRIDE_FROM = 500_000


@pytest.mark.parametrize("file", STAGES, ids=lambda file: file.stem)
def test_a_rolled_view_has_at_most_1_3_times_the_pixels_that_its_stage_can_show(file):
    loaded = load_config(file, world_may_be_absent=True)
    positions, _ = load_geometry(loaded)
    large = max(places[..., 0].size for places in positions.values()) > STRIDE_FROM
    stage = RasterStage(loaded.config.walls, positions, stride=8 if large else 1)
    for focal_length_mm in (10.0, 14.0, 20.0, 35.0, 50.0, 85.0):
        for roll_deg in range(0, 360, 40):
            camera = stage.seen(focal_length_mm, turned=(0.0, 0.0, float(roll_deg)), eye=(0.0, -0.5, 1.5))
            drawn, shown = stage.drawn_and_shown(camera)
            most = 1.3 * max(OVERSAMPLING**2 * shown, SMALLEST_PX**2)
            assert drawn <= most, (focal_length_mm, roll_deg)
