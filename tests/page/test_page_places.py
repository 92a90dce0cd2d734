"""Nothing on the director's page moves when the stage is heard at last: what is not known yet has its place and says so."""

import json

import pytest
from tablets import SIZES

LOW = (844, 390)
MOST_PX = 3
PARTS = (".status", ".film", ".walls", ".looks", ".worlds", ".dial", ".hands", ".doors", ".transport")
SHIFTS = """() => { window.shifts = []; new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries()) for (const { node, previousRect, currentRect } of sources) {
    const one = node && (node.closest ? node : node.parentElement);
    if (one && !one.closest('.film, .wall')) window.shifts.push([one.className, previousRect.toJSON(), currentRect.toJSON()]);
  } }).observe({ type: 'layout-shift', buffered: true }); }"""
"""What moved, but for marks on pictures: these are where cameras look, and follow them."""
PLACES = """(parts) => Object.fromEntries(parts.map((one) => {
  const { left, top, width, height } = document.querySelector(one).getBoundingClientRect();
  return [one, [left, top, width, height]]; }))"""


class Held:
    """A network that keeps back what the stage says, until it is let through."""

    def __init__(self, page):
        self._facts, self._said, self._is_through = [], [], False
        page.route("**/api/v1/stage", self._keep_facts)
        page.route_web_socket("**/api/v1/ws", self._join)

    def _keep_facts(self, route):
        self._facts.append(route)

    def _join(self, tablet):
        def hear(message):
            if self._is_through:
                tablet.send(message)
            else:
                self._said.append((tablet, message))

        server = tablet.connect_to_server()
        server.on_message(hear)
        tablet.on_message(lambda message: server.send(message))  # noqa: PLW0108 - Playwright marks what it is given

    def let_state(self):
        self._is_through = True
        for tablet, message in self._said:
            tablet.send(message)

    def let_facts(self):
        for route in self._facts:
            route.continue_()


def moved(before, after):
    return {
        part: (before[part], after[part])
        for part in before
        if max(abs(one - other) for one, other in zip(before[part], after[part], strict=True)) > MOST_PX
    }


@pytest.mark.parametrize("size", [*SIZES.values(), LOW])
@pytest.mark.parametrize("facts_first", [False, True])
def test_nothing_moves_when_the_stage_is_heard(tablet, size, facts_first):
    made = tablet(size)
    page, held = made.page, Held(made.page)
    page.add_init_script(f"localStorage.setItem('language', 'en'); ({SHIFTS})()")
    page.goto(made.origin)
    page.wait_for_selector(".film.empty")
    before, words = page.evaluate(PLACES, PARTS), page.inner_text(".film")
    made.shot(f"director-waits-{size[0]}")
    steps = [
        (held.let_facts, ".plan-wall"),
        (held.let_state, "[data-look=Overcast] .tile-face:not([disabled])"),
    ]
    for let, shown in steps if facts_first else reversed(steps):
        let()
        page.wait_for_selector(shown, state="attached")
    page.wait_for_selector(".worlds .tile:has-text('Valley')", state="attached")
    page.wait_for_selector(".hands .fader:not(.waiting) .read", state="attached")
    page.wait_for_selector(".film canvas.drawn", state="attached")
    assert moved(before, page.evaluate(PLACES, PARTS)) == {}
    shifted = [
        (name, was, now)
        for name, was, now in page.evaluate("window.shifts")
        if max(abs(was[edge] - now[edge]) for edge in ("top", "bottom")) > MOST_PX
    ]
    assert shifted == [], json.dumps(shifted, indent=1)
    assert words == "Waiting for the stage"
