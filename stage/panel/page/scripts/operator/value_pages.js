// Every value that there is, made of the declarations: groups that open, each parameter with its control and its help.
import { useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { may } from "../link/me.js";
import { parameters } from "../link/parameters.js";
import { helpOf, t } from "../words.js";
import { Control } from "./control.js";

const MOST_FOUND = 60;

export function ValuesPage() {
  const [wanted, setWanted] = useState("");
  const all = [...parameters.value.values()].filter((one) => may(one.role));
  const groups = Map.groupBy ? Map.groupBy(all, groupOf) : grouped(all);
  const found = wanted ? all.filter((one) => one.path.includes(wanted.toLowerCase())).slice(0, MOST_FOUND) : null;
  return html`<section class="values" aria-label=${t("page.board.view.values")}>
    <div class="title"><h1>${t("page.board.view.values")}</h1><small>${t("page.board.values_count", { count: all.length })}</small></div>
    <label class="field search"><small>${t("page.board.find_value")}</small><input type="search" value=${wanted} autocomplete="off" placeholder="/camera"
      onInput=${(event) => setWanted(event.currentTarget.value)} /></label>
    ${found ? found.map((one) => html`<${Value} key=${one.path} one=${one} />`)
      : [...groups].map(([name, members]) => html`<${Group} key=${name} name=${name} members=${members} />`)}
  </section>`;
}

// The part of a path that names what it belongs to: "/camera/A", "/sky".
function groupOf({ path }) {
  const parts = path.split("/");
  return parts.length > 3 ? parts.slice(0, 3).join("/") : parts.slice(0, 2).join("/");
}

function grouped(all) {
  const found = new Map();
  for (const one of all) found.set(groupOf(one), [...(found.get(groupOf(one)) ?? []), one]);
  return found;
}

// Its controls are there only while it is open: there may be a thousand of them.
function Group({ name, members }) {
  const [open, setOpen] = useState(false);
  return html`<details open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><bdi>${name}</bdi><small>${t("page.board.values_count", { count: members.length })}</small></summary>
    ${open && members.map((one) => html`<${Value} key=${one.path} one=${one} />`)}</details>`;
}

function Value({ one }) {
  return html`<div class="any"><${Control} path=${one.path} name=${one.path} note=${helpOf(one)} /></div>`;
}
