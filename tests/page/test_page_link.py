"""What the page says when the stage falls silent, and when it is back."""

import os
import signal
from contextlib import contextmanager
from functools import partial

import pytest
from running_stage import children_of, is_alive, wait_for
from tablets import TABLET
from touching import Finger

STALE_MS, STALE_WITHIN_MS = 1000, 1300
LISTEN = """() => { const Own = WebSocket; window.WebSocket = class extends Own {
  constructor(...words) { super(...words); this.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && JSON.parse(data).type === 'telemetry') window.heard = performance.now(); }); } }; }"""
"""Notes when the page heard the stage last."""
WATCH = """() => { let before = performance.now(); window.went = null; window.held_up = 0;
  setInterval(() => { const now = performance.now(); window.held_up = Math.max(window.held_up, now - before - 100);
    before = now; }, 100);
  new MutationObserver(() => {
    if (document.body.dataset.link === 'stale' && window.went === null) window.went = performance.now(); })
    .observe(document.body, {attributes: true}); }"""
"""Notes when the page became stale, and how long a timer of its own was held up beside that: a busy machine does so."""


@contextmanager
def nobody_restarts(demo):
    """What dies meanwhile stays dead: on a quiet machine it would be back before a page has missed it."""
    demo.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        demo.process.send_signal(signal.SIGCONT)


@pytest.fixture
def page(tablet):
    made = tablet(TABLET)
    made.page.add_init_script(f"({LISTEN})()")
    made.open("/")
    made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
    return made.page


def test_a_stage_that_stands_still_is_stale_within_a_second_and_the_truth_comes_after(page, demo):
    demo.client.set("/grade/tint", 0.25)
    page.evaluate(WATCH)
    with nobody_restarts(demo):
        demo.kill_core()
        killed = page.evaluate("performance.now()")
        page.wait_for_selector("body[data-link=stale]")
        went, heard, held_up = page.evaluate("[window.went, window.heard, window.held_up]")
        print(f"stale {went - heard:.0f} ms after the last word, held up for {held_up:.0f} ms")
        assert heard - killed < STALE_MS
        assert STALE_MS <= went - heard <= STALE_WITHIN_MS + held_up
        for control in ("[data-request='cue go']", "[data-parameter='/grade/exposure_stops'] .read"):
            wait_for(partial(page.is_disabled, control), 1.0, f"{control}, disabled")
        assert page.is_enabled("[data-parameter='/output/blackout']")
        assert "as last heard" in page.inner_text(".stale-note")
    page.wait_for_selector("body[data-link=live]")
    wait_for(lambda: page.inner_text(".doors button:first-child b") == "0.25")


def test_a_web_process_that_ends_is_followed_when_it_is_back(page, demo):
    panel = demo.helper("stage.panel.web")
    with nobody_restarts(demo):
        os.kill(panel, signal.SIGKILL)
        page.wait_for_selector("body:not([data-link=live])")
    wait_for(
        lambda: (
            not is_alive(panel) and any("stage.panel.web" in words for words in children_of(demo.process.pid).values())
        )
    )
    page.wait_for_selector("body[data-link=live]")


def test_a_page_of_which_a_part_did_not_arrive_begins_again_by_itself(tablet):
    made, refused = tablet(TABLET), []

    def refuse_once(route):
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        return route.abort("connectionreset")

    made.page.route("**/scripts/link/facts.js", refuse_once)
    made.page.goto(made.origin, wait_until="commit")
    made.page.wait_for_selector("body[data-link='live']")
    assert refused


def test_a_locked_screen_takes_no_touch_until_it_is_held(page, demo):
    finger = Finger(page)
    before = demo.client.status()["cues"]["pointer"]
    finger.tap(".status .tool")
    page.wait_for_selector(".screen-lock")
    box = page.locator("[data-request='cue go']").bounding_box()
    finger.down(box["x"] + 20, box["y"] + 20)
    finger.up()
    page.wait_for_timeout(200)
    assert demo.client.status()["cues"]["pointer"] == before
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('[data-request=\"cue go\"]').focus()")
    assert page.evaluate("document.activeElement.closest('.screen-lock') !== null")
    finger.hold(".unlock")
    page.wait_for_selector(".screen-lock", state="detached")
