"""The memory of a page that shows everything live stays what it is."""

import time
from pathlib import Path

import pytest
from tablets import TABLET

MIB = 1 << 20
EVERY_S = 2.0
SETTLES_S = 2.0
MOST_MIB_A_MINUTE = {"short": 6.0, "long": 0.4}
"""Of JavaScript's heap. In seconds the page's own compiled code and caches are still seen to come."""
MOST_NODES_A_MINUTE = {"short": 300.0, "long": 6.0}
"""One more at each of ten pictures a second would be 600. In seconds a line of health that comes makes 180."""


class Memory:
    """What a page holds, after its garbage was collected."""

    def __init__(self, browser, page):
        self.page = page
        self.send = page.context.new_cdp_session(page).send
        self.send("Performance.enable")
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        self.renderers = [one["id"] for one in processes if one["type"] == "renderer"]

    def now(self):
        """Heap in MiB, nodes, listeners, and all memory of the processes that draw pages, in MiB."""
        for _ in range(2):
            self.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in self.send("Performance.getMetrics")["metrics"]}
        return (
            found["JSHeapUsedSize"] / MIB,
            found["Nodes"],
            found["JSEventListeners"],
            sum(map(private_mib, self.renderers)),
        )

    def slopes(self, seconds):
        """How much each grows in a minute, by least squares."""
        began_s, rows = time.monotonic(), []
        while (at_s := time.monotonic() - began_s) < seconds:
            rows.append((at_s / 60.0, *self.now()))
            self.page.wait_for_timeout(1000.0 * EVERY_S)
        times, *kinds = zip(*rows, strict=True)
        return [slope(times, kind) for kind in kinds], rows[-1][1:]


def private_mib(pid):
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    lines = rollup.read_text().splitlines() if rollup.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024.0


def slope(times, values):
    middle, level = sum(times) / len(times), sum(values) / len(values)
    over = sum((at - middle) * (value - level) for at, value in zip(times, values, strict=True))
    return over / sum((at - middle) ** 2 for at in times)


def measured(tablet, browser, seconds):
    made = tablet(TABLET)
    page = made.open("/")
    page.wait_for_selector(".film canvas.drawn")
    page.wait_for_timeout(1000.0 * SETTLES_S)
    frame = page.get_attribute(".film canvas", "data-frame")
    (heap, nodes, listeners, private), at_end = Memory(browser, page).slopes(seconds)
    assert page.get_attribute(".film canvas", "data-frame") != frame
    print(
        f"in {seconds:.0f} s, a minute: heap {heap:+.2f} MiB, nodes {nodes:+.0f}, listeners {listeners:+.0f}, "
        f"process {private:+.1f} MiB; at the end {at_end[0]:.1f} MiB, {at_end[1]:.0f} nodes, {at_end[3]:.0f} MiB"
    )
    return heap, nodes, listeners


def test_a_page_that_shows_everything_live_does_not_grow(tablet, browser):
    heap, nodes, listeners = measured(tablet, browser, 8.0)
    assert heap <= MOST_MIB_A_MINUTE["short"]
    assert max(nodes, listeners) <= MOST_NODES_A_MINUTE["short"]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_in_five_minutes_it_does_not_grow_either(tablet, browser):
    heap, nodes, listeners = measured(tablet, browser, 300.0)
    assert heap <= MOST_MIB_A_MINUTE["long"]
    assert max(nodes, listeners) <= MOST_NODES_A_MINUTE["long"]
