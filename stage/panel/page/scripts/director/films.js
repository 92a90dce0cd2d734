// A film behind the walls: where it is and where it goes, played by touch; and what came too late of it.
import { useRef, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { hold, live, setValue, setValues, status, value } from "../link/values.js";
import { elapsed } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell } from "../parts/toast.js";
import { capital, hasWords, t } from "../words.js";
import { worlds } from "./lists.js";
import { layerPath } from "./placed.js";
import { ValueControl } from "./value_control.js";
import { frameLabel } from "./time_code.js";

const STEP_S = 1;
const KEYS = { ArrowRight: STEP_S, ArrowUp: STEP_S, ArrowLeft: -STEP_S, ArrowDown: -STEP_S, PageUp: 10 * STEP_S, PageDown: -10 * STEP_S };

/** The films on air, one for each layer: those of one rig run together. */
export function filmsOnAir() {
  return onePerLayer(status.value?.films ?? []);
}

function onePerLayer(films) {
  return films.filter((one, at) => films.findIndex((other) => other.layer === one.layer) === at);
}

/** The films of the world with the key `of`, else those on air. */
export function FilmSheet({ of }) {
  const world = of && worlds.value.find((one) => one.key === of);
  const onAir = filmsOnAir();
  const films = world ? onePerLayer(world.films ?? []).map((one) => onAir.find((other) => other.layer === one.layer) ?? one) : onAir;
  if (!films.length) return html`<p class="none">${t("page.no_film")}</p>`;
  return films.map((film) => html`<${FilmControls} key=${film.layer} film=${film} />`);
}

function FilmControls({ film }) {
  const path = (what) => layerPath(film.layer, what);
  const mayNot = !live.value || !isDirector.value;
  const set = (values) => setValues(values).then((answer) => tell(answer, film.file));
  const plays = value(path("play")).value === true;
  const isOnAir = film.frame >= 0;
  const late = Object.entries(film.late ?? {});
  const here = isOnAir && film.rate_hz ? film.frame / film.rate_hz : value(path("position_s")).value ?? 0;
  const called = film.file.split("/").filter(Boolean).at(-1) ?? ""; // not where it lies on the stage's machine
  return html`<section class="film-controls" data-film=${film.layer} aria-label=${called}>
    <header><b class="cut"><bdi>${called}</bdi></b><small>${film.codec ? t("page.film_is", { length: elapsed(lengthOf(film)), rate: film.rate_hz }) : t("page.reading_picture")}</small></header>
    <${Scrub} film=${film} here=${here} disabled=${mayNot || film.begins === "timecode" || !film.frames} />
    <p class="film-place"><span class="film-clock">${film.codec ? frameLabel(film, Math.max(0, film.frame)) : "–"}</span><small>${t(!isOnAir ? "page.not_on_air" : film.runs ? "page.film_runs" : "page.film_stands")}</small></p>
    ${film.begins === "timecode" && html`<small class="note">${t("page.film_timecode")}</small>`}
    <div class="film-keys">
      <button class="key-wide first" data-parameter=${path("play")} aria-pressed=${plays} disabled=${mayNot} onClick=${() => set({ [path("play")]: !plays })}><${Icon} name=${plays ? "hold" : "play"} />${t(plays ? "page.film_pause" : "page.film_play")}</button>
      <button class="key-wide" disabled=${mayNot || !film.rate_hz} onClick=${() => set({ [path("position_s")]: film.first / film.rate_hz })}><${Icon} name="back" />${t("page.film_to_begin")}</button>
      <button class="key-wide" data-parameter=${path("in_s")} disabled=${mayNot || !isOnAir} onClick=${() => set({ [path("in_s")]: here })}>${t("page.film_in_here")}</button>
      <button class="key-wide" data-parameter=${path("out_s")} disabled=${mayNot || !isOnAir} onClick=${() => set({ [path("out_s")]: here })}>${t("page.film_out_here")}</button>
      <button class="key-wide" disabled=${mayNot} onClick=${() => set({ [path("in_s")]: 0, [path("out_s")]: 0 })}>${t("page.film_whole")}</button>
    </div>
    ${late.length > 0 && html`<div role="status"><ul class="film-late">${late.map(([cause, count]) => html`<li key=${cause} class="reason"><${Icon} name="warn" size=${20} /><span>${t("page.film_late", { count })}${hasWords(`plate_${cause}`) && html`<br /><small>${capital(t(`plate_${cause}`))}</small>`}</span></li>`)}</ul></div>`}
    <div class="controls">${["end", "speed", "loop_frames", "offset_s"].map((what) => html`<${ValueControl} key=${what} path=${path(what)} />`)}</div>
  </section>`;
}

function lengthOf({ frames, rate_hz: rate }) {
  return rate ? frames / rate : 0;
}

/** The film from its first frame to its last; what is played of it is lit, and a finger sends it where it touches. */
function Scrub({ film, here, disabled }) {
  const place = useRef(null);
  const drag = useRef(null);
  const [wish, setWish] = useState(null);
  const path = layerPath(film.layer, "position_s");
  const length = lengthOf(film) || 1;
  const rate = film.rate_hz || 1;
  const [first, last] = film.frame >= 0 ? [film.first / rate, film.last / rate] : [0, length];
  const at = wish ?? here;
  const share = (seconds) => `${Math.min(100, Math.max(0, (seconds / length) * 100))}%`;
  const send = (seconds) => {
    const wanted = Math.min(Math.max(0, length - 1 / rate), Math.max(0, Math.floor(seconds * rate + 1e-6) / rate));
    setWish(wanted);
    return setValue(path, wanted).then((answer) => tell(answer, film.file));
  };
  const sendTo = (event) => {
    const box = place.current.getBoundingClientRect();
    send(((event.clientX - box.left) / box.width) * length);
  };
  const down = (event) => {
    if (disabled || drag.current || event.button > 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { pointer: event.pointerId, lease: hold(path) };
    sendTo(event);
  };
  const move = (event) => drag.current && drag.current.pointer === event.pointerId && sendTo(event);
  const up = async (event) => {
    const own = drag.current;
    if (!own || own.pointer !== event.pointerId) return;
    drag.current = null;
    await own.lease.drop();
    if (!drag.current) setWish(null);
  };
  const key = (event) => {
    const by = KEYS[event.key];
    if (disabled || !by) return;
    event.preventDefault();
    send(at + by).then(() => setWish(null));
  };
  return html`<div class="scrub" ref=${place} role="slider" tabindex="0" data-parameter=${path} aria-label=${t("page.film_place")} aria-disabled=${disabled}
    aria-valuemin="0" aria-valuemax=${length} aria-valuenow=${Math.round(at * 100) / 100} aria-valuetext=${elapsed(at)}
    onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} onKeyDown=${key}>
    <i class="played" style=${{ left: share(first), width: share(last - first) }}></i><i class="index" style=${{ left: share(at) }}></i>
  </div>`;
}
