"""A picture from a tablet to the wall: sent, placed, matched and on air, by touch in a real browser."""

import io

import numpy as np
import pytest
from conftest import PHONE, TABLET, looked_after
from live_demo import demo_on
from PIL import Image
from running_stage import free_udp_port, running, wait_for
from test_director_views import OVERFLOW, SMALLEST_PX, TOO_SMALL
from touching import Finger

HORIZON = 0.38
MOST_TOUCHES = 6
EYE_DEG = 0.5
MARKUP = 'Noon <img src=x onerror="document.title=1">.png'
LAYER = "/layer/terrace"


def a_landscape(size=(1920, 1080), horizon=HORIZON, light=1.0):
    """The bytes of a PNG: a pale sky, a dark ground with some grain, and a sharp horizon between them."""
    columns, rows = size
    down = (np.arange(rows) + 0.5)[:, None] / rows
    grain = np.random.default_rng(1).normal(0.0, 0.03, (rows, columns))
    sky = 0.9 - 0.4 * (horizon - down)
    ground = 0.3 - 0.15 * (down - horizon) + grain
    level = np.clip(np.where(down < horizon, sky, ground) * light, 0.0, 1.0)[..., None]
    picture = np.where(down[..., None] < horizon, level * (0.8, 0.9, 1.0), level * (0.9, 1.0, 0.7))
    file = io.BytesIO()
    Image.fromarray((255.0 * picture).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A small stage with a library, whose world on air is another."""
    folder = tmp_path_factory.mktemp("placing")
    (folder / "library").mkdir()
    text = demo_on(free_udp_port()) + f'\n[library]\nfolder = "{folder / "library"}"\n'
    with running(folder, text, "--panel", "--headless", "--look", "day") as stage:
        yield stage


@pytest.fixture
def make(browser, shown):
    with looked_after(browser, shown) as made:
        yield made


class Touches:
    """A finger that counts."""

    def __init__(self, page):
        self.page = page
        self.finger = Finger(page)
        self.count = 0

    def tap(self, selector):
        self.page.wait_for_selector(f"body[data-link='live'] {selector}:not([disabled])")
        self.count += 1
        self.finger.tap(selector)

    def choose(self, *files):
        """Opens the tablet's own chooser by a touch, and takes a file there by another."""
        with self.page.expect_file_chooser() as opened:
            self.tap(".add-picture")
        self.count += 1
        opened.value.set_files([{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files])


def state(stage, key):
    return next((one for one in stage.client.worlds() if one["key"] == key), None)


def judge(made):
    assert made.page.evaluate(OVERFLOW) <= 0
    assert made.page.evaluate(TOO_SMALL, SMALLEST_PX) == []
    assert made.faults() == []


def test_six_touches_from_a_file_to_a_matched_background(make, shown):
    made = make(TABLET)
    page = made.open("/")
    touches = Touches(page)
    touches.choose(("terrace.png", a_landscape()))
    touches.tap(".toast .word")
    page.wait_for_selector(".placing-view .wall canvas.drawn")
    wait_for(lambda: shown.client.get("/world/guide") == "horizon")
    fixes = wait_for(lambda: {p: v for one in state(shown, "terrace")["findings"] for p, v in (one["fix"] or {}).items()})
    made.shot("placing-before-tablet")
    touches.tap("[data-request='worlds fix']")
    wait_for(lambda: all(shown.client.get(path) == pytest.approx(found) for path, found in fixes.items()))
    touches.tap("[data-request=cut]")
    wait_for(lambda: shown.client.status()["world"]["on_air"] == "terrace")
    page.wait_for_selector(".on-air-keys :disabled >> nth=1")
    page.wait_for_timeout(500)
    judge(made)
    made.shot("placing-tablet")
    touches.tap(".placing-view .done")
    wait_for(lambda: shown.client.get("/world/guide") == "off")
    print(f"touches: {touches.count}; fixes: {fixes}")
    assert touches.count <= MOST_TOUCHES
    assert shown.client.get("/world/active") == "terrace"
    height = 2.0 * np.tan(np.radians(shown.client.get(f"{LAYER}/width_deg") / 2)) * 9 / 16
    off = np.degrees(np.arctan((shown.client.get(f"{LAYER}/horizon") - HORIZON) * height))
    assert shown.client.get(f"{LAYER}/projection") == "flat"
    assert abs(off) <= EYE_DEG
    assert not [one["code"] for one in state(shown, "terrace")["findings"] if one["fix"]]
    assert "/worlds/terrace/exposure_stops" in fixes
