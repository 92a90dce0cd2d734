// How the further pages of the board are laid out: two columns, the names of a kind of thing to choose from, facts.
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { t } from "../words.js";

/** Two columns on wide pages, one below the other on small ones. */
export function Columns({ children }) {
  return html`<div class="columns">${children}</div>`;
}

/** The one that is chosen of names, else the first. */
export function chosenName(names, chosen) {
  return names.includes(chosen) ? chosen : names[0];
}

/** Names to choose from; nothing where there is one alone. */
export function Tabs({ view, names, chosen }) {
  if (names.length < 2) return null;
  return html`<nav class="names" aria-label=${t(`page.board.view.${view}`)}>${names.map((name) => html`<a key=${name}
    href=${`#${view}/${encodeURIComponent(name)}`} aria-current=${name === chosen ? "page" : undefined}><bdi>${name}</bdi></a>`)}</nav>`;
}

/** A fact with its name, in a list of facts. */
export function Named({ name, value }) {
  return html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`;
}

/** What a page shows that has nothing to list yet: what is missing, how it comes about, and perhaps the key for it. */
export function Nothing({ icon, words, note, children }) {
  return html`<div class="nothing"><${Icon} name=${icon} size=${40} /><div><p>${words}</p><p class="note">${note}</p>${children}</div></div>`;
}
