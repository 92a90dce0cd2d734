// A cue's own values: each is taken as it is on the stage now, or left out again.
import { useState } from "preact/hooks";
import { parameters } from "../link/parameters.js";
import { value } from "../link/values.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { valueTitle } from "../parts/value_title.js";
import { t } from "../words.js";
import { valueWords } from "./changes_shown.js";
import { mayNot } from "./cues_sheet.js";

const MOST_OFFERED = 60;

/** `values` by path, null before the stage has told them all; `give` is called with all that the cue then has. */
export function CueValues({ values, count, give }) {
  const [wanted, setWanted] = useState("");
  const paths = Object.keys(values ?? {});
  const all = [...parameters.value.values()].filter((one) => one.role === "director").map((one) => one.path);
  const offered = wanted ? all.filter((path) => path.includes(wanted.toLowerCase().trim())).slice(0, MOST_OFFERED) : [];
  const without = (path) => Object.fromEntries(Object.entries(values).filter(([one]) => one !== path));
  const add = (path) => { setWanted(""); give({ ...values, [path]: value(path).peek() }); };
  const isKnown = values !== null && !mayNot();
  return html`<div class="cue-values"><h3>${t("page.own_values", { count })}</h3>
    <ul class="rows">${paths.map((path) => html`<li key=${path} class="row"><span class="what"><b class="cut">${valueTitle(path)}</b><small class="cut"><bdi>${valueWords(path, values[path])}</bdi></small></span>
      <button class="key-wide" disabled=${!isKnown} aria-label=${t("page.take_again_of", { path })} onClick=${() => add(path)}>${t("page.take_again")}</button>
      <button class="tool" disabled=${!isKnown || paths.length < 2} aria-label=${t("page.leave_out", { path })} onClick=${() => give(without(path))}><${Icon} name="close" size=${20} /></button></li>`)}</ul>
    <div class="setting"><span class="name">${t("page.add_value")}</span><input type="search" aria-label=${t("page.add_value")} placeholder="/grade" autocomplete="off" value=${wanted} disabled=${!isKnown} onInput=${(event) => setWanted(event.target.value)} /></div>
    <div class="offered">${offered.map((path) => html`<button key=${path} class="key-wide" disabled=${!isKnown} onClick=${() => add(path)}><${Icon} name="plus" size=${16} /><span class="cut">${valueTitle(path)}</span><small class="cut"><bdi>${valueWords(path, value(path).value)}</bdi></small></button>`)}</div>
  </div>`;
}
