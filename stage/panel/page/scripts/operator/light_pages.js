// The stage lights for who rigs them: what the wire says, each lamp on the plan, its patch, and all that it is set to.
import { useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { choiceWords } from "../parts/amounts.js";
import { GreySphere } from "../parts/grey_sphere.js";
import { groupKeys, lightPath, lights, screenColour, useLights } from "../link/lights.js";
import { parameters } from "../link/parameters.js";
import { status } from "../link/values.js";
import { listed, sentence, t } from "../words.js";
import { asked } from "./changes.js";
import { Control } from "./control.js";
import { figure } from "./figures.js";
import { HeldButton } from "../parts/held_button.js";
import { Columns, Named, Nothing, chosenName } from "./layout.js";
import { Plan } from "./plan.js";

const PATCH = ["universe", "address"];
const PLACE = ["x_m", "y_m", "z_m", "aim_x_m", "aim_y_m", "aim_z_m"];
const BETWEEN = "\u2003";

export function LightsPage({ chosen }) {
  useLights();
  const all = lights.value;
  if (!all.length) return html`<div class="title"><h1>${t("page.board.view.lights")}</h1></div><${Nothing} icon="sun" words=${t("page.board.no_lights")} note=${t("page.board.no_lights_note")} /><${Desk} />`;
  const key = chosenName(all.map((one) => one.key), chosen);
  const one = all.find((found) => found.key === key);
  return html`<${Columns}>
    <div>
      <div class="title"><h1>${t("page.board.view.lights")}</h1><small>${t("page.board.lights_count", { count: all.length })}</small></div>
      <${Wire} />
      <nav class="lamp-list" aria-label=${t("page.board.view.lights")}>${all.map((row) => html`<${Row} key=${row.key} row=${row} isChosen=${row.key === key} />`)}</nav>
      <div class="keys"><button type="button" class="button" data-request="save" onClick=${() => asked({ type: "save", only: "lights" })}>${t("page.board.save_lights")}</button></div>
      <p class="note">${t("page.board.save_lights_note")}</p>
      <${Control} path="/lights/master" name=${t("page.lights_master")} />
      <${Control} path="/lights/blackout" name=${t("page.lights_black")} />
      ${groupKeys().map((group) => html`<${Control} key=${group} path=${`/lights/group/${group}/intensity`} name=${t("page.lights_group", { group })} />`)}
      <${Desk} />
    </div>
    <div><${Plan} chosen=${key} height=${340} /><${GreySphere} />${one && html`<${Light} key=${key} one=${one} />`}</div>
  <//>`;
}

// What is wrong with the patch and with what is sent, as health has it.
function Wire() {
  const found = (status.value?.health_codes ?? []).filter((one) => /^(lights?|desk)_/.test(one.code));
  return found.map((one) => html`<p class="remark" key=${one.code + JSON.stringify(one.values)}><i class="mark warn"></i>${sentence(one.code, one.values)}</p>`);
}

// Who sends to the stage, and which values a lighting desk has now.
function Desk() {
  const desk = status.value?.desk ?? { senders: {}, has: [], moved: null };
  const senders = Object.entries(desk.senders).map(([universe, names]) => `${universe}: ${names.join(", ")}`);
  return html`<h2>${t("page.board.desk")}</h2><dl class="facts">
    <${Named} name=${t("page.board.desk_sends")} value=${senders.join("; ") || t("page.none")} />
    <${Named} name=${t("page.board.desk_has")} value=${desk.has.join(", ") || t("page.none")} /></dl><${MapFader} moved=${desk.moved} />`;
}

// Gives the desk a value: move its fader, and it is the one that moved last.
function MapFader({ moved }) {
  const [path, setPath] = useState("/lights/master");
  const [universe, address] = moved ?? [];
  return html`<div class="control text"><div class="read"><label class="name" for="desk-path">${t("page.board.desk_value")}</label></div>
      <input id="desk-path" value=${path} autocomplete="off" onInput=${(event) => setPath(event.currentTarget.value)} /></div>
    <div class="keys"><button type="button" class="button" data-request="desk" disabled=${!moved}
      onClick=${() => asked({ type: "desk", maps: [{ path, universe, address }] })}>${moved ? t("page.board.desk_map", { slot: `${universe}.${address}` }) : t("page.board.desk_move")}</button></div>`;
}

function Row({ row, isChosen }) {
  const last = row.address + row.channels - 1;
  return html`<a class="lamp-row" href=${`#lights/${row.key}`} aria-current=${isChosen ? "page" : undefined} data-light=${row.key}>
    <i class="lamp-light" style=${{ background: screenColour(row), opacity: 0.25 + 0.75 * Math.min(1, row.level ?? 0) }} aria-hidden="true"></i>
    <span class="what"><b><bdi>${row.name}</bdi></b><small>${listed(`${row.universe}.${row.address}–${last}`, followed(row))}</small></span>
    <span class="figure">${row.level === null ? "–" : t("page.light_level", { level: row.level })}</span></a>`;
}

function followed(row) {
  if (row.follow === "off") return t("page.light_by_hand");
  return t(row.hold ? "page.light_holds" : "page.light_follows", { what: choiceWords(row.follow) });
}

function lightWords({ x, y, level }, isShort = false) {
  const words = `${t("page.light_level", { level })}${BETWEEN}x ${figure(x, 3)}${BETWEEN}y ${figure(y, 3)}`;
  return isShort ? `${words}${BETWEEN}${t("page.light_short")}` : words;
}

function Light({ one }) {
  const below = `/light/${one.key}/`;
  const own = [...parameters.value.keys()].filter((path) => path.startsWith(below)).map((path) => path.slice(below.length));
  const rest = own.filter((name) => !PATCH.includes(name) && !PLACE.includes(name));
  const controls = (names) => names.map((name) => html`<${Control} key=${name} path=${lightPath(one.key, name)} />`);
  const moved = Object.entries(one.moved);
  return html`<div class="subject"><h2><bdi>${one.name}</bdi></h2></div>
    <dl class="facts">
      <${Named} name=${t("page.board.fixture")} value=${`${one.fixture}, ${one.mode}`} />
      <${Named} name=${t("page.board.channels")} value=${t("page.board.channels_of", { count: one.channels, cells: one.cells })} />
      <${Named} name=${t("page.board.gives_now")} value=${one.level === null ? "–" : lightWords(one)} />
      ${one.given && html`<${Named} name=${t("page.board.wire_gives")} value=${lightWords({ x: one.given[0], y: one.given[1], level: one.given[2] }, one.clipped)} />`}
      ${one.from_deg && html`<${Named} name=${t("page.board.lit_from")} value=${t("page.board.azimuth_elevation", { azimuth: one.from_deg[0], elevation: one.from_deg[1] })} />`}
      ${moved.length > 0 && html`<${Named} name=${t("page.board.differs")} value=${moved.map(([name, was]) => `${name} ${figure(was, 2)}`).join(", ")} />`}
    </dl>
    <h2>${t("page.board.patch")}</h2>${controls(PATCH)}
    <h2>${t("page.board.place_and_aim")}</h2><p class="note">${t("page.board.drag_lights")}</p>${controls(PLACE)}
    <h2>${t("page.light")}</h2>
    <div class="keys"><${HeldButton} label=${t("page.light_take")} held=${() => asked({ type: "light", action: "take", name: one.key })} data-request="light" /></div>
    ${controls(rest)}`;
}
