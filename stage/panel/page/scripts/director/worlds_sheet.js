// All worlds of a large library, a level down: found by a part of their name, put on air with a touch.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { live } from "../link/values.js";
import { html } from "../parts/html.js";
import { t } from "../words.js";
import { asked } from "./lists.js";
import { WorldTile } from "./shelf.js";

/** So many tiles are shown at once: a page of thousands would be slow, and nobody looks through them. */
const MOST_SHOWN = 60;

const all = signal([]);

async function ask() {
  all.value = await asked({ type: "worlds", action: "list" }, "worlds") ?? all.peek();
}

const plain = (text) => text.normalize("NFKC").toLocaleLowerCase();

export function WorldsSheet() {
  const [text, setText] = useState("");
  useEffect(() => { if (live.value) ask(); }, [live.value, isDirector.value]);
  const found = all.value.filter((one) => plain(one.name).includes(plain(text)));
  return html`<label><span class="name">${t("page.find_world")}</span><input type="search" value=${text} autocomplete="off" maxlength="256" onInput=${(event) => setText(event.target.value)} /></label>
    <p class="none" role="status">${t("page.worlds_found", { count: found.length, total: all.value.length })}</p>
    <div class="all-worlds">${found.slice(0, MOST_SHOWN).map((world) => html`<${WorldTile} key=${world.key} world=${world} />`)}</div>`;
}
