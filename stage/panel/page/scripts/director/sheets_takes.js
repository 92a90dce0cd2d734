// The sheets of takes and cues.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { parameter } from "../link/parameters.js";
import { command, live, status } from "../link/values.js";
import { inWords, nameOf } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell } from "../parts/toast.js";
import { listed, t } from "../words.js";
import { cues } from "./lists.js";

/** The name of the next take; "" lets the stage number it. */
export const takeName = signal("");

export function TakeSheet({ close }) {
  const done = (event) => { event.preventDefault(); close(); };
  return html`<form class="sheet-form" onSubmit=${done}>
    <label><span class="name">${t("page.take_name")}</span>
      <input value=${takeName.value} maxlength="100" autocomplete="off" placeholder=${t("page.numbered_by_stage")} onInput=${(event) => (takeName.value = event.target.value)} /></label>
    <small>${t("page.take_name_note")}</small></form>`;
}

/** The cues in their order, each to be played alone; above them what the next one would change, before it does. */
export function CuesSheet() {
  const stands = status.value.cues;
  return html`<${NextShown} next=${stands.next} />
    ${cues.value.length === 0 && html`<p class="none">${t("page.no_cues_note")}</p>`}
    <ul class="rows">${cues.value.map((cue) => html`<li key=${cue.number} class=${`row ${cue.number === stands.pointer ? "now" : ""}`} aria-current=${cue.number === stands.pointer}>
      <span class="number">${cue.number}</span>
      <span class="what"><b><bdi>${cue.name || cue.look || t("page.cue_values", { count: cue.count })}</bdi></b>
        <small>${listed(cue.fade_s ? t("page.fades", { seconds: cue.fade_s }) : t("page.cut_at_once"),
    cue.number === stands.pointer ? t("page.cue_now") : cue.number === stands.next && t("page.cue_next"), cue.missing.length > 0 && t("page.cue_missing"))}</small></span>
      <button class="key-wide" data-request="cue goto" disabled=${!live.value || !isDirector.value} onClick=${() => command({ type: "cue", action: "goto", number: cue.number }).then((answer) => tell(answer))}>${t("page.goto")}</button></li>`)}</ul>`;
}

function NextShown({ next }) {
  const [shown, setShown] = useState(null);
  useEffect(() => {
    setShown(null);
    if (next !== null) command({ type: "cue", action: "show" }).then((answer) => answer.type === "ok" && setShown(answer.shown));
  }, [next]);
  if (!shown || !shown.changes.length) return null;
  return html`<details class="changes"><summary>${t("page.next_changes", { count: shown.total })}</summary>
    <ul>${shown.changes.slice(0, 40).map((one) => html`<li key=${one.path}><span class="cut">${nameOf(one.path)}</span><span>${words(one.path, one.present)}</span><${Icon} name="go" size=${16} /><b>${words(one.path, one.cue)}</b></li>`)}</ul></details>`;
}

function words(path, found) {
  const declared = parameter(path);
  return declared ? inWords(found, declared) : String(found);
}
