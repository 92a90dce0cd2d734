// The line at the top: the stage's name, whether what is seen is live, and keys for the screen itself.
import { stageName } from "../link/me.js";
import { link, silentSeconds, status } from "../link/values.js";
import { listed, t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { brightness, nextBrightness } from "./screen.js";
import { lockScreen } from "./screen_lock.js";

/** Live, stale or offline, as a mark and a word; `detail` stands behind Live. */
export function LinkState({ detail = "" }) {
  const words = {
    live: listed(t("page.live"), detail),
    stale: t("page.stale", { seconds: silentSeconds.value }),
    offline: t("page.offline"),
  };
  return html`<small class="link-state"><span class="link-mark" aria-hidden="true"></span><span class="link-word cut">${words[link.value]}</span></small>`;
}

/** The line itself. `menu` opens what is a level down; `children` are further keys before it. */
export function StatusLine({ detail = "", menu, menuName, children }) {
  const held = status.value && status.value.in_force.length > 0;
  return html`<header class="status">
    <div class="who"><b class="cut"><bdi>${stageName.value || t("page.stage")}</bdi></b><${LinkState} detail=${detail} /></div>
    ${held && html`<span class="in-force cut" role="status">${t("page.in_force", { count: status.value.in_force.length })}</span>`}
    ${children}
    <button class="tool" aria-label=${t("page.lock_screen")} onClick=${lockScreen}><${Icon} name="lock" /></button>
    <button class="tool" aria-label=${`${t("page.brightness")}: ${t(`page.brightness.${brightness.value}`)}`} onClick=${nextBrightness}><${Icon} name=${brightness.value === "normal" ? "moon" : "sun"} /></button>
    ${menu && html`<button class="tool" aria-label=${menuName || t("page.more")} aria-haspopup="dialog" onClick=${menu}><${Icon} name="menu" /></button>`}
  </header>`;
}
