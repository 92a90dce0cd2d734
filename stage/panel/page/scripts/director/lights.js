// The stage lights: master and blackout, groups, a tile for each lamp with what it gives now, and the chosen one in full.
import { useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { groupKeys, lightPath, lights, screenColour, useLights } from "../link/lights.js";
import { command, live, setValue, value } from "../link/values.js";
import { choiceWords } from "../parts/amounts.js";
import { Fader } from "../parts/fader.js";
import { GreySphere } from "../parts/grey_sphere.js";
import { HoldKey } from "../parts/hold_key.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell, toast } from "../parts/toast.js";
import { t } from "../words.js";
import { ValueControl } from "./value_control.js";
import { camera } from "./view.js";

const MASTER = "/lights/master";
const BLACKOUT = "/lights/blackout";
const BY_HAND = {
  temperature: ["temperature_k", "tint"], xy: ["x", "y"], hsi: ["hue_deg", "saturation", "temperature_k", "tint"], rgb: ["red", "green", "blue"],
};
const FOLLOWING = ["exposure_stops", "smooth_s", "minimum"];

export function LightsSheet() {
  useLights();
  const [wanted, setWanted] = useState("");
  const chosen = lights.value.find((one) => one.key === wanted);
  const dark = value(BLACKOUT).value === true;
  return html`<div class="lights-sheet">
    <div class="lights-all"><${Fader} path=${MASTER} name=${t("page.lights_master")} />
      <${HoldKey} icon="black" name=${t("page.lights_black")} on=${dark} data-parameter=${BLACKOUT} disabled=${!isDirector.value}
        confirmed=${() => setValue(BLACKOUT, !value(BLACKOUT).peek(), { urgent: true }).then((answer) => tell(answer))} /></div>
    ${groupKeys().map((key) => html`<${Fader} key=${key} path=${`/lights/group/${key}/intensity`} name=${t("page.lights_group", { group: key })} />`)}
    <${GreySphere} camera=${camera.value} />
    <div class="lamps">${lights.value.map((one) => html`<${Lamp} key=${one.key} one=${one} isChosen=${one === chosen} choose=${() => setWanted(one === chosen ? "" : one.key)} />`)}</div>
  </div>`;
}

function Lamp({ one, isChosen, choose }) {
  const held = value(lightPath(one.key, "hold")).value === true;
  const follow = value(lightPath(one.key, "follow")).value ?? one.follow;
  const words = follow === "off" ? t("page.light_by_hand") : held ? t("page.light_holds", { what: choiceWords(follow) }) : t("page.light_follows", { what: choiceWords(follow) });
  return html`<section class=${`lamp ${isChosen ? "chosen" : ""}`} data-light=${one.key} aria-label=${one.name}>
    <button class="lamp-head" aria-expanded=${isChosen} onClick=${choose}>
      <i class="lamp-light" style=${{ background: screenColour(one), opacity: 0.25 + 0.75 * Math.min(1, one.level ?? 0) }} aria-hidden="true"></i>
      <span class="what"><b class="cut"><bdi>${one.name}</bdi></b><small>${words}</small>${one.clipped && html`<small class="warn">${t("page.light_short")}</small>`}</span>
      <span class="lamp-level">${one.level === null ? "–" : t("page.light_level", { level: one.level })}</span><${Icon} name=${isChosen ? "up" : "down"} size=${20} /></button>
    <${Fader} path=${lightPath(one.key, "intensity")} />
    ${isChosen && html`<${Whole} one=${one} follow=${follow} />`}
  </section>`;
}

/** All that a director sets of one light. */
function Whole({ one, follow }) {
  const by = value(lightPath(one.key, "colour")).value;
  const names = follow === "off" ? ["colour", ...(BY_HAND[by] ?? [])] : ["hold", ...FOLLOWING];
  return html`<div class="controls">
    ${["follow", ...names, "maximum"].map((what) => html`<${ValueControl} key=${what} path=${lightPath(one.key, what)} />`)}
    <button class="key-wide" data-request="light" disabled=${!live.value || !isDirector.value} onClick=${() => take(one)}><${Icon} name="sun" size=${20} />${t("page.light_take")}</button>
    <small>${t("page.light_take_note")}</small></div>`;
}

async function take(one) {
  const answer = await command({ type: "light", action: "take", name: one.key });
  if (tell(answer, one.name)) toast(() => t("page.light_taken", { light: one.name }), { icon: "check" });
}
