// One short message at a time, above the transport: what was refused and why, and the one thing to do about it.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { refusal, t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const SHOWN_MS = 6000;
const shown = signal(null);
let ending = 0;

/** Shows `text`, a text or a function of the language. `action` is `{name, run}`. */
export function toast(text, { icon = "info", action = null } = {}) {
  clearTimeout(ending);
  shown.value = { text, icon, action };
  ending = setTimeout(() => (shown.value = null), SHOWN_MS);
}

/** Tells why an answer refused what was asked; answers whether it was granted. */
export function tell(answer, what = "") {
  if (answer.type !== "error") return true;
  toast(() => (what ? `${what}: ${refusal(answer)}` : refusal(answer)), { icon: "warn" });
  return false;
}

/** Where messages appear. */
export function Toasts() {
  const now = shown.value;
  const place = useRef(null);
  // Above a sheet, too: what was shown last is on top of all that lies over the page.
  useEffect(() => {
    if (!now || !place.current.showPopover) return;
    place.current.hidePopover();
    place.current.showPopover();
  }, [now]);
  return html`<div class="toasts" ref=${place} popover="manual" role="status" aria-live="polite">
    ${now &&
    html`<div class=${`toast ${now.icon}`}>
      <${Icon} name=${now.icon} /><bdi>${typeof now.text === "function" ? now.text() : now.text}</bdi>
      ${now.action &&
      html`<button class="word" onClick=${() => { shown.value = null; now.action.run(); }}>${now.action.name}</button>`}
      <button class="tool" aria-label=${t("page.close")} onClick=${() => (shown.value = null)}><${Icon} name="close" size=${20} /></button>
    </div>`}
  </div>`;
}
