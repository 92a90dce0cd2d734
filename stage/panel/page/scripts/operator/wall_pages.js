// A wall in full: its picture as sent, test patterns by holding, its latency, and the eye that the outer picture is for.
import { choiceWords } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { parameters } from "../link/parameters.js";
import { status, value } from "../link/values.js";
import { t } from "../words.js";
import { changed } from "./changes.js";
import { Control } from "./control.js";
import { HeldButton } from "../parts/held_button.js";
import { facts } from "../link/facts.js";
import { figure } from "./figures.js";
import { WallPicture } from "./wall_picture.js";
import { Columns, Named, Tabs, chosenName } from "./layout.js";

const OUTER = ["x_m", "y_m", "z_m"];

export function WallsPage({ chosen }) {
  const names = Object.keys(status.value?.walls ?? {});
  const name = chosenName(names, chosen);
  if (!name) return null;
  return html`<${Tabs} view="walls" names=${names} chosen=${name} /><${Wall} key=${name} name=${name} />`;
}

function Wall({ name }) {
  const known = facts.value?.walls.find((row) => row.name === name);
  const one = status.value.walls[name];
  return html`<${WallPicture} name=${name} size=${known?.resolution_px} />
  <${Columns}>
    <div>
      <div class="subject"><h1><bdi>${name}</bdi></h1>${one.held && html`<p class="state"><i class="mark warn"></i>${t("page.board.wall_holds")}</p>`}</div>
      <h2>${t("page.board.patterns")}</h2>
      <${Patterns} name=${name} />
      <${Control} path=${`/wall/${name}/grey_level`} note=${t("page.board.grey_note")} />
    </div>
    <div>
      <${Facts} known=${known} />
      <h2>${t("page.board.timing")}</h2>
      <${Control} path=${`/wall/${name}/latency_ms`} note=${t("page.board.latency_note")} />
      <h2>${t("page.board.outer_eye")}</h2>
      ${OUTER.map((leaf) => html`<${Control} key=${leaf} path=${`/outer/${leaf}`} />`)}
    </div>
  <//>`;
}

// A pattern replaces what the camera films, so it is held for; taking it away is a tap.
function Patterns({ name }) {
  const path = `/wall/${name}/pattern`;
  const now = value(path).value;
  const choices = parameters.value.get(path)?.choices ?? [];
  return html`<div class="patterns" role="group" aria-label=${t("page.board.patterns")} data-parameter=${path}>
    ${choices.map((choice) => (choice === "off"
      ? html`<button type="button" class="button" key=${choice} aria-pressed=${now === choice} onClick=${() => changed(path, choice)}>
        ${t("page.choice.off")}</button>`
      : html`<${HeldButton} key=${choice} label=${choiceWords(choice)} pressed=${now === choice} held=${() => changed(path, choice)} />`))}
  </div>`;
}

function Facts({ known }) {
  if (!known) return null;
  const [width, height] = known.size_m;
  return html`<dl class="facts">
    <${Named} name=${t("page.board.size")} value=${`${figure(width, 2)} × ${figure(height, 2)} m`} />
    <${Named} name=${t("page.board.leds")} value=${known.resolution_px.join(" × ")} />
    <${Named} name=${t("page.board.pitch")} value=${`${known.pitch_mm.map((part) => figure(part, 2)).join(" × ")} mm`} />
    <${Named} name=${t("page.board.faces")} value=${t("page.board.pan_and_tilt", { pan: known.faces.pan_deg, tilt: known.faces.tilt_deg })} />
    <${Named} name=${t("page.board.peak")} value=${`${figure(known.peak_nits, 0)} nits`} />
  </dl>`;
}
