// A tracker in full: live corrections of where it is, its delay, plots of place and age, and what it refused and reports.

import uPlot from "uplot";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { status } from "../link/values.js";
import { t, told } from "../words.js";
import { asked } from "./changes.js";
import { Control } from "./control.js";
import { Columns, Named, Nothing, Tabs, chosenName } from "./layout.js";
import { figure } from "./figures.js";
import { facts } from "../link/facts.js";
import { agesOf, moved, placesOf } from "./history.js";
import { lineOptions, useWidth } from "./plots.js";
import { aboutTracker } from "./trackers.js";

const OFFSETS = ["x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg"];
const HEIGHT = 120;
const BETWEEN = "\u2003";
const MARKS = { fresh: "good", late: "warn", lost: "warn", never: "none" };

export function TrackersPage({ chosen }) {
  const names = Object.keys(status.value?.trackers ?? {});
  const name = chosenName(names, chosen);
  if (!name) return html`<div class="title"><h1>${t("page.board.view.trackers")}</h1></div><${Nothing} icon="heading" words=${t("page.board.no_trackers")} note=${t("page.board.add_to_configuration")} />`;
  return html`<${Tabs} view="trackers" names=${names} chosen=${name} /><${Tracker} key=${name} name=${name} />`;
}

function Tracker({ name }) {
  const one = status.value.trackers[name];
  const known = facts.value?.trackers.find((row) => row.name === name);
  return html`<${Columns}>
    <div>
      <div class="subject"><h1><bdi>${name}</bdi></h1><small>${aboutTracker(known)}</small>
        <p class="state"><i class="mark ${MARKS[one.state]}"></i>${t(`page.board.state_${one.state}`)}</p></div>
      ${one.hints.map((found) => html`<p class="hint">${told(found)}</p>`)}
      <h2>${t("page.board.offset")}</h2>
      ${OFFSETS.map((leaf) => html`<${Control} key=${leaf} path=${`/tracker/${name}/offset/${leaf}`} />`)}
      <${Heading} name=${name} now=${one.rotation_deg} />
      <h2>${t("page.board.timing")}</h2>
      <${Control} path=${`/tracker/${name}/delay_ms`} note=${t("page.board.delay_note")} />
    </div>
    <div>
      <${Figures} one=${one} />
      <${Plot} title=${t("page.board.age_lately")} lines=${() => [agesOf(name)]} most=${600} unit="ms" />
      <${Plot} title=${t("page.board.place_lately")} lines=${() => fromFirst(placesOf(name))} most=${120} unit="mm" signed />
      <${Refusals} one=${one} />
      <${Reported} one=${one} known=${known} />
    </div>
  <//>`;
}

// Turns the tracked body so that it points to a heading now: straight at the front wall, or as typed.
function Heading({ name, now }) {
  const [wanted, setWanted] = useState("0");
  const pan = Number(wanted.replace("−", "-").replace(",", "."));
  return html`<div class="control heading" role="group" aria-label=${t("page.board.heading_here")}>
    <div class="read"><span class="name">${t("page.board.heading")}</span>
      <span class="value">${figure(now?.[0])}<small class="tight">°</small></span></div>
    <div class="steps"><label class="field"><small>${t("page.board.pan_wanted")}</small>
        <input inputmode="decimal" value=${wanted} onInput=${(event) => setWanted(event.currentTarget.value)} /></label>
      <button type="button" class="button" data-request="nudge" disabled=${!now || Number.isNaN(pan)}
        onClick=${() => asked({ type: "nudge", tracker: name, pan_deg: pan })}>${t("page.board.heading_here")}</button></div></div>`;
}

function Figures({ one }) {
  const place = one.position_m?.map((part) => figure(part, 3)).join(BETWEEN);
  const turn = one.rotation_deg?.map((part) => figure(part, 2)).join(BETWEEN);
  const heard = one.state !== "never";
  return html`<dl class="facts">
    <${Named} name=${t("page.board.tracker_rate")} value=${heard ? `${figure(one.rate_hz)} Hz` : "–"} />
    <${Named} name=${t("page.board.tracker_age")} value=${heard ? `${figure(one.age_ms)} ms` : "–"} />
    <${Named} name=${t("page.board.tracker_jitter")} value=${heard ? `${figure(one.jitter_ms, 2)} ms` : "–"} />
    <${Named} name=${t("page.board.position")} value=${place ? `${place} m` : "–"} />
    <${Named} name=${t("page.board.rotation")} value=${turn ? `${turn}°` : "–"} />
    <${Named} name=${t("page.board.accepted")} value=${String(one.accepted)} />
  </dl>`;
}

// How many packets were refused, by cause.
function Refusals({ one }) {
  const found = Object.entries(one.rejected).filter(([, count]) => count > 0);
  return html`<h2>${t("page.board.refused")}</h2>
    ${found.length === 0 ? html`<p class="empty">${t("page.board.none_refused")}</p>`
      : html`<dl class="facts">${found.map(([cause, count]) => html`<${Named} key=${cause} name=${t(`page.board.cause_${cause}`)}
        value=${String(count)} />`)}</dl>`}`;
}

// What the tracker says of itself, of its lens and of what it is mounted on.
function Reported({ one, known }) {
  const lens = Object.entries(one.lens ?? {}).filter(([, number]) => number !== null);
  const words = [["timecode", one.timecode], ["device_status", one.device_status], ["slate", one.slate], ["predictor", t(`page.board.predictor_${one.predictor}`)]];
  return html`<h2>${t("page.board.reported")}</h2><dl class="facts">
    <${Named} name=${t("page.board.source")} value=${known?.source ?? "–"} />
    ${words.filter(([, text]) => text).map(([name, text]) => html`<${Named} key=${name} name=${t(`page.board.tracker_${name}`)} value=${text} />`)}
    ${lens.map(([name, number]) => html`<${Named} key=${name} name=${t(`page.board.lens_${name}`)} value=${figure(number, 3)} />`)}
    ${Object.entries(one.equipment ?? {}).filter(([, text]) => text !== null && text !== undefined).map(([name, text]) => html`<${Named}
      key=${name} name=${t(`page.board.equipment_${name}`)} value=${Array.isArray(text) ? text.join(" × ") : String(text)} />`)}
  </dl>`;
}

// Millimetres from where the body was at the left end, on each axis.
function fromFirst(places) {
  const first = places.find((place) => place !== null);
  return [0, 1, 2].map((axis) => places.map((place) => (place ? (place[axis] - first[axis]) * 1000 : null)));
}

function Plot({ title, lines, most, unit, signed = false }) {
  moved.value;
  const box = useRef(null);
  const plot = useRef(null);
  const width = useWidth(box, 400);
  const data = lines();
  const newest = data[0].length ? Math.max(...data.flat().filter((one) => one !== null).map(Math.abs), signed ? 5 : 20) : 0;
  useEffect(() => {
    const range = signed ? { top: () => reach.current, bottom: () => -reach.current } : { top: () => reach.current };
    plot.current = new uPlot(lineOptions(box.current, { width, height: HEIGHT, most, lines: signed ? 3 : 1, ...range }), [[]], box.current);
    return () => plot.current.destroy();
  }, []);
  const reach = useRef(newest);
  reach.current = newest;
  useEffect(() => { plot.current?.setSize({ width, height: HEIGHT }); }, [width]);
  useEffect(() => {
    const first = most - data[0].length;
    plot.current?.setData([data[0].map((_, at) => first + at), ...data.map((line) => [...line])]);
  });
  return html`<div class="plotted"><div class="title"><h2>${title}</h2>
    <span class="figure">${signed ? "±" : ""}${figure(newest, 0)}<small>${unit}</small></span></div>
    <div class="plot" ref=${box} aria-hidden="true"></div></div>`;
}
