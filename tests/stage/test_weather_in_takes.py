"""A take in which it rains and snows through midnight, held for a while: folded again and drawn again, it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec
import pytest

from calibration.rasters.positions import wall_positions
from render.plan.frame import FramePlan
from render.renderer import Renderer
from stage.show.show import Show
from tests.building import batch, camera, inputs_at, stage, table

pytestmark = pytest.mark.gl
SKY = stage(camera(), table("[place]", latitude_deg=51.5, date="2026-06-21"), table("[world]", kind="sky"))
REQUESTS = {
    0: {
        "/time/hour": 23.9,
        "/time/running": True,
        "/time/speed": 3600.0,
        "/camera/A/source": "orbit",
        "/grade/adapt": 1.0,
    },
    1: {"/weather/rain": 0.6, "/weather/wind_m_s": 3.0, "/sky/clouds/coverage": 0.4, "/sky/clouds/wind_m_s": 50.0},
    12: {"/weather/snow": 0.5, "/sky/fog/density_per_km": 1.0},
    18: {"/world/freeze_time": True},
    24: {"/world/freeze_time": False, "/weather/wind_m_s": 12.0},
    30: {"/weather/rain": 0.0},
}
FRAMES = range(36)
SKIPPED = (7, 8, 27)


def frames(show: Show, first: int = 0) -> Iterator[tuple[int, FramePlan]]:
    for frame in FRAMES:
        if frame >= first and frame not in SKIPPED:
            asked = REQUESTS.get(frame)
            yield frame, show.step(inputs_at(frame, *([batch(asked)] if asked else []))).plan


def hashes(renderer: Renderer, plans: list[FramePlan]) -> list[str]:
    found = []
    for plan in plans:
        renderer.draw(plan)
        found.append(hashlib.sha256(renderer.read_wall("main").tobytes()).hexdigest())
    return found


def test_a_take_with_weather_and_clouds_through_midnight_is_replayed_to_the_same_pictures(context):
    show, halfway, plans = SKY.show(), None, []
    for frame, plan in frames(show):
        plans.append(plan)
        halfway = show.snapshot() if frame == 15 else halfway
    assert show.state.controls.values.place.date == "2026-06-22"
    again = [plan for _, plan in frames(SKY.show())]
    from_snapshot = [plan for _, plan in frames(SKY.show(halfway), first=16)]
    assert again == plans
    assert from_snapshot == plans[-len(from_snapshot) :]
    renderers = [
        Renderer(context, SKY.config.walls, {wall.name: wall_positions(wall) for wall in SKY.config.walls})
        for _ in range(2)
    ]
    read_back = [msgspec.json.decode(msgspec.json.encode(plan), type=FramePlan) for plan in plans]
    drawn = hashes(renderers[0], plans)
    assert len(set(drawn)) > 25
    assert hashes(renderers[1], read_back[::-1]) == drawn[::-1]
