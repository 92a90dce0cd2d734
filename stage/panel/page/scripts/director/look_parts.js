// The parts of a look: all of them, or some.
import { html } from "../parts/html.js";
import { t } from "../words.js";

export const LOOK_PARTS = ["sky", "light", "grade", "time", "world"];

/** `only` are the parts that are meant; none means all. At least one stays. */
export function LookParts({ only, choose, disabled }) {
  const isMeant = (part) => only.length === 0 || only.includes(part);
  const touched = (part) => {
    const meant = LOOK_PARTS.filter((one) => (one === part ? !isMeant(one) : isMeant(one)));
    if (meant.length > 0) choose(meant.length === LOOK_PARTS.length ? [] : meant);
  };
  return html`<div class="setting look-parts"><span class="name">${t("page.look_parts")}</span>
    <div class="part-keys" role="group" aria-label=${t("page.look_parts")}>${LOOK_PARTS.map((part) => html`<button type="button" key=${part} class=${`key-wide ${isMeant(part) ? "chosen" : ""}`}
      aria-pressed=${isMeant(part)} disabled=${disabled} onClick=${() => touched(part)}>${t(`page.look_part.${part}`)}</button>`)}</div></div>`;
}

/** The parts in words. */
export function partWords(parts) {
  return parts.map((part) => t(`page.look_part.${part}`)).join(t("page.comma"));
}
