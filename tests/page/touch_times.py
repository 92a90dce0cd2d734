"""Times of touches on the director's page: to the frame that has what they set, and to the picture that shows it."""

from __future__ import annotations

import statistics
import time
from typing import Any, NamedTuple

from running_stage import RunningStage, wait_for
from touching import Finger, middle_of

EXPOSURE = "/grade/exposure_stops"
TAPE = f"[data-parameter='{EXPOSURE}'] .tape"
BEGIN_PX, MOVE_PX = 10.0, 70.0
WITHIN_S = 20.0
LOOKS = 60
WATCH = """() => {
  window.asked = new Map(); window.applied = []; window.touched = 0; window.lit = 0; window.seen = [];
  const Own = WebSocket, send = Own.prototype.send;
  addEventListener('pointermove', (event) => { window.touched = event.timeStamp; }, true);
  Own.prototype.send = function (text) {
    const fields = typeof text === 'string' && text[0] === '{' ? JSON.parse(text) : {};
    if (fields.type === 'set' && fields.path === '/grade/exposure_stops') {
      window.asked.set(fields.id, window.touched);
      if (!this.heard) { this.heard = true; this.addEventListener('message', (event) => {
        const answer = JSON.parse(event.data), at = window.asked.get(answer.id);
        if (at !== undefined && answer.type === 'ok') window.applied.push([performance.timeOrigin + at, answer.frame]); }); }
    }
    return send.call(this, text); };
  const canvas = document.querySelector('.film-picture canvas'), small = document.createElement('canvas');
  small.width = small.height = 8;
  const context = small.getContext('2d', {willReadFrequently: true});
  window.mean = () => { context.drawImage(canvas, 0, 0, 8, 8);
    return context.getImageData(0, 0, 8, 8).data.reduce((sum, one) => sum + one, 0) / 256; };
  new MutationObserver(() => { window.seen.push([performance.now(), window.mean()]); })
    .observe(canvas, {attributes: true, attributeFilter: ['data-frame']}); }"""


class TouchTimes(NamedTuple):
    """Frames from the one that was current at a touch to the one that has what it set; milliseconds until a picture
    shows it; the stage's frames a second, and the share of a slot that its frames take.
    """

    frames: list[int]
    picture_ms: list[float]
    rate_hz: float
    slot_share: float

    def __str__(self) -> str:
        pictures = f"{statistics.median(self.picture_ms):.0f} ms to a changed picture (p95 {p95(self.picture_ms):.0f})"
        frames = f"median {statistics.median(self.frames):.1f} frames, p95 {p95(self.frames)}"
        return (
            f"touch to applied: {frames} of {len(self.frames)}; {pictures} of {len(self.picture_ms)}; "
            f"{self.rate_hz:.1f} frames a second that take {self.slot_share:.2f} of their slots"
        )


def p95(found: list[Any]) -> Any:
    return sorted(found)[int(0.95 * (len(found) - 1))]


def touch_times(page: Any, stage: RunningStage, touches: int) -> TouchTimes:
    """Drags the exposure to and fro, a single step each time, and waits until its picture has come."""
    page.wait_for_selector(".film-picture canvas.drawn")
    page.evaluate(WATCH)
    finger = Finger(page)
    middle = middle_of(page, TAPE)
    pictures = [_one_touch(page, finger, middle, MOVE_PX * (-1) ** number) for number in range(touches)]
    begun_ms, period_ms = _grid(stage)
    frames = [frame - int((at - begun_ms) // period_ms) for at, frame in page.evaluate("window.applied")]
    status = stage.client.status()
    return TouchTimes(frames, pictures, status["true_rate_hz"], statistics.median(status["took_ms"]) / period_ms)


def _one_touch(page: Any, finger: Finger, middle: tuple[float, float], way_px: float) -> float:
    """The time from the move of one touch to the first picture whose mean light is another."""
    x, y = middle
    towards = 1.0 if way_px > 0 else -1.0
    finger.down(x, y)
    finger.move(x + towards * BEGIN_PX, y)
    page.wait_for_timeout(120)  # the picture of what was before stands still, and the value is held
    before = page.evaluate("window.seen = [], window.mean()")
    finger.move(x + towards * BEGIN_PX + way_px, y)
    found = wait_for(
        lambda: page.evaluate(
            "(before) => { const one = window.seen.find(([, mean]) => Math.abs(mean - before) > 1.5); "
            "return one && one[0] - window.touched; }",
            before,
        ),
        WITHIN_S,
    )
    finger.up()
    page.wait_for_timeout(80)
    return float(found)


def _grid(stage: RunningStage) -> tuple[float, float]:
    """When frame 0 would have begun, and how long a frame is, in milliseconds of this machine's wall clock.

    A status comes after the beginning of its frame, so the earliest of many tells it best: late by a millisecond or two,
    which counts against the touch.
    """
    period_ms = 1000.0 / stage.client.status()["rate_hz"]
    found = []
    for _ in range(LOOKS):
        frame = stage.client.status()["frame"]
        found.append(time.time() * 1e3 - frame * period_ms)
    return min(found), period_ms
