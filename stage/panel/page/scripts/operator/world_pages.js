// Worlds: how each stands, what it takes, what is found in it and what mends that; and values that are kept and loaded.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ask } from "../link/socket.js";
import { recording, status } from "../link/values.js";
import { t, told } from "../words.js";
import { asked, changed } from "./changes.js";
import { useAsked } from "../link/facts.js";
import { figure } from "./figures.js";
import { HeldButton } from "../parts/held_button.js";
import { Columns } from "./layout.js";

const EVERY_MS = 1000;
const MARKS = { ready: "good", loading: "none", newer: "good", failed: "warn", unloaded: "none" };
const worlds = signal([]);

// All worlds, 256 an answer.
async function askForWorlds() {
  const found = [];
  for (let total = 1; found.length < total;) {
    const answer = await ask({ type: "worlds", first: found.length });
    if (answer.type !== "ok" || !answer.worlds.length) break;
    found.push(...answer.worlds);
    total = answer.total;
  }
  worlds.value = found;
}

export function WorldsPage() {
  useAsked(askForWorlds, EVERY_MS);
  const memory = worlds.value.reduce((sum, one) => sum + (one.state === "ready" ? one.gpu_mib : 0), 0);
  return html`<${Columns}>
    <section aria-label=${t("page.board.view.worlds")}>
      <div class="title"><h1>${t("page.board.view.worlds")}</h1><small>${t("page.board.worlds_take", { count: worlds.value.length, mib: memory })}</small></div>
      ${worlds.value.map((one) => html`<${World} key=${one.key || one.name} one=${one} />`)}
    </section>
    <section aria-label=${t("page.board.kept_values")}><${Kept} /><${Make} /></section>
  <//>`;
}

function World({ one }) {
  return html`<article class="world" data-world=${one.key}>
    <div class="picture">${one.thumbnail && html`<img src=${`/preview/world/${encodeURIComponent(one.key)}.jpg`} alt="" loading="lazy" />` || html`<span class="no-picture"><${Icon} name="picture" /></span>`}</div>
    <div class="what"><b><bdi>${one.name}</bdi></b>
      <p class="state"><i class="mark ${MARKS[one.state]}"></i>${one.on_air ? t("page.board.on_air") : t(`page.board.world_${one.state}`)}
        ${one.state === "loading" && html`<span>${figure(one.progress * 100, 0)} %</span>`}
        ${one.gpu_mib > 0 && html`<small>${t("page.board.mebibytes", { mib: one.gpu_mib })}</small>`}</p>
      ${one.reason && html`<p class="cause">${told({ ...one.cause, text: one.reason })}</p>`}
      ${one.source || one.licence ? html`<small class="declared"><bdi>${[one.source, one.licence].filter(Boolean).join(", ")}</bdi></small>` : null}
    </div>
    <div class="keys">
      ${!one.on_air || one.state === "newer" ? html`<${Show} one=${one} />` : null}
      ${one.state !== "failed" && html`<button type="button" class="button" data-request="worlds save"
        onClick=${() => asked({ type: "worlds", action: "save", name: one.name })}>${t("page.board.save_world")}</button>`}</div>
    ${one.findings.length > 0 && html`<div class="found">${one.findings.map((found) => html`<${Finding} key=${found.code} world=${one} found=${found} />`)}</div>`}
  </article>`;
}

// Puts a world on air. While a take rolls it is held for: the film would show it.
function Show({ one }) {
  const show = () => changed("/world/active", one.name);
  const rest = { "data-parameter": "/world/active", disabled: one.state === "failed" };
  if (recording.value) return html`<${HeldButton} label=${t("page.board.show_world")} held=${show} ...${rest} />`;
  return html`<button type="button" class="button" aria-pressed=${status.value?.world?.target === one.name} onClick=${show} ...${rest}>
    ${t("page.board.show_world")}</button>`;
}

function Finding({ world, found }) {
  const mends = Object.keys(found.fix ?? {}).length > 0;
  return html`<p class="remark"><span>${told(found)}</span>${mends && html`<button type="button" class="button" data-request="worlds fix"
    onClick=${() => asked({ type: "worlds", action: "fix", name: world.name, code: found.code })}>${t("page.board.mend")}</button>`}</p>`;
}

// Values under a name: for the next start, or a name of one's own.
function Kept() {
  const [name, setName] = useState("startup");
  return html`<h2>${t("page.board.kept_values")}</h2><p class="note">${t("page.board.kept_note")}</p>
    <div class="control text"><div class="read"><label class="name" for="kept-name">${t("page.board.kept_name")}</label></div>
      <input id="kept-name" value=${name} autocomplete="off" onInput=${(event) => setName(event.currentTarget.value)} /></div>
    <div class="keys"><button type="button" class="button" data-request="save" onClick=${() => asked({ type: "save", name })}>
        ${t("page.board.save_values")}</button>
      <${HeldButton} label=${t("page.board.load_values")} held=${() => asked({ type: "load", name })} data-request="load" /></div>`;
}

// A new world of files in the library, the farthest first.
function Make() {
  const [name, setName] = useState("");
  const [files, setFiles] = useState("");
  const list = files.split(",").map((one) => one.trim()).filter(Boolean);
  return html`<h2>${t("page.board.new_world")}</h2><p class="note">${t("page.board.new_world_note")}</p>
    <div class="control text"><div class="read"><label class="name" for="made-name">${t("page.board.name_of_world")}</label></div>
      <input id="made-name" value=${name} autocomplete="off" onInput=${(event) => setName(event.currentTarget.value)} /></div>
    <div class="control text"><div class="read"><label class="name" for="made-files">${t("page.board.files_of_world")}</label></div>
      <input id="made-files" value=${files} autocomplete="off" onInput=${(event) => setFiles(event.currentTarget.value)} /></div>
    <div class="keys"><button type="button" class="button" data-request="worlds make" disabled=${!name || !list.length}
      onClick=${() => asked({ type: "worlds", action: "make", name, files: list })}>${t("page.board.make_world")}</button></div>`;
}
