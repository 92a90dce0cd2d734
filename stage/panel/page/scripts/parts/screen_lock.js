// The screen lock: a tablet that lies on a chair takes no touch and no key until it is held.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../words.js";
import { html } from "./html.js";
import { HoldRing, useHold } from "./hold_key.js";
import { Icon } from "./icons.js";
import { keepOpen, PinLock, refuseEscape } from "./pin_lock.js";

/** Whether the screen takes no touch now. */
export const screenLocked = signal(sessionStorage.getItem("locked") === "yes");

export function lockScreen() {
  sessionStorage.setItem("locked", "yes");
  screenLocked.value = true;
}

function unlock() {
  sessionStorage.removeItem("locked");
  screenLocked.value = false;
}

/** What lies over a locked page. */
export function ScreenLock() {
  return screenLocked.value ? html`<${Locked} />` : html`<${PinLock} />`;
}

function Locked() {
  const place = useRef(null);
  const { phase, handlers } = useHold(unlock);
  useEffect(() => keepOpen(place), []);
  return html`<dialog class="screen-lock" ref=${place} aria-label=${t("page.locked")} onKeyDown=${refuseEscape}
    onCancel=${(event) => event.preventDefault()} onClose=${() => keepOpen(place)}>
    <button class=${`key-wide unlock ${phase}`} ...${handlers}>
      <span class="ring-place"><${HoldRing} phase=${phase} /><${Icon} name="lock" size=${18} /></span>
      <span>${phase === "longer" ? t("page.longer") : t("page.hold_to_unlock")}</span>
    </button>
  </dialog>`;
}
