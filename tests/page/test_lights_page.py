"""The stage lights on both pages: what they show, what a finger sets, and that every value has its control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from live_demo import SHOTS
from running_stage import RunningStage, configuration, running, wait_for
from tablets import PHONE, TABLET

from calibration.walls import ArcShape, Wall
from render.film.grey_sphere import FilmLamp, gather, irradiance, lamp_irradiance
from render.film.scene import film_wall
from tests.page.test_director_views import OPEN, OVERFLOW, SMALLEST_PX, TOO_SMALL

LIGHTS = """
[panel]
bind = "127.0.0.1:0"

[[lights]]
name = "Key <b>"
key = "key"
fixture = "generic_rgbw_16bit"
universe = 1
address = 1
position_m = [-2.5, -1.0, 3.2]
aim_m = [0.0, 0.5, 1.5]
groups = ["Front"]

[[lights]]
name = "背光"
key = "back"
fixture = "generic_rgb_bar_16"
universe = 2
address = 101
position_m = [1.8, 2.2, 3.0]
aim_m = [0.0, 0.5, 1.5]
follow = "world"
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStage]:
    """A small stage with two lights."""
    with running(tmp_path_factory.mktemp("lights"), configuration(more=LIGHTS), "--headless", "--panel") as stage:
        yield stage


def shown(made: Any, name: str) -> None:
    """Judges a view on a tablet and on a phone, and takes their pictures."""
    for size, (width, height) in {"tablet": TABLET, "phone": PHONE}.items():
        made.page.set_viewport_size({"width": width, "height": height})
        if SHOTS:
            made.page.wait_for_timeout(700)
        made.shot(f"{name}-{size}")
        assert made.page.evaluate(OVERFLOW) <= 0, size
    assert made.faults() == []
    made.page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})


def test_a_director_sees_and_sets_the_lights(tablet, demo):
    demo.client.batch({"/light/key/intensity": 0.5, "/light/key/follow": "off", "/lights/blackout": False})
    made = tablet(TABLET)
    made.open("/")
    page = made.page
    page.evaluate(OPEN, "lights")
    lamp = page.locator("[data-light='key']")
    lamp.locator(".lamp-level:has-text('50')").wait_for()
    assert "Key <b>" in lamp.inner_text()
    lamp.locator(".lamp-head").click()
    lamp.locator("[data-parameter='/light/key/follow'] select").select_option("sun")
    wait_for(lambda: demo.client.get("/light/key/follow") == "sun")
    lamp.locator("[data-parameter='/light/key/hold'] button", has_text="On").click()
    wait_for(lambda: demo.client.get("/light/key/hold") is True)
    assert page.evaluate(TOO_SMALL, SMALLEST_PX) == []
    shown(made, "director-lights")
    black = page.locator("dialog [data-parameter='/lights/blackout']")
    box = black.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    wait_for(lambda: page.wait_for_timeout(20) or demo.client.get("/lights/blackout") is True)
    page.mouse.up()
    page.locator("[data-light='key'] .lamp-level:has-text('0%')").wait_for()
    page.locator("[data-parameter='/lights/group/front/intensity'] .tape").press("ArrowLeft")
    wait_for(lambda: demo.client.get("/lights/group/front/intensity") < 1.0)
    page.evaluate(OPEN, "undo")
    page.wait_for_selector(".step b:has-text('Group front')")


def test_every_value_of_lights_has_its_control_for_a_director(tablet, demo):
    made = tablet(TABLET)
    made.open("/")
    page = made.page
    page.evaluate(OPEN, "values")
    page.wait_for_selector("[data-group^='light']")
    page.evaluate("document.querySelectorAll(\"[data-group^='light'] .group-head\").forEach((one) => one.click())")
    wanted = {one["path"] for one in demo.client.describe("/light") if one["role"] == "director"}
    wanted |= {one["path"] for one in demo.client.describe("/lights") if one["role"] == "director"}
    collect = "[...document.querySelectorAll('[data-parameter]')].map((one) => one.dataset.parameter)"
    wait_for(lambda: wanted <= set(page.evaluate(collect)))


def test_an_operator_drags_a_light_on_the_plan_and_keeps_it(tablet, demo):
    demo.client.batch({"/light/key/x_m": -2.5, "/light/key/y_m": -1.0, "/light/key/z_m": 3.2})
    made = tablet(TABLET)
    made.open("/operator#lights/key")
    page = made.page
    page.wait_for_selector(".lamp-row[aria-current='page']:has-text('Key <b>')")
    every = {one["path"] for one in demo.client.describe("/light/key")}
    every |= {one["path"] for one in demo.client.describe("/lights")}
    collect = "[...document.querySelectorAll('[data-parameter]')].map((one) => one.dataset.parameter)"
    wait_for(lambda: every <= set(page.evaluate(collect)))
    dragged(page, "[data-light='key'] .reach.body", (60, 30))
    wait_for(lambda: demo.client.get("/light/key/x_m") > -2.4 and demo.client.get("/light/key/y_m") < -1.1)
    assert demo.client.get("/light/key/z_m") == 3.2
    page.locator(".plan .segmented button", has_text="Side").click()
    dragged(page, "[data-light='key'] .reach.aim", (0, 20))
    wait_for(lambda: demo.client.get("/light/key/aim_z_m") < 1.4)
    assert demo.client.get("/light/key/aim_x_m") == 0.0
    page.locator(".facts:has-text('x_m −2.50')").wait_for()
    wait_for(lambda: demo.client.status()["leases"] == [])
    page.locator("[data-request='save']").click()
    wait_for(lambda: "/light/key/x_m" in "".join(one.read_text() for one in demo.folder.rglob("startup.json")))
    shown(made, "operator-lights")


MARK = (0.0, 3.0, 1.5)
SPHERE = "[...document.querySelector('.grey-sphere canvas').getContext('2d').getImageData(0, 0, 40, 40).data]"


def test_the_grey_sphere_is_lit_as_walls_and_lamps_light_the_mark(tablet, demo):
    by_hand = {"follow": "off", "colour": "xy", "x": 0.3127, "y": 0.329, "intensity": 1.0, "y_m": -1.0}
    demo.client.batch({f"/light/key/{name}": wanted for name, wanted in by_hand.items()})
    demo.client.batch({"/light/key/x_m": -2.5, "/light/key/z_m": 3.2, "/light/key/aim_z_m": 1.5})
    demo.client.batch({"/light/back/follow": "off", "/light/back/intensity": 0.0, "/wall/main/pattern": "green"})
    demo.client.batch({"/lights/blackout": False, "/lights/master": 1.0})
    demo.client.batch({f"/outer/{axis}_m": place for axis, place in zip("xyz", MARK, strict=True)})
    rows, columns = np.array([20, 20, 20, 4, 36, 8]), np.array([20, 2, 37, 20, 20, 8])
    across, up = (2 * columns + 1) / 40 - 1, 1 - (2 * rows + 1) / 40
    normals = np.stack([across, -np.sqrt(1.0 - across**2 - up**2), up], axis=1)
    by_walls, by_lamps = expected_lux(np.array([[0.0, -1.0, 0.0], *normals]))
    made = tablet(TABLET)
    page = made.open("/operator#lights/key")

    def facing() -> tuple[float, float] | None:
        told = page.locator(".grey-sphere [data-lux]")
        return tuple(map(float, told.get_attribute("data-lux").split())) if told.count() else None

    wanted = pytest.approx((by_walls[0] @ (0.2126, 0.7152, 0.0722), by_lamps[0].mean()), abs=4.0)
    wait_for(lambda: page.wait_for_timeout(100) or facing() == wanted)
    codes = np.array(page.evaluate(SPHERE)).reshape(40, 40, 4)[rows, columns, :3] / 255.0
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    nits = 0.18 / np.pi * (by_walls + by_lamps)[1:]
    white = float(page.locator(".grey-sphere canvas").get_attribute("data-white"))
    np.testing.assert_allclose(light * white, nits, rtol=0.05, atol=0.01 * white)
    demo.client.set("/wall/main/pattern", "off")


def expected_lux(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a green wall of 1000 nits and the key light give at the mark, in linear Rec.709."""
    wall = Wall(name="main", resolution_px=(128, 40), shape=ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6))
    green = {"main": np.full((40, 128, 3), (0.0, 1000.0, 0.0), np.float32)}
    mark, place = np.array(MARK), np.array((-2.5, -1.0, 3.2))
    axis = np.array((0.0, 0.5, 1.5)) - place
    lamp = FilmLamp(
        place_m=place,
        axis=axis / np.linalg.norm(axis),
        half_angle_rad=np.radians(30.0),
        light_at_1m=np.full(3, 2000.0),
    )
    at = np.tile(mark, (len(normals), 1))
    return irradiance(normals, gather((film_wall(wall),), green, mark)), lamp_irradiance(at, normals, [lamp])


def dragged(page: Any, what: str, by: tuple[int, int]) -> None:
    """Moves something by so many pixels with a finger."""
    target = page.locator(what)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2)
    page.mouse.move(x + by[0], y + by[1])
    page.mouse.up()
