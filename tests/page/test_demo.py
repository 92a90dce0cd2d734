"""The demo's stage as it is shipped, but for its rate, in a real browser: its street, and the worlds beside it."""

import io
import urllib.request

import numpy as np
import pytest
from PIL import Image
from running_stage import free_udp_port, running, sending
from tablets import TABLET
from touching import Finger

from stage.loading.demo import LOOK, demo_text

PANEL = '\n[panel]\nbind = "127.0.0.1:0"\n'
RATE = ("frame_rate_hz = 60", "frame_rate_hz = 10")
"""As many frames as processors can draw that run other tests too."""
PACE = {"frames_lacking", "frames_late"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    port = free_udp_port()
    text = demo_text(port).replace(*RATE) + PANEL
    tracker = sending("freed", f"udp://127.0.0.1:{port}", "--motion", "orbit", "--id", "1", "--loop")
    options = ("--panel", "--headless", "--look", LOOK)
    with running(tmp_path_factory.mktemp("demo"), text, *options) as stage, tracker:
        yield stage


def film(stage) -> np.ndarray:
    """What the film camera sees now, codes from 0 to 255."""
    with urllib.request.urlopen(f"{stage.ready['panel'].rstrip('/')}/preview/film/A.jpg") as answer:
        return np.asarray(Image.open(io.BytesIO(answer.read())).convert("L"), dtype=np.float64)


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
    """Houses on both sides and passers-by below them: edges all over, where the sky and the valley have few."""
    demo.client.set("/world/active", "Street")
    demo.until_status(lambda status: status["world"]["on_air"] == "Street" and status["frames"] > 10)
    sees = film(demo)
    rows = len(sees)
    across = np.abs(np.diff(sees[rows // 3 : 2 * rows // 3], axis=1)) > 12.0
    assert min(part.mean() for part in np.array_split(across, 4, axis=1)) > 0.01


def test_its_frames_come_in_time_at_a_rate_that_is_drawn(demo):
    """Patiently: the machine may be busy with other tests."""
    begun = demo.client.status()["frames"]
    demo.until_status(lambda status: status["frames"] > begun + 30 and not PACE & codes_of(status))


def codes_of(status):
    return {one["code"] for one in status["health_codes"]}
