"""The demo's stage as it is shipped, but for its rate, in a real browser: its street, and the worlds beside it."""

import io
import urllib.request

import numpy as np
import pytest
from PIL import Image
from running_stage import free_udp_port, running, sending, wait_for
from tablets import TABLET
from touching import Finger

from stage.loading.demo import LOOK, demo_text

PANEL = '\n[panel]\nbind = "127.0.0.1:0"\n'
RATE = ("frame_rate_hz = 60", "frame_rate_hz = 15")
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
    """What the film camera sees now, codes from 0 to 255; nothing where there is no picture yet."""
    with urllib.request.urlopen(f"{stage.ready['panel']}preview/film/A.jpg") as answer:
        return np.asarray(Image.open(io.BytesIO(answer.read())).convert("L"), dtype=np.float64)


def test_the_street_gives_way_to_each_other_world_and_comes_back_by_a_touch(tablet, demo):
    made = tablet(TABLET)
    page, seen = made.open("/"), {}
    page.wait_for_selector(".film canvas.drawn")
    for world in ("Street", "Valley", "Open sky", "Street"):
        tile = f".worlds .tile:has-text('{world}')"
        made.is_live_with(f"{tile} .tile-face")
        Finger(page).tap(f"{tile} .tile-face")
        page.wait_for_selector(f"{tile} .state:has-text('On air')")
        assert demo.client.status()["world"]["on_air"] == world
        demo.client.frames_later(2) if hasattr(demo.client, "frames_later") else None
        seen[world] = film(demo)
    assert all(picture.std() > 5.0 for picture in seen.values())


def test_its_frames_come_in_time_and_nothing_is_wrong(demo):
    """Patiently: the machine may be busy with other tests."""
    demo.until_status(lambda status: status["frames"] > 30 and not status["health"])
    before = demo.client.status()
    after = demo.until_status(lambda status: status["frames"] > before["frames"] + 30)
    assert after["true_rate_hz"] > 0.0
