// A small line of what a number was lately, on a scale of its own. It says nothing that does not stand beside it.

import { html } from "../parts/html.js";

const [WIDE, HIGH] = [150, 28];

export function Sparkline({ values, most, floor = 0 }) {
  const top = Math.max(floor, ...values.filter((one) => one !== null));
  return html`<svg class="spark" viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true">
    <path d=${lineOf(values, most, top || 1)} /></svg>`;
}

// The newest value is at the right end; a gap breaks the line.
function lineOf(values, most, top) {
  let [line, down] = ["", false];
  values.forEach((one, at) => {
    if (one === null) {
      down = false;
      return;
    }
    const x = WIDE * (1 - (values.length - 1 - at) / (most - 1));
    line += `${down ? "L" : "M"}${x.toFixed(1)} ${(HIGH - 2 - (HIGH - 4) * (one / top)).toFixed(1)}`;
    down = true;
  });
  return line;
}
