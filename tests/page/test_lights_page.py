"""The stage lights on both pages: what they show, what a finger sets, and that every value has its control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from live_demo import SHOTS
from running_stage import RunningStage, configuration, running, wait_for
from tablets import PHONE, TABLET

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
