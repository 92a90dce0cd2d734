"""The demo's stage as it is shipped, but for its rate and half the wall's pixels in a row, in a real browser: its street, and
the worlds beside it."""

import io
import urllib.error
import urllib.request
from http import HTTPStatus

import numpy as np
import pytest
from PIL import Image
from running_stage import free_udp_port, running, sending, wait_for
from tablets import TABLET
from touching import Finger

from stage.loading.demo import LOOK, demo_text

PANEL = '\n[panel]\nbind = "127.0.0.1:0"\n'
SPARED = {"frame_rate_hz = 60": "frame_rate_hz = 5", "[1024, 320]": "[512, 160]"}
"""As much as processors can draw that run other tests too."""
STEP, STREETS_EDGES = 12.0, 0.04
PACE = {"frames_lacking", "frames_late"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    port = free_udp_port()
    text = demo_text(port) + PANEL
    for shipped, spared in SPARED.items():
        assert shipped in text
        text = text.replace(shipped, spared)
    tracker = sending("freed", f"udp://127.0.0.1:{port}", "--motion", "orbit", "--id", "1", "--loop")
    options = ("--panel", "--headless", "--look", LOOK)
    with running(tmp_path_factory.mktemp("demo"), text, *options) as stage, tracker:
        yield stage


def edges_in_film(stage) -> float | None:
    """The share of steps between neighbours in the middle of what the film camera sees, in the quarter with the fewest.

    None where no picture has come yet."""
    try:
        with urllib.request.urlopen(f"{stage.ready['panel'].rstrip('/')}/preview/film/A.jpg") as answer:
            codes = np.asarray(Image.open(io.BytesIO(answer.read())).convert("L"), dtype=np.float64)
    except urllib.error.HTTPError as refused:
        assert refused.code == HTTPStatus.SERVICE_UNAVAILABLE
        return None
    middle = codes[len(codes) // 3 : 2 * len(codes) // 3]
    steps = np.abs(np.diff(middle, axis=1)) > STEP
    return float(min(part.mean() for part in np.array_split(steps, 4, axis=1)))


def test_the_street_gives_way_to_each_other_world_and_comes_back_by_a_touch(tablet, demo):
    made = tablet(TABLET)
    page = made.open("/")
    page.wait_for_selector(".film canvas.drawn")
    assert demo.client.status()["world"]["on_air"] == "Street"
    for world in ("Valley", "Open sky", "Street"):
        tile = f".worlds .tile:has-text('{world}')"
        made.is_live_with(f"{tile} .tile-face")
        Finger(page).tap(f"{tile} .tile-face")
        page.wait_for_selector(f"{tile} .state:has-text('On air')")
        demo.until_status(lambda status, world=world: status["world"]["on_air"] == world)


def test_the_film_camera_sees_its_street(demo):
    """Houses on both sides and passers-by below them: edges all over, where the valley and the sky have none."""
    for world, has_edges in (("Street", True), ("Open sky", False), ("Street", True)):
        demo.client.set("/world/active", world)
        wait_for(
            lambda wanted=has_edges: (edges := edges_in_film(demo)) is not None and (edges > STREETS_EDGES) == wanted
        )


def test_its_frames_come_in_time_at_a_rate_that_is_drawn(demo):
    """Patiently: the machine may be busy with other tests."""
    begun = demo.client.status()["frames"]
    demo.until_status(lambda status: status["frames"] > begun + 15 and not PACE & codes_of(status))


def codes_of(status):
    return {one["code"] for one in status["health_codes"]}
