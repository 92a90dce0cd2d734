// Placing a picture, a level down: the wall is large and takes the fingers, what mends and lights the picture is beside.
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { command, live, recording, setValue, setValues, status, value } from "../link/values.js";
import { Fader } from "../parts/fader.js";
import { HoldRing, useHold } from "../parts/hold_key.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { LinkState } from "../parts/status_line.js";
import { tell, toast } from "../parts/toast.js";
import { t, told } from "../words.js";
import { Film } from "./film.js";
import { guided } from "./guided.js";
import { useInSight } from "./in_sight.js";
import { askWorlds, worlds } from "./lists.js";
import { layerPath, pictureLayer, placedKey, placement, sizeOf } from "./placed.js";
import { PlacingOnWall } from "./placing_gestures.js";
import { inSeconds } from "./shelf.js";
import { undo } from "./undo.js";
import { ValueControl } from "./value_control.js";
import { fadeSeconds, sheet, view } from "./view.js";
import { Walls } from "./walls.js";

const WIDE = 16 / 9;
const ASKS_EVERY_MS = 1000;

export function Placing() {
  const world = worlds.value.find((one) => one.key === placedKey.value);
  const layer = world ? pictureLayer(world) : "";
  const [aspect, setAspect] = useState(WIDE);
  const inSight = useInSight();
  useEffect(() => guided("horizon"), []);
  useEffect(() => {
    const asking = setInterval(() => live.peek() && askWorlds(), ASKS_EVERY_MS);
    return () => clearInterval(asking);
  }, []);
  if (!world || !layer) return html`<main class="placing-view"><h1 class="off-screen">${t("page.place")}</h1><p class="none">${t("page.no_picture_here")}</p><${Done} /></main>`;
  const air = status.value && status.value.world;
  const onAir = Boolean(air) && (air.coming ? air.coming === world.name : air.on_air === world.name);
  return html`<main class="placing-view">
    <h1 class="off-screen">${t("page.place_of", { world: world.name })}</h1>
    <div class="wall-pan" tabindex="0" role="group" aria-label=${t("page.walls")} ...${inSight}><${Walls} over=${(wall) => html`<${PlacingOnWall} wall=${wall} layer=${layer} aspect=${aspect} name=${world.name} onAir=${onAir} />`} /></div>
    <section class="placing-picture" aria-label=${t("page.picture")}>
      <header class="status"><${Thumbnail} world=${world} layer=${layer} told=${setAspect} />
        <div class="who"><b class="cut"><bdi>${world.name}</bdi></b><small class="stands">${stands(world, onAir)}</small><${LinkState} /></div><${Done} /></header>
      <${OnAirKeys} world=${world} onAir=${onAir} />
      <${Found} world=${world} />
      <${Keys} layer=${layer} />
    </section>
    <section class="placing-light" aria-label=${t("page.light")}>
      <${Fader} path=${`/worlds/${world.key}/exposure_stops`} />
      <${Fader} path=${layerPath(layer, "expand_stops")} />
      <${Fader} path=${layerPath(layer, "soften_deg")} />
      ${(world.films ?? []).length > 0 && html`<button class="key-wide" onClick=${() => (sheet.value = `film ${world.key}`)}><${Icon} name="play" size=${20} />${t("page.plate")}</button>`}
      <${Numbers} layer=${layer} />
    </section>
    <${Film} />
  </main>`;
}

function stands(world, onAir) {
  if (onAir) return t("page.place_by_touch");
  if (world.state === "loading") return t("page.world.loading", { progress: world.progress });
  return t("page.not_on_air");
}

function Done() {
  return html`<button class="key-wide done" onClick=${() => (view.value = "page")}><${Icon} name="check" size=${20} />${t("page.done")}</button>`;
}

/** The picture as it was sent, with the row that lies at the height of the eye. */
function Thumbnail({ world, layer, told }) {
  const horizon = value(layerPath(layer, "horizon")).value;
  if (!world.thumbnail) return html`<span class="placing-thumbnail"></span>`;
  return html`<span class="placing-thumbnail"><img src=${`/preview/world/${encodeURIComponent(world.key)}.jpg`} alt="" onLoad=${({ target }) => told(target.naturalWidth / target.naturalHeight)} />
    <i style=${{ top: `${horizon * 100}%` }}></i></span>`;
}

function OnAirKeys({ world, onAir }) {
  const seconds = fadeSeconds.value;
  return html`<div class=${`placing-keys on-air-keys ${onAir ? "on" : ""}`} role="group" aria-label=${t("page.put_on_air")}>
    <${AirKey} world=${world} seconds=${0} first=${!onAir} disabled=${onAir} name=${t(onAir ? "page.world.on_air" : "page.put_on_air")} />
    <${AirKey} world=${world} seconds=${seconds || 1} disabled=${onAir} name=${t("page.dissolve_in", { time: inSeconds(seconds || 1) })} />
  </div>`;
}

/** While a take rolls these ask to be held, as the tiles of worlds do. */
function AirKey({ world, seconds, name, first, disabled }) {
  const holds = recording.value;
  const go = () => setValue("/world/active", world.name, { fade_s: seconds }).then((answer) => tell(answer, world.name));
  const { phase, handlers } = useHold(go, { holds });
  return html`<button class=${`key-wide ${first ? "first" : ""} ${phase}`} data-request=${seconds ? "dissolve" : "cut"} disabled=${disabled || !live.value || !isDirector.value || world.state === "failed"} ...${handlers}>
    ${phase === "down" && html`<${HoldRing} phase=${phase} size=${24} />`}${phase === "longer" ? t("page.longer") : name}</button>`;
}

/** What was found in the picture, and one key that cures what values can. */
function Found({ world }) {
  const curable = world.findings.filter((one) => one.fix && Object.keys(one.fix).length > 0);
  const mend = async () => {
    const answer = await command({ type: "worlds", action: "fix", name: world.name });
    if (!tell(answer, world.name)) return;
    askWorlds();
    if (answer.before) toast(() => t("page.mended"), { icon: "check", action: { name: t("page.undo"), run: () => setValues(answer.before).then((back) => tell(back)) } });
  };
  return html`<div class="placing-found">
    <button class="key-wide fix" data-request="worlds fix" disabled=${!curable.length || !live.value || !isDirector.value} onClick=${mend}><${Icon} name="fix" size=${20} />${curable.length ? t("page.fix", { count: curable.length }) : t(world.thumbnail ? "page.nothing_to_fix" : "page.reading_picture")}</button>
    <ul>${world.reason && html`<li class="reason">${told({ ...world.cause, text: world.reason })}</li>`}
      ${world.findings.map((one) => html`<li key=${one.code} class=${curable.includes(one) ? "curable" : ""}>${told(one)}</li>`)}</ul></div>`;
}

function Keys({ layer }) {
  const mayNot = !live.value || !isDirector.value;
  const flip = layerPath(layer, "flip");
  return html`<div class="placing-keys">
    <${ValueControl} path=${layerPath(layer, "projection")} />
    <button class=${`key-wide drawn ${value(flip).value ? "chosen" : ""}`} aria-label=${t("page.flip")} aria-pressed=${value(flip).value === true} data-parameter=${flip} disabled=${mayNot}
      onClick=${() => setValue(flip, !value(flip).peek()).then((answer) => tell(answer))}><${Icon} name="flip" size=${20} /></button>
    <button class="key-wide drawn" aria-label=${t("page.undo")} data-request="undo" disabled=${mayNot} onClick=${undo}><${Icon} name="undo" size=${20} /></button>
  </div>`;
}

/** What the fingers move, as numbers. */
function Numbers({ layer }) {
  const [isOpen, setOpen] = useState(false);
  value(layerPath(layer, "projection")).value;
  value(layerPath(layer, "span_deg")).value;
  const size = sizeOf(placement(layer)) || "span_deg";
  return html`<button class="group-head" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}><span>${t("page.place_in_numbers")}</span><${Icon} name=${isOpen ? "up" : "down"} size=${20} /></button>
    ${isOpen && ["horizon", "turn_deg", size, "roll_deg", "tilt_deg"].map((what) => html`<${ValueControl} key=${what} path=${layerPath(layer, what)} />`)}`;
}
