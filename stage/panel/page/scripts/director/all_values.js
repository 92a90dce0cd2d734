// Every value that a director may set, grouped by its path. A group is drawn once it is opened: there may be thousands.
import { useState } from "preact/hooks";
import { parameter, parameters } from "../link/parameters.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { hasWords, helpOf, t } from "../words.js";
import { ValueControl } from "./value_control.js";

/** What has a place of its own on this page that is more than a control: it is not listed again. */
const PLACED = new Set(["/output/blackout", "/output/freeze"]);

export function AllValues() {
  const groups = new Map();
  for (const one of parameters.value.values()) {
    if (one.role !== "director" || PLACED.has(one.path)) continue;
    const group = groupOf(one.path);
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(one.path);
  }
  return html`<div class="groups">${[...groups].map(([group, paths]) => html`<${Group} key=${group} group=${group} paths=${paths} />`)}</div>`;
}

function groupOf(path) {
  const parts = path.split("/").slice(1);
  return parts.slice(0, Math.max(1, parts.length - 1)).join("/");
}

function groupName(group) {
  const parts = group.split("/");
  const key = `page.group.${parts.length > 1 && !["sky"].includes(parts[0]) ? parts[0] : parts.join(".")}`;
  const name = hasWords(key) ? t(key) : group;
  return parts.length > 1 && parts[0] !== "sky" ? html`${name} <bdi class="which">${parts.slice(1).join(" ")}</bdi>` : name;
}

function Group({ group, paths }) {
  const [open, setOpen] = useState(false);
  return html`<section class="group" data-group=${group}>
    <button class="group-head" aria-expanded=${open} onClick=${() => setOpen(!open)}><span>${groupName(group)}</span><small>${paths.length}</small><${Icon} name=${open ? "up" : "down"} size=${20} /></button>
    ${open && html`<div class="group-body">${paths.map((path) => html`<div key=${path} class="explained"><${ValueControl} path=${path} /><small>${helpOf(parameter(path))}</small></div>`)}</div>`}
  </section>`;
}
