// The frame of the board: the stage's name and link, its views, the two keys that are always there, and what is seldom set.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { HoldRing, useHold } from "../parts/hold_key.js";
import { ScreenLock, lockScreen } from "../parts/screen_lock.js";
import { Settings } from "../parts/settings.js";
import { Sheet } from "../parts/sheet.js";
import { LinkState } from "../parts/status_line.js";
import { Toasts } from "../parts/toast.js";
import { isOperator, me, stageName } from "../link/me.js";
import { status, value } from "../link/values.js";
import { t } from "../words.js";
import { Board } from "./board.js";
import { CamerasPage } from "./camera_pages.js";
import { asked, changed } from "./changes.js";
import { figure } from "./figures.js";
import { LightsPage } from "./light_pages.js";
import { LogPage } from "./log_pages.js";
import { TabletsPage } from "./tablets.js";
import { TakesPage } from "./takes.js";
import { TrackersPage } from "./tracker_pages.js";
import { ValuesPage } from "./value_pages.js";
import { WallsPage } from "./wall_pages.js";
import { WorldsPage } from "./world_pages.js";

const VIEWS = {
  board: Board, trackers: TrackersPage, cameras: CamerasPage, walls: WallsPage, worlds: WorldsPage, lights: LightsPage, takes: TakesPage,
  tablets: TabletsPage, log: LogPage, values: ValuesPage,
};
const place = signal(placeNow());

// "#trackers/freed-a" is a view and what is chosen in it.
function placeNow() {
  const [view, name] = location.hash.slice(1).split("/");
  return { view: Object.hasOwn(VIEWS, view) ? view : "board", chosen: name ? decoded(name) : undefined };
}

// An address that somebody typed may hold a sign that stands for nothing.
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

window.addEventListener("hashchange", () => {
  place.value = placeNow();
  scrollTo(0, 0);
});

export function Shell() {
  const { view, chosen } = place.value;
  const View = VIEWS[view];
  return html`<${Header} view=${view} />
    ${!isOperator.value && me.value.role !== "viewer" ? html`<p class="role-note">${t("page.board.may_look", { role: t(`page.${me.value.role}`) })}</p>` : null}
    <div class="view ${view}" key=${view} role=${view === "board" ? undefined : "main"}><${View} chosen=${chosen} /></div>
    <${Toasts} /><${ScreenLock} />`;
}

function Header({ view }) {
  const [open, setOpen] = useState(false);
  const nav = useRef(null);
  useEffect(() => nav.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [view]);
  return html`<header class="status">
    <div class="who"><b class="cut"><bdi>${stageName.value || t("page.stage")}</bdi></b>
      <${LinkState} detail=${status.value ? t("page.board.hertz", { hz: status.value.true_rate_hz }) : ""} /></div>
    <nav ref=${nav} aria-label=${t("page.board.views")}>${Object.keys(VIEWS).map((name) => html`<a key=${name} href=${`#${name}`}
      aria-current=${name === view ? "page" : undefined}>${t(`page.board.view.${name}`)}</a>`)}</nav>
    <${Safety} path="/output/freeze" icon="freeze" name=${t("page.freeze")} />
    <${Safety} path="/output/blackout" icon="black" name=${t("page.black")} />
    <button type="button" class="tool" aria-label=${t("page.more")} onClick=${() => setOpen(true)}><${Icon} name="menu" /></button>
    ${open && html`<${More} close=${() => setOpen(false)} />`}
  </header>`;
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
    <${Settings} />
    <h3>${t("page.board.last_change")}</h3>
    <div class="keys"><button type="button" class="button" data-request="undo" disabled=${!isOperator.value} onClick=${() => step("undo")}>
        <${Icon} name="undo" size=${20} />${t("page.undo")}</button>
      <button type="button" class="button" data-request="undo" disabled=${!isOperator.value} onClick=${() => step("redo")}>
        <${Icon} name="redo" size=${20} />${t("page.board.redo")}</button></div>
    <div class="keys"><button type="button" class="button" onClick=${() => { close(); lockScreen(); }}><${Icon} name="lock" size=${20} />
      ${t("page.lock_screen")}</button><a class="button" href="/">${t("page.director")}</a><a class="button" href="/preview">${t("page.board.preview")}</a></div>
    <p class="note">${t("page.board.frames_so_far", { count: status.value?.frames ?? 0, hz: figure(status.value?.rate_hz ?? 0, 2) })}</p>
  <//>`;
}
