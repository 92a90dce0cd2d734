// What belongs to this tablet alone: its language and how bright it is.
import { language, speak, t } from "../words.js";
import { html } from "./html.js";
import { ThisTablet } from "./pin_lock.js";
import { BRIGHTNESSES, brightness } from "./screen.js";
import { Segmented } from "./segmented.js";

const NAMES = { en: "English", zh: "中文" };

/** Who the tablet is, and its choices, for a sheet. Languages are named in themselves. */
export function Settings() {
  return html`<div class="settings"><${ThisTablet} />
    <div class="setting"><span class="name">${t("page.language_of_page")}</span>
      <${Segmented} label=${t("page.language_of_page")} chosen=${language.value} choose=${speak}
        choices=${Object.entries(NAMES).map(([value, name]) => ({ value, name }))} /></div>
    <div class="setting"><span class="name">${t("page.brightness")}</span>
      <${Segmented} label=${t("page.brightness")} chosen=${brightness.value} choose=${(one) => (brightness.value = one)}
        choices=${BRIGHTNESSES.map((value) => ({ value, name: t(`page.brightness.${value}`) }))} /></div>
  </div>`;
}
