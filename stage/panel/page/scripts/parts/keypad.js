// Digits by touch: a field that takes a keyboard, too, and twelve keys under it.
import { t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The digits of a text, in any width, at most `most` of them. */
export function digitsOf(text, most) {
  return text.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, most);
}

/** Keys for `digits`; `enter` is called with what they become. */
export function Keypad({ digits, most, enter }) {
  const press = (digit) => enter(digitsOf(digits + digit, most));
  return html`<div class="keypad">
    ${KEYS.map((digit) => html`<button type="button" key=${digit} onClick=${() => press(digit)}>${digit}</button>`)}
    <button type="button" class="zero" onClick=${() => press("0")}>0</button>
    <button type="button" class="erase" aria-label=${t("page.pair_erase")} disabled=${!digits} onClick=${() => enter(digits.slice(0, -1))}>
      <${Icon} name="erase" /></button>
  </div>`;
}
