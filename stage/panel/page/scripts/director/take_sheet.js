// The sheet of the next take.
import { signal } from "@preact/signals";
import { html } from "../parts/html.js";
import { t } from "../words.js";

/** The name of the next take; "" lets the stage number it. */
export const takeName = signal("");

export function TakeSheet({ close }) {
  const done = (event) => { event.preventDefault(); close(); };
  return html`<form class="sheet-form" onSubmit=${done}>
    <label><span class="name">${t("page.take_name")}</span>
      <input value=${takeName.value} maxlength="100" autocomplete="off" placeholder=${t("page.numbered_by_stage")} onInput=${(event) => (takeName.value = event.target.value)} /></label>
    <small>${t("page.take_name_note")}</small></form>`;
}
