"""A picture from a tablet to the wall: sent, placed, matched and on air, by touch in a real browser."""

import io

import numpy as np
import pytest
from live_demo import demo_on
from PIL import Image
from running_stage import free_udp_port, running, wait_for
from tablets import PHONE, TABLET, UPRIGHT, looked_after
from test_director_views import OVERFLOW, SMALLEST_PX, TOO_SMALL
from touching import Finger

HORIZON = 0.38
MOST_TOUCHES = 6
EYE_DEG = 0.5
MARKUP = 'Noon <img src=x onerror="document.title=1">.png'
TERRACE, YARD = "/layer/terrace", "/layer/yard"


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
    """A small stage with two pictures in its library, of which the dim one is on air."""
    folder = tmp_path_factory.mktemp("placing")
    (folder / "library").mkdir()
    text = demo_on(free_udp_port()) + f'\n[library]\nfolder = "{folder / "library"}"\n'
    with running(folder, text, "--panel", "--headless") as stage:
        (folder / "library" / "dim.png").write_bytes(a_landscape((480, 270), 0.5, 0.25))
        (folder / "library" / "yard.png").write_bytes(a_landscape((960, 540)))
        on_air(stage, "dim")
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
        self.page.eval_on_selector(selector, "(one) => one.scrollIntoView({block: 'center', inline: 'center'})")
        self.count += 1
        self.finger.tap(selector)

    def choose(self, *files):
        """Opens the tablet's own chooser by a touch, and takes a file there by another."""
        with self.page.expect_file_chooser() as opened:
            self.tap(".add-picture")
        self.count += 1
        opened.value.set_files([{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files])

    def fingers(self, starts, ends, steps=8):
        """Fingers that go down together, move and lift."""
        send = self.page.context.new_cdp_session(self.page).send
        for step in range(steps + 1):
            share = step / steps
            points = [
                {"x": x + (to_x - x) * share, "y": y + (to_y - y) * share, "id": number}
                for number, ((x, y), (to_x, to_y)) in enumerate(zip(starts, ends, strict=True))
            ]
            kind = "touchMove" if step else "touchStart"
            send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            self.page.wait_for_timeout(20)
        send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def cures(stage, key, least):
    """What cures the findings of a world; None until there is one for `least`."""
    found = {path: value for one in state(stage, key)["findings"] for path, value in (one["fix"] or {}).items()}
    return found if least in found else None


def placement(stage):
    return {name: stage.client.get(f"{YARD}/{name}") for name in ("horizon", "turn_deg", "width_deg", "roll_deg")}


def on_air(stage, key):
    wait_for(lambda: state(stage, key) and state(stage, key)["thumbnail"])
    stage.client.set("/world/active", key)
    wait_for(lambda: stage.client.status()["world"]["on_air"] == key)


def state(stage, key):
    return next((one for one in stage.client.worlds() if one["key"] == key), None)


def judge(made):
    assert made.page.evaluate(OVERFLOW) <= 0
    assert made.page.evaluate(TOO_SMALL, SMALLEST_PX) == []
    assert made.faults() == []


def test_six_touches_from_a_file_to_a_matched_background(make, shown):
    on_air(shown, "dim")
    made = make(TABLET)
    page = made.open("/")
    touches = Touches(page)
    touches.choose(("terrace.png", a_landscape()))
    touches.tap(".toast .word")
    page.wait_for_selector(".placing-view .wall canvas.drawn")
    wait_for(lambda: shown.client.get("/world/guide") == "horizon")
    fixes = wait_for(lambda: cures(shown, "terrace", least="/worlds/terrace/exposure_stops"))
    page.wait_for_selector(".placing-found .curable")
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
    height = 2.0 * np.tan(np.radians(shown.client.get(f"{TERRACE}/width_deg") / 2)) * 9 / 16
    off = np.degrees(np.arctan((shown.client.get(f"{TERRACE}/horizon") - HORIZON) * height))
    assert shown.client.get(f"{TERRACE}/projection") == "flat"
    assert abs(off) <= EYE_DEG
    assert not [one["code"] for one in state(shown, "terrace")["findings"] if one["fix"]]
    assert shown.client.get("/worlds/terrace/exposure_stops") == fixes["/worlds/terrace/exposure_stops"] < 0.0


def placing(make, shown, size=TABLET):
    """The picture on air, and the view that places it."""
    on_air(shown, "yard")
    made = make(size)
    page = made.open("/")
    touches = Touches(page)
    touches.tap(".tile:has([aria-pressed=true]) .place-key")
    page.wait_for_selector(".placing-view .wall canvas.drawn")
    page.wait_for_selector(".stands:has-text('On air')")
    return made, touches


def test_fingers_place_the_picture_and_each_drag_is_one_step_of_undo(make, shown):
    made, touches = placing(make, shown)
    before = placement(shown)
    touches.fingers([(600, 100)], [(600, 160)])
    wait_for(lambda: shown.client.get(f"{YARD}/horizon") < before["horizon"] - 0.05)
    touches.fingers([(600, 100)], [(700, 104)])
    wait_for(lambda: shown.client.get(f"{YARD}/turn_deg") < before["turn_deg"] - 5.0)
    touches.fingers([(550, 200), (650, 200)], [(500, 180), (700, 220)])
    wait_for(lambda: shown.client.get(f"{YARD}/width_deg") > before["width_deg"] + 5.0)
    wait_for(lambda: shown.client.get(f"{YARD}/roll_deg") == pytest.approx(before["roll_deg"] + 11.3, abs=1.0))
    for _ in range(3):
        wait_for(lambda: not shown.client.status()["leases"])
        made.page.wait_for_timeout(300)
        touches.tap(".placing-keys [data-request=undo]")
    wait_for(lambda: placement(shown) == before)
    made.page.set_viewport_size(dict(zip(("width", "height"), UPRIGHT, strict=True)))
    made.page.wait_for_timeout(300)
    judge(made)
    made.shot("placing-upright")


def test_a_take_keeps_the_guide_off_and_the_picture_can_be_placed_all_the_same(make, shown):
    shown.client.take_start("one")
    try:
        made, touches = placing(make, shown, PHONE)
        made.page.wait_for_selector(".toast:has-text('No guide')")
        assert shown.client.get("/world/guide") == "off"
        made.page.wait_for_selector(".eye-line", state="attached")
        judge(made)
        made.shot("placing-phone")
        before = placement(shown)
        box = made.page.locator(".placing-on-wall").bounding_box()
        touches.fingers([(200, box["y"] + 40)], [(200, box["y"] + 90)])
        wait_for(lambda: shown.client.get(f"{YARD}/horizon") < before["horizon"])
    finally:
        shown.client.take_stop()


def test_files_that_are_dropped_on_the_page_are_sent(make, tmp_path):
    made = make(TABLET)
    page = made.open("/")
    made.is_live_with(".add-picture input")
    files = [tmp_path / "dropped.png", tmp_path / "another.png"]
    for file in files:
        file.write_bytes(a_landscape((160, 90)))
    send = page.context.new_cdp_session(page).send
    dropped = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 200, "data": dropped})
    for file in files:
        page.wait_for_selector(f".worlds [data-world] .label:has-text('{file.stem}')")
    page.wait_for_selector(".toast .word:has-text('Place')")
    assert made.page.url.startswith(made.origin)  # a browser would have opened them instead


def test_a_name_is_text_and_what_is_no_picture_is_a_tile_that_failed(make, shown):
    made = make(PHONE)
    page = made.open("/", "zh")
    touches = Touches(page)
    cut = a_landscape((320, 180))[:20]
    touches.choose((MARKUP, a_landscape((320, 180))), ("cut.png", cut), ("broken.png", b"no picture at all"))
    page.wait_for_selector("[data-upload='broken.png'].failed")
    assert page.inner_text("[data-upload='cut.png'] .state").startswith("没有 IHDR 块")
    page.wait_for_selector(f".worlds .label:has-text('{MARKUP[:9]}')")
    assert page.locator(".worlds img[src=x]").count() == 0
    assert page.title() != "1"
    page.wait_for_selector(".toast:has-text('broken.png')")
    assert page.inner_text("[data-upload='broken.png'] .state").startswith("不是可以显示的图片")
    page.locator("[data-upload='broken.png']").scroll_into_view_if_needed()
    judge(made)
    made.shot("upload-failed-phone")
    # The browser itself notes that the stage refused it.
    assert ["422" in one and name in one for one, name in zip(made.errors, ("cut.png", "broken.png"), strict=True)] == [
        True
    ] * 2
    made.errors.clear()
    touches.tap("[data-upload='broken.png'] .tile-face")
    page.wait_for_selector("[data-upload='broken.png']", state="detached")
