// The frame of the board: the stage's name and link, its views, the two keys that are always there, and what is seldom set.
import { effect, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { HoldRing, useHold } from "../parts/hold_key.js";
import { Segmented } from "../parts/segmented.js";
import { Sheet } from "../parts/sheet.js";
import { Toasts } from "../parts/toast.js";
import { isOperator, stageName } from "../link/me.js";
import { link, silentSeconds, status, value } from "../link/values.js";
import { language, speak, t } from "../words.js";
import { Board } from "./board.js";
import { CamerasPage } from "./camera_pages.js";
import { asked, changed } from "./changes.js";
import { figure } from "./figures.js";
import { LogPage } from "./log_pages.js";
import { TabletsPage } from "./tablets.js";
import { TakesPage } from "./takes.js";
import { TrackersPage } from "./tracker_pages.js";
import { ValuesPage } from "./value_pages.js";
import { WallsPage } from "./wall_pages.js";
import { WorldsPage } from "./world_pages.js";

const VIEWS = {
  board: Board, trackers: TrackersPage, cameras: CamerasPage, walls: WallsPage, worlds: WorldsPage, takes: TakesPage,
  tablets: TabletsPage, log: LogPage, values: ValuesPage,
};
const LIGHTS = ["normal", "dim", "dark"];
const place = signal(placeNow());
const light = signal(localStorage.getItem("light") || "normal");

// "#trackers/freed-a" is a view and what is chosen in it.
function placeNow() {
  const [view, name] = location.hash.slice(1).split("/");
  return { view: view in VIEWS ? view : "board", chosen: name ? decodeURIComponent(name) : undefined };
}

window.addEventListener("hashchange", () => {
  place.value = placeNow();
  scrollTo(0, 0);
});
effect(() => {
  document.body.dataset.light = light.value;
  localStorage.setItem("light", light.value);
});

export function Shell() {
  const { view, chosen } = place.value;
  const View = VIEWS[view];
  return html`<${Header} view=${view} />
    <div class="view ${view}" key=${view}><${View} chosen=${chosen} /></div>
    <${Toasts} />`;
}

function Header({ view }) {
  const [open, setOpen] = useState(false);
  return html`<header class="status">
    <div class="who"><b class="cut"><bdi>${stageName.value || "OpenStage"}</bdi></b><small><span class="link-mark"></span>${linkWords()}</small></div>
    <nav aria-label=${t("page.views")}>${Object.keys(VIEWS).map((name) => html`<a key=${name} href=${`#${name}`}
      aria-current=${name === view ? "page" : undefined}>${t(`page.view.${name}`)}</a>`)}</nav>
    <${Safety} path="/output/freeze" icon="freeze" name=${t("page.freeze")} />
    <${Safety} path="/output/blackout" icon="black" name=${t("page.black")} />
    <button type="button" class="tool" aria-label=${t("page.more")} onClick=${() => setOpen(true)}><${Icon} name="menu" /></button>
    ${open && html`<${More} close=${() => setOpen(false)} />`}
  </header>`;
}

function linkWords() {
  if (link.value === "offline") return t("page.offline");
  if (link.value === "stale") return t("page.stale", { seconds: silentSeconds.value });
  return t("page.live_at", { hz: status.value?.true_rate_hz ?? 0 });
}

// Freeze and Black act also while the page hears nothing, and say whether that arrived.
function Safety({ path, icon, name }) {
  const on = value(path).value === true;
  const { phase, handlers } = useHold(() => changed(path, !on, { urgent: true }));
  return html`<button type="button" class="safety ${on ? "on" : ""} ${phase}" data-parameter=${path} aria-pressed=${on}
    aria-description=${t("page.hold_to_confirm")} ...${handlers}>
    <span class="ring-place"><${HoldRing} phase=${phase} size=${36} /><${Icon} name=${icon} size=${18} /></span>
    <span>${phase === "longer" ? t("page.longer") : name}</span></button>`;
}

function More({ close }) {
  const step = (action) => asked({ type: "undo", action });
  return html`<${Sheet} title=${t("page.more")} close=${close}>
    <h3>${t("page.light_of_page")}</h3>
    <${Segmented} label=${t("page.light_of_page")} chosen=${light.value} choose=${(one) => { light.value = one; }}
      choices=${LIGHTS.map((one) => ({ value: one, name: t(`page.light.${one}`) }))} />
    <h3>${t("page.language_of_page")}</h3>
    <${Segmented} label=${t("page.language_of_page")} chosen=${language.value} choose=${(one) => speak(one)}
      choices=${[{ value: "en", name: t("page.language_en") }, { value: "zh", name: t("page.language_zh") }]} />
    <h3>${t("page.last_change")}</h3>
    <div class="keys"><button type="button" class="button" data-request="undo" disabled=${!isOperator.value} onClick=${() => step("undo")}>
        <${Icon} name="undo" size=${20} />${t("page.undo")}</button>
      <button type="button" class="button" data-request="undo" disabled=${!isOperator.value} onClick=${() => step("redo")}>
        <${Icon} name="redo" size=${20} />${t("page.redo")}</button></div>
    <p class="keys"><a class="button" href="/">${t("page.director")}</a><a class="button" href="/preview">${t("page.preview")}</a></p>
    <p class="note">${t("page.frames_so_far", { count: status.value?.frames ?? 0, hz: figure(status.value?.rate_hz ?? 0, 2) })}</p>
  <//>`;
}
