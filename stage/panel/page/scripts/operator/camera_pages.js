// A camera in full: what moves it, its lens, margin and place among others, and its key patch.
import { choiceWords, nameOf } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { parameters } from "../link/parameters.js";
import { status, value } from "../link/values.js";
import { t } from "../words.js";
import { changed, changedTogether } from "./changes.js";
import { Control } from "./control.js";
import { facts } from "../link/facts.js";
import { figure } from "./figures.js";
import { byHand } from "./health.js";
import { Columns, Named, Nothing, Tabs, chosenName } from "./layout.js";

const BETWEEN = "\u2003";
const MANUAL = ["x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg"];
const MARGIN = ["overscan_deg", "overscan_floor_deg", "overscan_ceiling_deg", "feather_px"];
const KEY = [
  "region", "red", "green", "blue", "markers", "marker_exposure_stops", "marker_spacing_deg", "marker_size_deg",
];

export function CamerasPage({ chosen }) {
  const names = Object.keys(status.value?.cameras ?? {});
  const name = chosenName(names, chosen);
  if (!name) return html`<div class="title"><h1>${t("page.board.view.cameras")}</h1></div><${Nothing} icon="expand" words=${t("page.board.no_cameras")} note=${t("page.board.add_to_configuration")} />`;
  return html`<${Tabs} view="cameras" names=${names} chosen=${name} /><${Camera} key=${name} name=${name} />`;
}

function Camera({ name }) {
  const one = status.value.cameras[name];
  const known = facts.value?.cameras.find((row) => row.name === name);
  const own = (leaf) => `/camera/${name}/${leaf}`;
  const has = (leaf) => parameters.value.has(own(leaf));
  return html`<${Columns}>
    <div>
      <div class="subject"><h1><bdi>${name}</bdi></h1>
        <p class="figure">${figure(one.focal_length_mm, 1)}<small>mm</small></p></div>
      <${Source} name=${name} one=${one} />
      ${value(own("source")).value === "manual" && MANUAL.map((leaf) => html`<${Control} key=${leaf} path=${own(`manual/${leaf}`)} />`)}
      <h2>${t("page.board.lens")}</h2>
      ${has("lens") && html`<${Control} path=${own("lens")} name=${t("page.board.lens_on")} />`}
      <${Control} path=${own("focal_length_mm")} note=${t("page.board.focal_note")} />
      <h2>${t("page.board.overscan")}</h2>
      <${Control} path=${own("overscan_mode")} name=${t("page.board.margin_kind")} />
      ${MARGIN.map((leaf) => html`<${Control} key=${leaf} path=${own(leaf)} />`)}
    </div>
    <div>
      <${Facts} one=${one} known=${known} />
      <h2>${t("page.board.on_the_walls")}</h2>
      ${["parked", "outline", "priority", "late_pose"].map((leaf) => html`<${Control} key=${leaf} path=${own(leaf)} />`)}
      <h2>${t("page.board.key_patch")}</h2>
      <${Control} path=${own("key/enabled")} name=${t("page.board.key_shown")} />
      ${KEY.map((leaf) => html`<${Control} key=${leaf} path=${own(`key/${leaf}`)} />`)}
    </div>
  <//>`;
}

// What moves the camera. By hand it stays where it is: the wall does not leap.
function Source({ name, one }) {
  const path = `/camera/${name}/source`;
  const now = value(path).value;
  const choices = parameters.value.get(path)?.choices ?? [];
  const choose = (choice) => (choice === "manual" ? changedTogether(byHand(name, one)) : changed(path, choice));
  return html`<div class="control choice few" data-parameter=${path}>
    <div class="read"><span class="name">${nameOf(path)}</span></div>
    <div class="keys" role="radiogroup" aria-label=${nameOf(path)}>${choices.map((choice) => html`<button type="button"
      key=${choice} class="pick" role="radio" aria-checked=${now === choice} onClick=${() => choose(choice)}>
      ${choiceWords(choice)}</button>`)}</div></div>`;
}

function Facts({ one, known }) {
  const margin = one.margin_deg;
  const sides = margin ? ["left", "right", "bottom", "top"].map((side) => figure(margin[side])).join(BETWEEN) : "–";
  return html`<dl class="facts">
    <${Named} name=${t("page.board.tracker")} value=${known?.tracker ?? "–"} />
    <${Named} name=${t("page.board.sensor")} value=${known ? `${known.sensor_mm.join(" × ")} mm, ${known.resolution_px.join(" × ")}` : "–"} />
    <${Named} name=${t("page.board.position")} value=${one.position_m ? `${one.position_m.map((part) => figure(part, 3)).join(BETWEEN)} m` : "–"} />
    <${Named} name=${t("page.board.rotation")} value=${one.rotation_deg ? `${one.rotation_deg.map((part) => figure(part, 2)).join(BETWEEN)}°` : "–"} />
    <${Named} name=${t("page.board.margin_now")} value=${`${sides}°`} />
    <${Named} name=${t("page.board.margin_missed")} value=${t("page.board.of", { count: one.missed, all: one.judged })} />
    <${Named} name=${t("page.board.margin_worst")} value=${`${figure(one.worst_deg, 2)}°`} />
  </dl>`;
}
