// A key of words that asks to be held: for patterns, loading values, deleting, and what would be seen in a take.
import { t } from "../words.js";
import { HoldRing, useHold } from "./hold_key.js";
import { html } from "./html.js";

/** `held` is called once the finger has stayed; `pressed` says whether it is in force; `kind` is its class. */
export function HeldButton({ label, held, pressed, disabled = false, kind = "button", ...rest }) {
  const { phase, handlers } = useHold(held);
  return html`<button type="button" class="${kind} held ${phase}" aria-pressed=${pressed} disabled=${disabled}
    aria-description=${t("page.hold_to_confirm")} ...${rest} ...${handlers}>
    <${HoldRing} phase=${phase} size=${20} /><bdi>${phase === "longer" ? t("page.longer") : label}</bdi></button>`;
}
