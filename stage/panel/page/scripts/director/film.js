// The film picture: what is being made. Its frame lines, its camera's tally and lens, and what may be wrong with it.
import { useState } from "preact/hooks";
import { facts } from "../link/facts.js";
import { link, recording, silentSeconds, status, value } from "../link/values.js";
import { written } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { t } from "../words.js";
import { LivePicture } from "./live_picture.js";
import { camera, cameraFacts, cameras, chooseCamera, cropped, filmAspect, lines, linesAspect, nextLines, sheet, view } from "./view.js";

const NARROW = 1.2;
const PICTURE_PX = 960;

export function Film() {
  const name = camera.value;
  const [note, setNote] = useState("");
  const alone = view.value === "film";
  const isNarrow = linesAspect.value !== null && linesAspect.value < NARROW;
  const looks = ["film", isNarrow && "narrow", filmAspect.value < 1 && "upright", alone && cropped.value && linesAspect.value && "cropped"];
  const shape = { "--aspect": filmAspect.value, "--lines": linesAspect.value || filmAspect.value };
  if (!name) return html`<section class=${["empty", ...looks].filter(Boolean).join(" ")} style=${shape} aria-label=${t("page.film")}><p>${t(status.value ? "page.no_camera" : "page.waiting_for_stage")}</p></section>`;
  return html`<section class=${looks.filter(Boolean).join(" ")} style=${shape} aria-label=${t("page.film_of", { camera: name })}>
    <div class="film-picture" onClick=${() => (view.value = alone ? "page" : "film")}>
      <${LivePicture} topic=${`film/${name}`} width=${PICTURE_PX} label=${t("page.film_of", { camera: name })} told=${(picture) => setNote(picture.note || "")} />
      <${FrameLines} aspect=${filmAspect.value} lines=${linesAspect.value} />
    </div>
    <div class="on-film nw">${cameras.value.map((one) => html`<${Tally} key=${one} name=${one} chosen=${one === name} />`)}<${Lens} name=${name} /></div>
    <div class="on-film ne">
      <button class="chip" aria-label=${t("page.frame_lines", { lines: lines.value || t("page.none") })} onClick=${nextLines}><span>${lines.value || t("page.none")}</span></button>
      ${alone && linesAspect.value && html`<button class="chip" aria-pressed=${cropped.value} onClick=${() => (cropped.value = !cropped.value)}><span>${t(cropped.value ? "page.whole_picture" : "page.crop")}</span></button>`}
      <button class=${`tool ${alone ? "" : "wide-only"}`} aria-label=${t(alone ? "page.close" : "page.picture_only")} onClick=${() => (view.value = alone ? "page" : "film")}><${Icon} name=${alone ? "close" : "expand"} /></button>
    </div>
    <${Timecode} />
    ${note && html`<p class="on-film sw"><${Icon} name="warn" size=${20} /><small>${t("page.held_picture")}</small></p>`}
    ${link.value !== "live" && html`<p class="stale-note" role="alert"><${Icon} name="warn" /><span>${t("page.silent_for", { seconds: silentSeconds.value })} <b>${t("page.as_last_heard")}</b></span></p>`}
  </section>`;
}

/** Everything outside of the frame lines darkened, their corners, and the middle. */
function FrameLines({ aspect, lines: wanted }) {
  const wide = 1600;
  const high = wide / aspect;
  const across = wanted ? Math.min(wide, high * wanted) : wide;
  const down = wanted ? Math.min(high, wide / wanted) : high;
  const [left, top] = [(wide - across) / 2, (high - down) / 2];
  const [right, bottom] = [left + across, top + down];
  const arm = 40;
  const corners = `M${left} ${top + arm}V${top + 1}H${left + arm}M${right - arm} ${top + 1}H${right}V${top + arm}M${right} ${bottom - arm}V${bottom - 1}H${right - arm}M${left + arm} ${bottom - 1}H${left}V${bottom - arm}`;
  const middle = `M${wide / 2 - 10} ${high / 2}h20M${wide / 2} ${high / 2 - 10}v20`;
  return html`<svg class="lines" viewBox=${`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
    ${wanted && html`<path class="outside" fill-rule="evenodd" d=${`M0 0H${wide}V${high}H0z M${left} ${top}V${bottom}H${right}V${top}z`} /><path class="edge" d=${`M${left} ${top}H${right}V${bottom}H${left}z`} />`}
    <path class="corner" d=${(wanted ? corners : "") + middle} />
  </svg>`;
}

function Tally({ name, chosen }) {
  const letter = [...name].slice(0, 2).join("");
  if (cameras.value.length === 1) return html`<span class=${`tally ${recording.value ? "live" : ""}`}>${letter}</span>`;
  return html`<button class=${`tally-key ${chosen ? "chosen" : ""}`} aria-pressed=${chosen} aria-label=${t("page.film_of", { camera: name })} onClick=${() => chooseCamera(name)}>
    <span class=${`tally ${recording.value ? "live" : ""}`}>${letter}</span></button>`;
}

/** The focal length in force, and whether the camera is tracked. It opens the choice of lenses. */
function Lens({ name }) {
  const found = status.value.cameras[name];
  const focal = found.focal_length_mm || (value(`/camera/${name}/focal_length_mm`).value ?? 0);
  const lens = found.lens || "";
  const tracker = cameraFacts.value && status.value.trackers[cameraFacts.value.tracker];
  const source = value(`/camera/${name}/source`).value;
  const state = found.parked ? "parked" : source && source !== "tracker" ? `by_${source}` : tracker ? tracker.state : facts.value ? "untracked" : "";
  return html`<button class=${`lens-key ${state || "fresh"}`} onClick=${() => (sheet.value = "lens")}>
    <b class="lens">${focal ? html`${written(focal, { form: "plain", shown: 1, decimals: focal % 1 ? 1 : 0 })}<small>mm</small>` : lens || "–"}</b>
    <small>${state && state !== "fresh" && html`<${Icon} name="warn" size=${16} />`}${state ? t(`page.camera.${state}`) : "\u00a0"}</small>
  </button>`;
}

function Timecode() {
  const tracker = cameraFacts.value && status.value.trackers[cameraFacts.value.tracker];
  if (!tracker || !tracker.timecode) return null;
  return html`<p class="on-film se wide-only"><small>TC ${tracker.timecode}</small></p>`;
}
