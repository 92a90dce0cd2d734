"""What the page says after a tablet has slept, with a clock that is wrong, and while two tablets move one fader."""

import os
import signal
import time
from contextlib import contextmanager

import pytest
from running_stage import children_of, wait_for
from tablets import PHONE, TABLET
from touching import Finger, middle_of

EXPOSURE = "/grade/exposure_stops"
FADER = f"[data-parameter='{EXPOSURE}']"
TRUE_WITHIN_MS = 1000
HOUR_MS = 3_600_000
WALL_CLOCK = """(() => {
  const Real = Date;
  window.ahead = 0;
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + window.ahead); }
    static now() { return Real.now() + window.ahead; }
  };
})()"""
ASLEEP_S = 1.5
HOUR_ASLEEP = f"""(() => {{
  // An hour passes while the page's process stands still, which it is told by the first thing that runs again.
  const now = performance.now.bind(performance);
  let [slept, woke, last] = [0, null, now()];
  const look = () => {{
    const here = now();
    if (here - last > 1000) [slept, woke] = [slept + {HOUR_MS}, here];
    last = here;
    return here + slept;
  }};
  performance.now = look;
  setInterval(look, 20);
  window.sinceWoken = () => (woke === null ? 0 : now() - woke);
}})()"""
NOTE_LIES = f"""(wanted) => {{
  // How long after it was woken the page was last seen to show as live what is not so.
  window.lied = 0;
  const look = () => {{
    const shown = document.querySelector("{FADER} .value").textContent;
    if (document.body.dataset.link === "live" && !shown.startsWith(wanted)) window.lied = window.sinceWoken();
    requestAnimationFrame(look);
  }};
  look();
}}"""
SHOWS = f"""(wanted) => document.body.dataset.link === "live"
  && document.querySelector("{FADER} .value").textContent.startsWith(wanted)"""

DRAWN = """() => {
  const shown = document.querySelector(".film canvas"), copy = document.createElement("canvas");
  [copy.width, copy.height] = [shown.width, shown.height];
  const context = copy.getContext("2d");
  context.drawImage(shown, 0, 0);
  return [copy.width, copy.height, context.getImageData(0, 0, copy.width, copy.height).data.some((one, at) => at % 4 < 3 && one)];
}"""


@pytest.fixture
def opened(tablet):
    def make(size=TABLET, script=None):
        made = tablet(size)
        if script:
            made.page.add_init_script(script)
        made.open("/")
        made.is_live_with(f"{FADER} .read")
        return made

    return make


def shows(made, text, within_ms=TRUE_WITHIN_MS):
    made.page.wait_for_function(SHOWS, arg=text, timeout=within_ms)


@contextmanager
def asleep(browser):
    """What draws the pages of a browser stands still, as on a tablet that sleeps."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [one["id"] for one in processes if one["type"] == "renderer"]
    assert pages
    for pid in pages:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pages:
            os.kill(pid, signal.SIGCONT)


def test_a_tablet_that_slept_for_an_hour_tells_the_truth_within_a_second(opened, browser, demo):
    demo.client.set(EXPOSURE, -1.0)
    made = opened(script=HOUR_ASLEEP)
    shows(made, "−1.0")
    made.page.evaluate(NOTE_LIES, "+1.5")
    with asleep(browser):
        os.kill(demo.helper("stage.panel.web"), signal.SIGKILL)  # whatever the tablet was connected to is no more
        demo.client.set(EXPOSURE, 1.5)
        began_s = time.monotonic()
        wait_for(lambda: any("stage.panel.web" in words for words in children_of(demo.process.pid).values()))
        wait_for(lambda: time.monotonic() - began_s >= ASLEEP_S)
    shows(made, "+1.5", within_ms=30_000)
    told, lied = made.page.evaluate("[window.sinceWoken(), window.lied]")
    print(f"true {told:.0f} ms after it was woken; last wrong after {lied:.0f} ms")
    assert told > 0
    assert lied <= TRUE_WITHIN_MS


def test_a_clock_that_is_an_hour_wrong_or_leaps_changes_nothing(opened, demo):
    made = opened(script=f"{WALL_CLOCK}; window.ahead = {HOUR_MS};")
    page, finger = made.page, Finger(made.page)
    demo.client.set(EXPOSURE, 0.5)
    shows(made, "+0.5")
    finger.tap("[data-request=take]")
    page.wait_for_selector(".take .rec-word:has-text('Recording')")
    page.evaluate(f"window.ahead = -{HOUR_MS}")
    assert page.inner_text(".take .clock").startswith("00:")
    finger.drag(f"{FADER} .tape", -60)
    wait_for(lambda: demo.client.get(EXPOSURE) > 0.6 and not demo.client.status()["leases"])
    finger.tap("[data-request=take]")
    page.wait_for_selector("body[data-recording=off]")
    finger.hold("[data-request=undo]")
    page.wait_for_selector(".steps-undo .step .number:has-text('00:')")
    assert page.get_attribute("body", "data-link") == "live"


def at_rest(read):
    """A value once it has been the same for a while: what a finger asked for last may be on its way."""
    while (before := read()) != (time.sleep(0.3), read())[1]:
        pass
    return before


def test_two_tablets_on_one_fader_show_who_moves_it_and_both_the_same(opened, demo):
    demo.client.set(EXPOSURE, 0.0)
    one, other = opened(), opened(PHONE)
    finger = Finger(one.page)
    x, y = middle_of(one.page, f"{FADER} .tape")
    finger.down(x, y)
    for step in range(1, 9):
        finger.move(x - 10 * step, y)
        one.page.wait_for_timeout(20)
    wait_for(lambda: demo.client.get(EXPOSURE) > 0.5)
    other.page.wait_for_selector(f"{FADER} .lease", timeout=TRUE_WITHIN_MS)
    moved = at_rest(lambda: demo.client.get(EXPOSURE))
    shows(other, f"+{moved:.1f}")
    Finger(other.page).drag(f"{FADER} .tape", 60)
    other.page.wait_for_selector(".toast:has-text('moving this')", timeout=TRUE_WITHIN_MS)
    assert demo.client.get(EXPOSURE) == moved
    finger.up()
    other.page.wait_for_selector(f"{FADER} .lease", state="detached", timeout=TRUE_WITHIN_MS)
    Finger(other.page).drag(f"{FADER} .tape", 60)
    wait_for(lambda: demo.client.get(EXPOSURE) < moved - 0.1)
    wait_for(lambda: not demo.client.status()["leases"])
    shows(one, f"{demo.client.get(EXPOSURE):+.1f}".replace("-", "−"))


@pytest.mark.parametrize("script", [None, "delete HTMLCanvasElement.prototype.transferControlToOffscreen"])
def test_pictures_are_drawn_beside_the_page_or_on_it(opened, script):
    page = opened(script=script).page
    page.wait_for_selector(".film canvas.drawn", state="attached")
    assert page.evaluate(DRAWN) == [960, 540, True]
    assert len(page.workers) == (script is None)
