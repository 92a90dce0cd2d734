// How long the newest frames took, each of them, against the time that a frame has.

import uPlot from "uplot";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../parts/html.js";
import { status } from "../link/values.js";
import { t } from "../words.js";
import { figure } from "./figures.js";
import { frameTimes, moved } from "./history.js";
import { lineOptions, useWidth } from "./plots.js";

const HEIGHT = 112;
const SHOWN = 240;
const MOST_SLOTS = 6;

export function Frames() {
  moved.value;
  const now = status.value;
  const times = frameTimes();
  const slot = now ? 1000 / now.rate_hz : 0;
  const ordered = [...times].sort((a, b) => a - b);
  const at = (share) => ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))];
  const top = Math.max(1.25 * slot, Math.min(1.15 * (at(0.97) ?? 0), MOST_SLOTS * slot));
  return html`<section class="frames" aria-label=${t("page.board.frame_time")}>
    <div class="title"><h2>${t("page.board.frame_time_lately", { seconds: SHOWN / (now?.rate_hz ?? 60) })}</h2>
      <span class="figure">${figure(at(0.5))}<small>${t("page.board.ms_median")}</small></span>
      <span class="figure">${figure(at(0.99))}<small>${t("page.board.p99")}</small></span>
      <span class="figure ${now?.missed ? "some" : ""}">${grouped(now?.missed)}<small>${t("page.board.late_of", { count: grouped(now?.frames) })}</small></span></div>
    <${FramePlot} times=${times} slot=${slot} top=${top} />
  </section>`;
}

const grouped = (count) => String(count ?? 0).replace(/\B(?=(\d{3})+$)/g, " ");

function FramePlot({ times, slot, top }) {
  const box = useRef(null);
  const plot = useRef(null);
  const reach = useRef(top);
  reach.current = top;
  const width = useWidth(box, 640);
  useEffect(() => {
    const options = lineOptions(box.current, { width, height: HEIGHT, most: SHOWN, top: () => reach.current, limit: slot, fill: true });
    plot.current = new uPlot(options, [[], []], box.current);
    return () => plot.current.destroy();
  }, [slot]);
  useEffect(() => { plot.current?.setSize({ width, height: HEIGHT }); }, [width]);
  useEffect(() => {
    const first = SHOWN - times.length;
    plot.current?.setData([times.map((_, at) => first + at), [...times]]);
  });
  return html`<div class="plot"><div ref=${box} aria-hidden="true"></div>
    <small class="slot-name" style=${{ bottom: `${(slot / top) * HEIGHT + 2}px` }}>${t("page.board.slot", { ms: slot })}</small></div>`;
}
