// What lies a level down: doors of light, the hour, lenses, findings, the menu. One sheet at a time.
import { useState } from "preact/hooks";
import { isDirector, isOperator, may } from "../link/me.js";
import { hasLights } from "../link/lights.js";
import { parameter, parameters } from "../link/parameters.js";
import { command, live, setValue, setValues, status, value } from "../link/values.js";
import { Fader } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Segmented } from "../parts/segmented.js";
import { Settings } from "../parts/settings.js";
import { Sheet } from "../parts/sheet.js";
import { tell, toast } from "../parts/toast.js";
import { t, told } from "../words.js";
import { AllValues } from "./all_values.js";
import { CueSheet, NewCue } from "./cue_sheet.js";
import { CuesSheet } from "./cues_sheet.js";
import { SunDrawing, typedHour } from "./dial.js";
import { FilmSheet } from "./films.js";
import { LightsSheet } from "./lights.js";
import { LookSheet, LooksSheet } from "./looks_sheet.js";
import { worlds } from "./lists.js";
import { FADES, inSeconds } from "./shelf.js";
import { SceneSheet } from "./scene_sheet.js";
import { TakeSheet } from "./take_sheet.js";
import { UndoSheet } from "./undo.js";
import { ValueControl } from "./value_control.js";
import { camera, fadeSeconds, setFade, sheet } from "./view.js";
import { WorldsSheet } from "./worlds_sheet.js";

const TINT = ["/grade/tint", "/grade/saturation", "/grade/adapt"];

/** The sheet that is open, if any. */
export function Sheets() {
  const [name, key] = (sheet.value || "").split(" ");
  const found = SHEETS[name];
  if (!found) return null;
  const close = () => (sheet.value = null);
  return html`<${Sheet} key=${sheet.value} title=${t(found.title)} close=${close} wide=${found.wide}><${found.body} close=${close} of=${key} /><//>`;
}

const SHEETS = {
  menu: { title: "page.more", body: Menu },
  tint: { title: "page.colour", body: () => controls(TINT) },
  clouds: { title: "page.clouds_and_weather", body: () => controls([...below("/sky/clouds/"), ...below("/sky/fog/"), ...below("/weather/")]) },
  sun: { title: "page.sun", body: SunSheet, wide: true },
  fade: { title: "page.fade", body: FadeSheet },
  hour: { title: "page.hour", body: HourSheet },
  take: { title: "page.next_take", body: TakeSheet },
  undo: { title: "page.undo", body: UndoSheet },
  cues: { title: "page.cues", body: CuesSheet },
  cue: { title: "page.cue", body: CueSheet },
  new_cue: { title: "page.new_cue", body: NewCue },
  film: { title: "page.plate", body: FilmSheet, wide: true },
  worlds: { title: "page.worlds", body: WorldsSheet, wide: true },
  scene: { title: "page.scene", body: SceneSheet, wide: true },
  lights: { title: "page.stage_lights", body: LightsSheet, wide: true },
  lens: { title: "page.lens", body: LensSheet },
  looks: { title: "page.looks", body: LooksSheet },
  look: { title: "page.look", body: LookSheet },
  findings: { title: "page.findings", body: Findings },
  values: { title: "page.all_values", body: AllValues, wide: true },
};

function below(path) {
  return [...parameters.value.keys()].filter((one) => one.startsWith(path));
}

function controls(paths) {
  return html`<div class="controls">${paths.map((path) => html`<${ValueControl} key=${path} path=${path} />`)}</div>`;
}

function SunSheet() {
  const manual = value("/sky/sun/source").value === "manual";
  const choose = (source) => setValue("/sky/sun/source", source).then((answer) => tell(answer));
  return html`<div class="sun-sheet"><div class="pad"><${SunDrawing} free=${manual} wide=${true} /></div>
    <div class="controls"><div data-parameter="/sky/sun/source"><${Segmented} label=${t("page.sun")} chosen=${manual ? "manual" : "clock"} choose=${choose} disabled=${!live.value || !isDirector.value}
      choices=${[{ value: "clock", name: t("page.choice.by_the_hour") }, { value: "manual", name: t("page.choice.manual") }]} /></div>
      <small>${t(manual ? "page.sun_pad_note" : "page.sun_hour_note")}</small>
      ${manual ? html`<${Fader} path="/sky/sun/azimuth_deg" /><${Fader} path="/sky/sun/elevation_deg" />` : html`<${Fader} path="/time/hour" />`}
      ${controls(below("/sky/moon/").concat("/sky/stars/exposure_stops"))}</div></div>`;
}

function FadeSheet({ close }) {
  return html`<div class="sheet-keys fade-keys">${FADES.map((one) => html`<button key=${one} class=${`key-wide ${one === fadeSeconds.value ? "chosen" : ""}`} aria-pressed=${one === fadeSeconds.value} onClick=${() => { setFade(one); close(); }}>${inSeconds(one)}</button>`)}</div>`;
}

function HourSheet({ close }) {
  const [text, setText] = useState("");
  const hour = typedHour(text);
  const done = (event) => {
    event.preventDefault();
    if (hour === null) return;
    setValue("/time/hour", hour, { fade_s: fadeSeconds.peek() }).then((answer) => tell(answer, t("page.hour")));
    close();
  };
  return html`<${Fader} path="/time/hour" /><form class="sheet-form" onSubmit=${done}>
      <label><span class="name">${t("page.hour_typed", { seconds: fadeSeconds.value })}</span><input value=${text} placeholder="16:40" autocomplete="off" inputmode="text" aria-invalid=${text !== "" && hour === null} onInput=${(event) => setText(event.target.value)} /></label>
      <button class="key-wide" disabled=${hour === null || !live.value}>${t("page.set")}</button></form>
    ${controls(["/time/running", "/time/speed", ...below("/place/"), "/world/freeze_time"])}`;
}

function LensSheet() {
  const path = `/camera/${camera.value}/lens`;
  const declared = parameter(path);
  return html`<div class="controls">${declared ? html`<${ValueControl} path=${path} name=${t("page.lens_of", { camera: camera.value })} />` : html`<p class="none">${t("page.no_lenses")}</p>`}
    ${parameter(`/camera/${camera.value}/focal_length_mm`) && html`<${ValueControl} path=${`/camera/${camera.value}/focal_length_mm`} name=${t("page.focal_by_hand")} /><small class="note">${t("page.board.focal_note")}</small>`}
    ${!isOperator.value && html`<small class="note">${t("page.operators_hand")}</small>`}</div>`;
}

/** What was found in a world, or in all of them where none is named, and what mends it. */
function Findings({ of }) {
  const found = worlds.value.filter((one) => (of ? one.key === of : one.findings.length > 0 || one.reason));
  return found.length === 0 ? html`<p class="none">${t("page.none")}</p>` : found.map((world) => html`<${FoundIn} key=${world.key} world=${world} />`);
}

function FoundIn({ world }) {
  const fix = (code) => command({ type: "worlds", action: "fix", name: world.name, ...(code ? { code } : {}) }).then((answer) => tell(answer, world.name) && mended(answer));
  return html`<h3><bdi>${world.name}</bdi></h3>${world.reason && html`<p class="reason"><${Icon} name="warn" /><span>${told({ ...world.cause, text: world.reason })}</span></p>`}
    <ul class="rows">${world.findings.map((one) => html`<li key=${one.code} class="row"><span class="what">${told(one)}</span>
      ${one.fix && Object.keys(one.fix).length > 0 && html`<button class="key-wide" data-request="worlds fix" disabled=${!live.value || !isDirector.value} onClick=${() => fix(one.code)}>${t("page.mend")}</button>`}</li>`)}</ul>
    ${!world.reason && !world.findings.length && html`<p class="none">${t("page.none")}</p>`}`;
}

function mended(answer) {
  if (answer.before) toast(() => t("page.mended"), { icon: "check", action: { name: t("page.undo"), run: () => setValues(answer.before).then((back) => tell(back)) } });
}

function Menu() {
  const open = (name) => () => (sheet.value = name);
  const doors = [["cues", "page.cues", "go"], ["looks", "page.looks", "picture"], ["hour", "page.hour_and_place", "sun"], ["clouds", "page.clouds_and_weather", "moon"], ...(hasLights() ? [["lights", "page.stage_lights", "sun"]] : []), ["findings", "page.findings", "info"], ["lens", "page.lens", "expand"], ["values", "page.all_values", "menu"]];
  return html`<div class="menu-doors">${doors.map(([name, words, icon]) => html`<button key=${name} class="key-wide" onClick=${open(name)}><${Icon} name=${icon} size=${20} />${t(words)}</button>`)}</div>
    ${may("operator") && html`<h3>${t("page.heading_here")}</h3><div class="sheet-keys">${Object.keys(status.value ? status.value.trackers : {}).map((tracker) => html`<button key=${tracker} class="key-wide" data-request="nudge" disabled=${!live.value} onClick=${() => heading(tracker)}><${Icon} name="heading" size=${20} /><bdi>${tracker}</bdi></button>`)}</div><small class="note">${t("page.heading_note")}</small>`}
    <${Settings} /><a class="word" href="/operator">${t("page.operators_board")}</a>`;
}

function heading(tracker) {
  command({ type: "nudge", tracker, pan_deg: 0 }).then((answer) => tell(answer, tracker) && toast(() => t("page.heading_set", { tracker }), { icon: "check" }));
}
