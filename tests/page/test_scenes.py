"""A 3D scene is placed by touch on the stage's plan: one finger moves it, two turn and size it."""

import pytest
from running_stage import wait_for
from tablets import TABLET
from touching import middle_of

OPEN = "(name) => import('/page/scripts/director/view.js').then(({ sheet }) => { sheet.value = name; })"


class Hand:
    """Fingers on a page, all of them told at once."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)

    def touch(self, kind, *points):
        found = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})


def test_a_scene_is_moved_turned_and_sized_on_the_plan(tablet, demo):
    world = next(one for one in demo.client.worlds() if one["name"] == "Boxes")
    layer = world["layers"][1]

    def now(what):
        return demo.client.get(f"/layer/{layer}/{what}")

    made = tablet(TABLET)
    page = made.open("/")
    made.is_live_with(f"[data-world='{world['key']}']")
    page.evaluate(OPEN, f"scene {world['key']}")
    page.wait_for_selector(".scene-arrow")
    page.wait_for_function("() => document.querySelectorAll('.plan-grid.origin').length === 2")
    wait_for(lambda: demo.client.get("/world/guide") == "scene")
    assert made.faults() == []
    made.shot("sheet-scene-1194")
    hand, (x, y) = Hand(page), middle_of(page, ".scene-plan")
    hand.touch("touchStart", (x, y))
    for step in (10, 20, 30):
        hand.touch("touchMove", (x + step, y - 2 * step))
        page.wait_for_timeout(30)
    hand.touch("touchEnd")
    wait_for(lambda: not demo.client.status()["leases"])
    assert now("x_m") > 0.1
    assert now("y_m") == pytest.approx(2 * now("x_m"), rel=0.02)
    before = now("x_m"), now("y_m")
    hand.touch("touchStart", (x - 20, y), (x + 20, y))
    for step in (10, 20):
        hand.touch("touchMove", (x - 20, y + step), (x + 20, y - step))
        page.wait_for_timeout(30)
    hand.touch("touchEnd")
    wait_for(lambda: not demo.client.status()["leases"])
    assert now("turn_deg") == pytest.approx(45.0, abs=1.0)
    assert now("scale") == pytest.approx(2**0.5, rel=0.02)
    assert (now("x_m"), now("y_m")) == pytest.approx(before, abs=0.05)
    page.keyboard.press("Escape")
    wait_for(lambda: demo.client.get("/world/guide") == "off")
    demo.client.batch(
        {
            f"/layer/{layer}/{what}": found
            for what, found in {"x_m": 0.0, "y_m": 0.0, "turn_deg": 0.0, "scale": 1.0}.items()
        }
    )


def test_what_is_found_in_a_world_is_told_by_its_tile(tablet, demo):
    world = next(one for one in demo.client.worlds() if one["name"] == "Valley")
    demo.client.set("/world/active", "Valley")
    (found, *_) = world["findings"]
    made = tablet(TABLET)
    page = made.open("/")
    tile = f"[data-world='{world['key']}']"
    made.is_live_with(f"{tile} button.findings-key")
    assert page.locator(f"{tile} button.findings-key").get_attribute("aria-label").startswith("Valley: ")
    page.tap(f"{tile} button.findings-key")
    page.wait_for_selector(f"dialog[open]:has-text('{world['name']}')")
    assert page.locator("dialog[open] li, dialog[open] p").count() >= 1
    assert found["values"]["camera"] in page.inner_text("dialog[open]")
    assert made.faults() == []
