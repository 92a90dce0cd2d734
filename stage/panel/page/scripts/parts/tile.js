// A tile of a shelf: a picture, its name, and how it stands. A tap chooses it; while a take rolls it asks to be held.
import { useState } from "preact/hooks";
import { t } from "../words.js";
import { html } from "./html.js";
import { HoldRing, useHold } from "./hold_key.js";
import { Icon } from "./icons.js";

const WAITING = 8;

/** The places of tiles that are not known yet: as many as a shelf shows at once. */
export function WaitingTiles() {
  return Array.from({ length: WAITING }, (_, place) => html`<div class="tile waiting" key=${place} aria-hidden="true"><span class="frame"></span><span class="label">\u00a0</span><span class="state">\u00a0</span></div>`);
}

/**
 * `state` is a line below the name; `progress` (0 to 1) a ring on the picture, `share` a bar along its foot; `failed`
 * puts a triangle there. `holds` asks for a hold. `children` stand behind the state.
 */
export function Tile({ name, picture, chosen, state = "", progress = null, share = null, failed = false, holds = false, disabled, choose, more, badge, ...rest }) {
  const { phase, handlers } = useHold(choose, { holds });
  const [broken, setBroken] = useState("");
  const looks = ["tile", progress !== null && "loading", failed && "failed", share !== null && "dissolving", phase === "down" && "held"];
  return html`<div class=${looks.filter(Boolean).join(" ")} ...${rest}>
    <button class="tile-face" aria-pressed=${chosen} disabled=${disabled} ...${handlers}>
      <span class="frame">
        ${picture && broken !== picture ? html`<img src=${picture} alt="" loading="lazy" draggable=${false} onError=${() => setBroken(picture)} />` : html`<span class="no-picture"></span>`}
        ${progress !== null && html`<svg class="progress-ring" viewBox="0 0 36 36" aria-hidden="true"><circle class="rest" cx="18" cy="18" r="14" /><circle class="run" cx="18" cy="18" r="14" pathLength="1" stroke-dasharray=${`${progress} 1`} /></svg>`}
        ${failed && html`<span class="failed-mark"><${Icon} name="warn" /></span>`}
        ${share !== null && html`<span class="share-bar" style=${{ width: `${share * 100}%` }}></span>`}
        ${phase === "down" && html`<${HoldRing} phase=${phase} size=${44} />`}
      </span>
      <span class="label"><bdi class="cut">${name}</bdi>${badge}</span>
      ${(state || phase === "longer") && html`<span class="state cut">${phase === "longer" ? t("page.longer") : state}</span>`}
    </button>
    ${more}
  </div>`;
}
