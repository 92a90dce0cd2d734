// The shelves: looks as tiles, and worlds as tiles with how each stands. While a take rolls, a tile asks to be held.
import { isDirector } from "../link/me.js";
import { command, live, recording, setValue, status } from "../link/values.js";
import { inWords } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Tile, WaitingTiles } from "../parts/tile.js";
import { tell } from "../parts/toast.js";
import { hasWords, t } from "../words.js";
import { PlaceKey, Uploads, newest } from "./upload.js";
import { listed, lookInForce, looks, worlds, worldsInAll } from "./lists.js";
import { fadeSeconds, sheet } from "./view.js";

/** The times that a touch chooses from, in seconds. */
export const FADES = [0, 1, 2, 3, 5, 10, 20];

export function Looks() {
  const all = looks.value;
  return html`<section class="shelf looks" aria-label=${t("page.looks")}>
    <div class="shelf-head"><h2>${t("page.looks")}</h2><${FadeKey} /></div>
    <div class="tiles" tabindex="0">${!listed.looks.value && html`<${WaitingTiles} />`}${all.map((look) => html`<${Tile} key=${look.kind + look.name} name=${lookName(look)} data-look=${look.name}
      picture=${look.thumbnail && `/preview/look/${encodeURIComponent(look.name)}.jpg`} chosen=${look.name === lookInForce.value}
      state=${look.world_state === "missing" ? t("page.world_missing") : ""} failed=${look.world_state === "missing"}
      holds=${recording.value} disabled=${!live.value || !isDirector.value} choose=${() => recall(look.name)} />`)}
      <button class="tile-more" disabled=${!live.value || !isDirector.value} onClick=${() => (sheet.value = "looks")}><${Icon} name="plus" /><span>${t("page.save_look")}</span></button>
    </div>
  </section>`;
}

/** A shipped look is called in the language of the page; one that people made, as they called it. */
export function lookName({ kind, name }) {
  const key = `page.look.${name.toLowerCase().replace(/ /g, "-")}`;
  return kind === "shipped" && hasWords(key) ? t(key) : name;
}

async function recall(name) {
  const answer = await command({ type: "look", action: "recall", name, fade_s: fadeSeconds.peek() });
  tell(answer, name);
}

/** The time in which looks, worlds and doors are reached. */
export function FadeKey({ className = "fade" }) {
  const seconds = fadeSeconds.value;
  return html`<button class=${className} data-parameter="fade_s" onClick=${() => (sheet.value = "fade")}><small>${t("page.fade")}</small><b>${inSeconds(seconds)}</b></button>`;
}

export function inSeconds(seconds) {
  return seconds === 0 ? t("page.cut_at_once") : t("page.seconds", { seconds: Math.round(seconds * 10) / 10 });
}

export function Worlds() {
  return html`<section class="shelf worlds" aria-label=${t("page.worlds")} data-parameter="/world/active">
    <h2>${t("page.worlds")}</h2>
    <div class="tiles" tabindex="0">${!listed.worlds.value && html`<${WaitingTiles} />`}${worlds.value.map((world) => html`<${WorldTile} key=${world.key} world=${world} />`)}
      ${worldsInAll.value > worlds.value.length && html`<button class="tile-more" onClick=${() => (sheet.value = "worlds")}><${Icon} name="menu" /><span>${t("page.all_worlds", { count: worldsInAll.value })}</span></button>`}<${Uploads} /></div>
  </section>`;
}

/** A world and how it stands; a touch puts it on air. */
export function WorldTile({ world }) {
  const air = status.value && status.value.world;
  const isComing = air && air.coming === world.name;
  const chosen = air ? (air.coming ? isComing : air.on_air === world.name) : world.on_air;
  const isWaiting = air && air.target === world.name && air.on_air !== world.name && !isComing;
  const state = world.state === "failed" ? t("page.world.failed") : isComing ? t("page.world.dissolving", { share: air.share })
    : world.state === "loading" ? t("page.world.loading", { progress: world.progress }) : isWaiting ? t("page.world.waiting")
      : world.on_air ? t("page.world.on_air") : t(`page.world.${world.state}`);
  const found = world.findings.length + (world.reason ? 1 : 0);
  const mark = world.reason ? "warn" : "info";
  // A key as large as a finger covers a tile: only one that a touch would not put on air has it. The menu opens all findings.
  const covers = chosen || world.state === "failed";
  return html`<${Tile} name=${world.name} state=${state} chosen=${chosen} failed=${world.state === "failed"} data-world=${world.key}
    progress=${world.state === "loading" ? world.progress : null} share=${isComing ? air.share : null}
    picture=${world.thumbnail && `/preview/world/${encodeURIComponent(world.key)}.jpg`} holds=${recording.value} disabled=${!live.value || !isDirector.value}
    choose=${() => setValue("/world/active", world.name, { fade_s: fadeSeconds.peek() }).then((answer) => tell(answer, world.name))}
    badge=${found > 0 && html`<span class="off-screen">${t("page.findings")}</span>`}
    more=${html`<${PlaceKey} world=${world} shown=${chosen || world.key === newest.value} />${found > 0 && (covers
    ? html`<button class="findings-key" aria-label=${t("page.findings_of", { world: world.name, count: found })} onClick=${() => (sheet.value = `findings ${world.key}`)}><${Icon} name=${mark} size=${18} /></button>`
    : html`<span class="findings-key mark"><${Icon} name=${mark} size=${18} /></span>`)}`} />`;
}

/** A value that has a door of its own: its name and what it is now. */
export function Door({ name, words, opens, className }) {
  return html`<button class=${className} onClick=${() => (sheet.value = opens)}><small>${name}</small><b class="cut">${words}</b></button>`;
}

export function doorWords(found, declared) {
  return declared ? inWords(found, declared) : "–";
}
