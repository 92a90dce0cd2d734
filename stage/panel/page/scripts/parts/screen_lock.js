// The screen lock: a tablet that lies on a chair takes no touch until it is held. What must always work stays in reach.
import { signal } from "@preact/signals";
import { t } from "../words.js";
import { html } from "./html.js";
import { HoldRing, useHold } from "./hold_key.js";
import { Icon } from "./icons.js";
import { PinLock } from "./pin_lock.js";

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
  const { phase, handlers } = useHold(unlock);
  if (!screenLocked.value) return html`<${PinLock} />`;
  return html`<div class="screen-lock" role="dialog" aria-label=${t("page.locked")}>
    <button class=${`key-wide unlock ${phase}`} ...${handlers}>
      <span class="ring-place"><${HoldRing} phase=${phase} /><${Icon} name="lock" size=${18} /></span>
      <span>${phase === "longer" ? t("page.longer") : t("page.hold_to_unlock")}</span>
    </button>
  </div>`;
}
