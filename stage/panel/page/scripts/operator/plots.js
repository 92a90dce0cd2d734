// How plots of the board look: one line on the ground of the page, no axes but a limit, colours from the styles.

import { useEffect, useState } from "preact/hooks";

// The width of an element, followed.
export function useWidth(box, first) {
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.floor(entry.contentRect.width))));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

// Options of uPlot for `most` points, the newest at the right end. `top` and `bottom` answer the ends of the scale,
// `limit` is drawn as a dashed line, `lines` how many there are.
export function lineOptions(box, { width, height, most, top, bottom, limit, fill = false, lines = 1 }) {
  const colour = (name) => getComputedStyle(box).getPropertyValue(name).trim();
  const strokes = ["--ink-2", "--accent", "--ink-3"]; // read with each drawing, since the page may have become darker
  const series = Array.from({ length: lines }, (_, at) => ({
    stroke: () => colour(strokes[at % strokes.length]), width: 1.25, fill: fill ? () => `${colour("--ink-3")}29` : undefined, points: { show: false },
  }));
  return {
    width, height, padding: [2, 0, 0, 0], cursor: { show: false }, legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: [0, most - 1] }, y: { range: () => [bottom ? bottom() : 0, top()] } },
    series: [{}, ...series],
    hooks: { drawClear: limit ? [(plot) => drawLimit(plot, limit, colour("--line-strong"))] : [] },
  };
}

function drawLimit(plot, limit, stroke) {
  const y = Math.round(plot.valToPos(limit, "y", true)) + 0.5;
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = stroke;
  pen.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  pen.beginPath();
  pen.moveTo(plot.bbox.left, y);
  pen.lineTo(plot.bbox.left + plot.bbox.width, y);
  pen.stroke();
  pen.restore();
}
