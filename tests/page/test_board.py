"""The operator's board on a live stage, in a real browser by touch: what it shows, what it sets, and that it lies never."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running_stage import RunningStage, configuration, free_udp_port, running, sending, wait_for

from stage.control.client import ControlError
from stage.control.edge_commands import EDGE_COMMANDS
from stage.show.commands.table import COMMANDS, name_of
from tracking.rotation import quat_from_pan_tilt_roll, quat_rotate

VIEWS = ("board", "trackers", "cameras", "walls", "worlds", "lights", "takes", "tablets", "log", "values")
SIZES = {"tablet": (1194, 834), "upright": (834, 1194), "phone": (390, 844)}
SLATE = '12A <b onclick="x">夜</b>'
SOON_MS = 4000
SHOTS = os.environ.get("OPENSTAGE_SHOTS")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStage]:
    """A small stage in place of the demo: a tracker that a test can silence, and one that was never heard."""
    folder = tmp_path_factory.mktemp("board")
    heard, silent = free_udp_port(), free_udp_port()
    toml = configuration(
        ("freed-a", "freed", f"udp://127.0.0.1:{heard}", 1), ("crane", "freed", f"udp://127.0.0.1:{silent}", 2)
    ).replace('name = "Under test"', 'name = "Studio <One>"')
    toml += '[panel]\nbind = "127.0.0.1:0"\n'
    with (
        running(folder, toml, "--headless", "--panel") as stage,
        sending("freed", f"udp://127.0.0.1:{heard}") as sender,
    ):
        stage.sender = sender  # type: ignore[attr-defined]
        stage.until_status(lambda status: status["trackers"]["freed-a"]["state"] == "fresh")
        stage.client.take_start(SLATE)
        stage.client.take_stop()
        yield stage


@pytest.fixture
def board(tablet: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a view of the board on a tablet."""

    def opened(view: str = "board", size: tuple[int, int] = SIZES["tablet"]) -> Any:
        made = tablet(size)
        made.open(f"/operator#{view}")
        made.page.wait_for_selector(".view h1, .view .empty")
        return made

    return opened


def show(made: Any, view: str) -> None:
    """Goes to another view of an open board."""
    made.page.evaluate(f"location.hash = '#{view}'")
    made.page.wait_for_selector(f".view.{view} > *")


def held(page: Any, target: Any, milliseconds: int) -> None:
    """Keeps a finger on something."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def test_no_view_has_a_serious_fault(board):
    made = board()
    for view in VIEWS:
        show(made, view)
        made.page.wait_for_timeout(150)
        assert made.faults() == [], view


def test_a_code_for_another_tablet_is_shown_to_eyes_and_to_cameras(board):
    made = board("tablets")
    page = made.page
    page.locator(".tablets .button", has_text="Pair").click()
    page.wait_for_selector(".code")
    assert len(page.locator(".code").inner_text().replace(" ", "")) == 8
    page.wait_for_function("() => document.querySelector('.qr').naturalWidth > 0")
    made.shot("operator-pairing")
    assert made.faults() == []
    page.keyboard.press("Escape")
    page.wait_for_selector(".code", state="detached")


def test_every_view_fits_every_screen(board):
    made = board()
    for view in VIEWS:
        show(made, view)
        for size, (width, height) in SIZES.items():
            made.page.set_viewport_size({"width": width, "height": height})
            if SHOTS:
                made.page.wait_for_timeout(1000)
                made.shot(f"operator-{view}-{size}")
            assert made.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (view, size)


def test_nudges_that_come_faster_than_answers_add_up(board, demo):
    page = board("trackers/freed-a").page
    key = page.locator("[data-parameter='/tracker/freed-a/offset/x_m'] .step", has_text="+1 cm")
    for _ in range(4):
        key.click()
    wait_for(lambda: demo.client.get("/tracker/freed-a/offset/x_m") == pytest.approx(0.04))
    reading = page.locator("[data-parameter='/tracker/freed-a/offset/x_m'] .value")
    reading.click()
    page.wait_for_selector("input.typed:focus")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    wait_for(lambda: demo.client.get("/tracker/freed-a/offset/x_m") == 0.0)
    page.locator("[data-request='nudge']").click()
    wait_for(lambda: demo.client.get("/tracker/freed-a/offset/pan_deg") != 0.0)


def test_a_pattern_asks_to_be_held_and_goes_with_a_tap(board, demo):
    page = board("walls").page
    grid = page.locator(".patterns button", has_text="Grid")
    grid.click()
    page.wait_for_timeout(200)
    assert demo.client.get("/wall/main/pattern") == "off"
    held(page, grid, 700)
    wait_for(lambda: demo.client.get("/wall/main/pattern") == "grid")
    page.wait_for_selector(".patterns button[aria-pressed='true']:has-text('Grid')")
    page.locator(".patterns button", has_text="Off").click()
    wait_for(lambda: demo.client.get("/wall/main/pattern") == "off")


def test_the_plan_moves_with_the_camera(board):
    page = board().page
    eye = page.locator("[data-camera='A'] .eye")
    first = (eye.get_attribute("cx"), eye.get_attribute("cy"))
    page.wait_for_timeout(400)
    assert (eye.get_attribute("cx"), eye.get_attribute("cy")) != first
    page.wait_for_selector(".plan-sun", state="detached")  # no sky is on the walls
    for view in ("Side", "Turn"):
        page.locator(".plan .segmented button", has_text=view).click()
        page.wait_for_selector("[data-camera='A'] .seen")
    box = page.locator(".drawing svg").bounding_box()
    wall = page.locator(".drawing .foot").first
    before = wall.get_attribute("d")
    page.mouse.move(box["x"] + 60, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 130)
    page.mouse.up()
    assert wall.get_attribute("d") != before


def test_the_plan_on_the_page_turns_as_the_stage_does(board):
    """The page's own arithmetic against that of the fold."""
    turns = [(0.0, 0.0, 0.0), (30.0, -20.0, 10.0), (-170.0, 60.0, -45.0)]
    found = board().page.evaluate(
        """async (turns) => {
            const plan = await import("/page/scripts/parts/plan_geometry.js");
            const wall = { outline: [-2, 2].map((x) => ({ lower_m: [x, 3, 0], upper_m: [x, 3, 2] })) };
            const pose = { position: [0, 0, 1], ...plan.axesOf([0, 0, 0]) };
            const ends = plan.viewEnds(pose, plan.sidesOf([0.5, 0.25], null), plan.trianglesOf([wall]), 9);
            return { axes: turns.map(plan.axesOf), row: [ends.row.at(0), ends.row.at(-1)] };
        }""",
        turns,
    )
    for turn, axes in zip(turns, found["axes"], strict=True):
        rotation = quat_from_pan_tilt_roll(*turn)
        for name, unit in (("right", (1.0, 0.0, 0.0)), ("ahead", (0.0, 1.0, 0.0)), ("up", (0.0, 0.0, 1.0))):
            assert axes[name] == pytest.approx(quat_rotate(rotation, unit), abs=1e-12)
    assert found["row"] == [pytest.approx([-1.5, 3.0, 1.0]), pytest.approx([1.5, 3.0, 1.0])]


def test_names_are_text_whatever_they_hold(board):
    page = board("takes").page
    page.wait_for_selector(f".takes .row:has-text('{SLATE}')")
    assert page.locator(".takes .row b b").count() == 0
    page.wait_for_selector(".status .who b:has-text('Studio <One>')")
    for address in ("#trackers/%", "#constructor"):
        page.evaluate("(address) => { location.hash = address; }", address)
        page.wait_for_selector(f".view.{'trackers' if '%' in address else 'board'} > *")


def test_the_log_tells_in_words_what_was_done(board, demo):
    demo.client.set("/grade/tint", 0.25, fade_s=0.1)
    with pytest.raises(ControlError):
        demo.client.set("/grade/tint", 9.0)
    demo.client.set("/grade/tint", 0.0)
    page = board("log").page
    page.wait_for_selector(".lines .refused")
    told = page.locator(".lines .asked").all_inner_texts()
    assert any("Take started" in one and SLATE in one for one in told)
    assert any("Take ended" in one for one in told)
    assert any("Tint 0.25" in one and "over 0.1 s" in one for one in told)
    assert not [one for one in told if "action" in one or "/grade" in one.splitlines()[0]]


def test_whatever_an_operator_may_set_or_ask_has_its_control(board, demo):
    made = board("values")
    page = made.page
    declared = {one["path"] for one in demo.client.describe() if one["role"] in ("director", "operator")}
    page.wait_for_selector(".values summary:has-text('/tracker/freed-a')")
    for group in page.locator(".values summary").all():
        group.click()
    page.wait_for_selector(".values [data-parameter='/tracker/crane/delay_ms']")
    shown = set(page.eval_on_selector_all("[data-parameter]", "all => all.map(one => one.dataset.parameter)"))
    assert declared - shown == set()
    asked: set[str] = set()
    for view in VIEWS:
        show(made, view)
        if view == "worlds":
            page.wait_for_selector("[data-request='worlds save']")
        asked |= set(page.eval_on_selector_all("[data-request]", "all => all.map(one => one.dataset.request)"))
    operators = {
        " ".join(filter(None, (name_of(one.request), getattr(one, "action", ""))))
        for one in (*EDGE_COMMANDS, *COMMANDS)
        if one.least_role == "operator"
    }
    assert operators <= asked
    assert {"take", "worlds save", "worlds make"} <= asked


def test_a_silent_stage_is_told_within_a_second_and_a_half(board, demo):
    page = board().page
    core = demo.ready["pid"]
    os.kill(core, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        page.wait_for_selector("body[data-link='stale']", timeout=SOON_MS)
        assert time.monotonic() - begun < 2.5
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.finding button, .plan button')).pointerEvents")
            == "none"
        )
        assert page.evaluate("getComputedStyle(document.querySelector('.safety')).pointerEvents") != "none"
    finally:
        os.kill(core, signal.SIGCONT)
    page.wait_for_selector("body[data-link='live']")


def test_a_lost_tracker_is_shown_with_what_to_do_and_its_camera_is_taken_over(board, demo):
    made = board()
    page = made.page
    assert page.locator("[data-code='tracker_never']").count() == 1
    demo.sender.send_signal(signal.SIGSTOP)
    finding = page.locator("[data-code='tracker_lost']")
    finding.wait_for()
    assert "power and cable" in finding.inner_text()
    assert page.locator("[data-tracker='freed-a']").get_attribute("data-state") == "lost"
    made.shot("operator-board-lost")
    before = demo.client.status()["cameras"]["A"]["position_m"]
    finding.locator("button", has_text="By hand").click()
    wait_for(lambda: demo.client.get("/camera/A/source") == "manual")
    assert demo.client.status()["cameras"]["A"]["position_m"] == pytest.approx(before, abs=0.01)
    finding.locator("button", has_text="Seen").click()
    page.wait_for_selector("[data-code='tracker_lost'].seen")
    page.locator("[data-parameter='/camera/A/source']", has_text="Set back").click()
    wait_for(lambda: demo.client.get("/camera/A/source") == "tracker")
    demo.sender.send_signal(signal.SIGCONT)
    page.wait_for_selector("[data-tracker='freed-a'][data-state='fresh']")
