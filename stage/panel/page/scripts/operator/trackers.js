// The table of trackers: how fresh each is, its rate, age, jitter, what is lost, and its age over the last minute.

import { html } from "../parts/html.js";
import { status } from "../link/values.js";
import { t } from "../words.js";
import { facts } from "../link/facts.js";
import { figure } from "./figures.js";
import { agesOf, moved } from "./history.js";
import { Sparkline } from "./sparkline.js";

const MINUTE = 600;
const MARKS = { fresh: "good", late: "warn", lost: "warn", never: "none" };
const MUCH_LOST = 0.02;

export function Trackers() {
  const now = status.value;
  const names = Object.keys(now?.trackers ?? {});
  if (!names.length) return null;
  return html`<section class="trackers" aria-label=${t("page.board.trackers")}>
    <div class="table" role="table">
      <div class="row head" role="row">
        <h2 role="columnheader">${t("page.board.trackers")}</h2>
        ${["state", "rate", "age", "jitter", "lost"].map((name) => html`<small role="columnheader" class=${name}>
          ${t(`page.board.tracker_${name}`)}</small>`)}
        <small role="columnheader" class="ages">${t("page.board.tracker_ages")}</small></div>
      ${names.map((name) => html`<${Row} key=${name} name=${name} one=${now.trackers[name]} />`)}
    </div></section>`;
}

function Row({ name, one }) {
  moved.value;
  const heard = one.state !== "never";
  const known = facts.value?.trackers.find((row) => row.name === name);
  const lost = lostShare(name);
  return html`<div class="row tracker" role="row" data-tracker=${name} data-state=${one.state}>
    <a class="id" role="cell" href=${`#trackers/${encodeURIComponent(name)}`}><b><bdi>${name}</bdi></b>
      <small>${aboutTracker(known)}</small></a>
    <span role="cell" class="state"><i class="mark ${MARKS[one.state]}"></i>${t(`page.board.state_${one.state}`)}</span>
    <${Cell} kind="rate" value=${heard ? figure(one.rate_hz) : "–"} unit=${heard && "Hz"} />
    <${Cell} kind="age" value=${heard ? figure(one.age_ms) : "–"} unit=${heard && "ms"} />
    <${Cell} kind="jitter" value=${heard ? figure(one.jitter_ms) : "–"} unit=${heard && "ms"} />
    <${Cell} kind=${`lost ${lost > MUCH_LOST ? "much" : ""}`} value=${heard ? figure(lost * 100) : "–"} unit=${heard && "%"} />
    ${heard ? html`<span role="cell" class="ages"><${Sparkline} values=${agesOf(name)} most=${MINUTE} floor=${40} /></span>`
      : html`<span role="cell" class="ages silent">${t("page.board.nothing_heard", { source: known?.source ?? "" })}</span>`}
  </div>`;
}

function Cell({ kind, value, unit }) {
  return html`<span role="cell" class=${kind}>${value}${unit && html`<small>${unit}</small>`}</span>`;
}

// What protocol it speaks and which camera it moves.
export function aboutTracker(known) {
  if (!known) return "";
  const protocol = t(`page.board.protocol_${known.protocol}`);
  return known.camera ? t("page.board.moves_camera", { protocol, camera: known.camera }) : t("page.board.moves_nothing", { protocol });
}

// The share of packets that health says are lost; it measures them over some seconds.
function lostShare(name) {
  const found = status.value?.health_codes.find((one) => one.code === "tracker_packets_lost" && one.values.tracker === name);
  return found ? found.values.lost : 0;
}
