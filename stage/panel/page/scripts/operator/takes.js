// Takes: the one that records, those on disk, and how long the disk lasts.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { HoldRing, useHold } from "../parts/hold_key.js";
import { status } from "../link/values.js";
import { sentence, t, told } from "../words.js";
import { asked } from "./changes.js";
import { fetched, useAsked } from "../link/facts.js";
import { amount, clock, span } from "./figures.js";

const EVERY_MS = 3000;
const FEW = 3;
const MARKS = { open: "rec-mark", whole: "good", unreadable: "warn" };
const listed = signal(null);
let heardAt = 0;

async function askForTakes() {
  listed.value = await fetched("/api/v1/takes");
  heardAt = performance.now();
}

/** The newest takes, beside the plan. */
export function TakesAside() {
  useAsked(askForTakes, EVERY_MS);
  const found = listed.value;
  return html`<section class="list takes" aria-label=${t("page.board.view.takes")}>
    <div class="title"><h2>${t("page.board.view.takes")}</h2>
      <small>${found ? t("page.board.takes_in_all", { count: found.total, size: amount(found.bytes) }) : ""}</small></div>
    ${found?.takes.slice(0, FEW).map((one) => html`<${Row} key=${one.file} one=${one} />`)}
    ${found && !found.takes.length && html`<p class="empty">${t("page.board.no_takes")}</p>`}
    <${Disk} /></section>`;
}

/** All takes, and the key that records. */
export function TakesPage() {
  useAsked(askForTakes, EVERY_MS);
  const found = listed.value;
  return html`<div class="takes-page"><${Roll} />
    <section class="list takes" aria-label=${t("page.board.view.takes")}>
      <div class="title"><h1>${t("page.board.view.takes")}</h1>
        <small>${found ? t("page.board.takes_in_all", { count: found.total, size: amount(found.bytes) }) : ""}</small></div>
      ${found?.takes.map((one) => html`<${Row} key=${one.file} one=${one} />`)}
      ${found && !found.takes.length && html`<p class="empty">${t("page.board.no_takes")}</p>`}
      ${found && html`<small class="folder"><bdi>${found.folder}</bdi></small>`}</section></div>`;
}

function Roll() {
  const [name, setName] = useState("");
  const take = status.value?.take ?? { state: "idle", warnings: [] };
  const rolling = take.state !== "idle";
  return html`<section class="roll" aria-label=${t("page.board.take")}>
    ${rolling ? html`<${CutKey} key="cut" />` : html`<button type="button" key="rec" class="key rec" data-request="take"
      onClick=${() => asked({ type: "take", action: "start", name })}>${t("page.board.rec")}</button>`}
    <div class="take-name">${rolling ? html`<b><bdi>${take.slate || take.name}</bdi></b><small class="rec-word">${t(`page.board.take_${take.state}`)}</small>`
      : html`<label><small>${t("page.board.take_name")}</small><input value=${name} autocomplete="off" maxlength="100"
          onInput=${(event) => setName(event.currentTarget.value)} /></label>`}</div>
    <${Disk} />
    ${take.warnings.map((one) => html`<p class="cause" key=${one.code}>${sentence(one.code, one.values)}</p>`)}</section>`;
}

// A take begins on a touch; it ends where a finger stays.
function CutKey() {
  const { phase, handlers } = useHold(() => asked({ type: "take", action: "stop" }, { urgent: true }));
  return html`<button type="button" class="key rec rolling ${phase}" data-request="take" aria-description=${t("page.hold_to_confirm")} ...${handlers}>
    <${HoldRing} phase=${phase} size=${36} /><span>${t(phase === "longer" ? "page.longer" : "page.board.cut")}</span></button>`;
}

function Row({ one }) {
  const recording = one.state === "open" && status.value?.take.state === "recording" && one.name === status.value.take.name;
  const cut = one.state === "open" && !recording;
  const mark = cut ? "warn" : MARKS[one.state];
  const seconds = one.seconds + (recording ? (performance.now() - heardAt) / 1000 : 0);
  const words = recording ? t("page.board.take_recording") : cut ? t("page.board.take_cut_off") : told({ ...one.cause, text: one.gap || one.error }) || t(`page.board.take_${one.state}`);
  return html`<div class="row" data-take=${one.file}><i class="mark ${mark}"></i>
    <span class="what"><b><bdi>${titleOf(one)}</bdi></b><small class=${recording ? "rec-word" : ""}>${words}</small></span>
    <span class="r">${one.state === "unreadable" ? amount(one.bytes) : clock(seconds)}</span></div>`;
}

function titleOf(one) {
  const name = one.slate || one.name || one.file;
  return one.part > 1 ? t("page.board.take_part", { name, part: one.part }) : name;
}

// How much room there is, and for how long at the rate of the takes so far.
function Disk() {
  const found = listed.value;
  if (!found || found.free_bytes === null) return null;
  const whole = found.takes.filter((one) => one.seconds > 1);
  const rate = whole.reduce((sum, one) => sum + one.bytes, 0) / whole.reduce((sum, one) => sum + one.seconds, 0);
  const left = whole.length ? t("page.board.disk_lasts", { free: amount(found.free_bytes), span: span(found.free_bytes / rate) })
    : t("page.board.disk_free", { free: amount(found.free_bytes) });
  return html`<p class="disk"><small>${left}</small></p>`;
}
