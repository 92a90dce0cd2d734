"""A library of more worlds than one answer holds: the one on air is on the shelf, and every other can be found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image
from running_stage import RunningStage, configuration, running, wait_for
from tablets import SIZES
from test_director_views import OPEN, OVERFLOW, SMALLEST_PX, TOO_SMALL

from tests.render.models.made_gltf import one_quad

MANY = 300
LISTED = MANY + 2
"""With the world of the configuration, and a scene that is broken."""
NAME = "World {} 夜"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStage]:
    """A small stage with a library of more pictures than one answer of it holds."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "library").mkdir()
    for number in range(MANY):
        Image.new("RGB", (16, 9), (number % 256, number // 2, 90)).save(
            folder / "library" / f"{NAME.format(number)}.png"
        )
    broken = one_quad()
    broken.json["nodes"][0]["mesh"] = 7
    broken.glb(folder / "library" / "broken.glb")
    more = '[library]\nfolder = "library"\n[panel]\nbind = "127.0.0.1:0"\n'
    with running(folder, configuration(more=more), "--headless", "--panel") as stage:
        wait_for(lambda: len(stage.client.worlds()) == LISTED)
        yield stage


def test_each_of_very_many_worlds_is_found_and_put_on_air(tablet, demo):
    last = NAME.format(MANY - 1)
    made = tablet()
    page = made.open("/")
    made.is_live_with("[data-world]")
    page.click(f".tile-more:has-text('{LISTED}')")
    page.wait_for_selector(f"dialog[open] [role=status]:has-text('{LISTED} of {LISTED}')")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        made.shot(f"sheet-worlds-{size}")
        assert page.evaluate(OVERFLOW) <= 0, size
        assert page.evaluate(TOO_SMALL, SMALLEST_PX) == [], size
    assert made.faults() == []
    page.fill("dialog input[type=search]", "99 夜")
    page.wait_for_selector("dialog[open] [role=status]:has-text('3 of')")
    page.click(f"dialog .tile:has-text('{last}') .tile-face")
    wait_for(lambda: demo.client.get("/world/active") == last)
    page.keyboard.press("Escape")
    page.wait_for_selector(f".worlds .tile:has-text('{last}') [aria-pressed=true]")
    page.evaluate(OPEN, "worlds")
    page.fill("dialog input[type=search]", "no such")
    page.wait_for_selector(f"dialog[open] [role=status]:has-text('0 of {LISTED}')")


def test_why_a_scene_is_refused_is_told_in_the_language_of_the_page_and_it_cannot_be_kept(tablet, demo):
    demo.client.set(
        "/world/active", "broken"
    )  # one that nobody asks for may go back to the shelf, and says nothing there
    wait_for(lambda: any(one["state"] == "failed" for one in demo.client.worlds()))
    made = tablet()
    made.open("/operator#worlds", language="zh")
    world = made.page.locator(".world:has-text('nodes[0].mesh：编号为 7，而 meshes 中只有 1 个')")
    world.wait_for()
    assert world.locator("[data-request='worlds save']").count() == 0
    assert made.page.locator(".world [data-request='worlds save']").count() > MANY
