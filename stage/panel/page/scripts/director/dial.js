// The hour dial: the sun's way over the stage's plan. The sun is dragged along it; by hand it goes where the finger is.
import { useMemo, useRef, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { hold, live, setValue, setValues, status, value } from "../link/values.js";
import { facts } from "../link/facts.js";
import { skyOnAir } from "../link/sky_on_air.js";
import { sunWay } from "../link/sun_way.js";
import { clock, typed } from "../parts/amounts.js";
import { within } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { directionOf, hourMarks, hourNear, place, sunAt, wayPaths } from "../parts/sun_geometry.js";
import { tell } from "../parts/toast.js";
import { language, t } from "../words.js";
import { PlanInDial } from "./dial_plan.js";
import { sheet } from "./view.js";

const HOUR = "/time/hour";
const SUN = ["/sky/sun/azimuth_deg", "/sky/sun/elevation_deg"];

export function Dial() {
  const hour = value(HOUR).value;
  const running = value("/time/running").value;
  const manual = value("/sky/sun/source").value === "manual";
  const disabled = !live.value || !isDirector.value;
  return html`<section class="dial" aria-label=${t("page.hour")}>
    <button class="reading" aria-description=${t("page.type_a_value")} disabled=${disabled} onClick=${() => (sheet.value = "hour")}>
      <span class="hour">${hour === undefined ? "–" : clock(hour)}</span><small>${dateWords(value("/place/date").value)}</small></button>
    <${SunDrawing} free=${manual} />
    <button class="run" data-parameter="/time/running" aria-pressed=${running === true} disabled=${disabled}
      onClick=${() => setValue("/time/running", !running).then((answer) => tell(answer))}>
      <${Icon} name=${running ? "hold" : "play"} /><span>${running === undefined ? "–" : running ? t("page.time_runs", { speed: value("/time/speed").value ?? 1 }) : t("page.time_stands")}<br />${!skyOnAir.value ? t("page.no_sky") : manual ? t("page.sun_by_hand") : nextSun(hour)}</span></button>
  </section>`;
}

function dateWords(date) {
  if (!date) return "";
  const day = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  return new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" }).format(day).replace(",", "");
}

function nextSun(hour) {
  const way = sunWay.value;
  if (!way || hour === undefined) return "\u00a0"; // its line is kept
  if (way.sets_h !== null && hour < way.sets_h && (way.rises_h === null || hour >= way.rises_h)) return t("page.sun_sets", { at: clock(way.sets_h) });
  return way.rises_h === null ? "" : t("page.sun_rises", { at: clock(way.rises_h) });
}

/** The drawing with its sun. `free` lets the sun go anywhere, `begin` is called with the first touch of a free one. */
export function SunDrawing({ free, wide = false, begin }) {
  const found = sunWay.value;
  const drawing = useRef(null);
  const drag = useRef(null);
  const [wish, setWish] = useState(null);
  const disabled = !live.value || !isDirector.value;
  const way = found && found.way;
  const paths = useMemo(() => way && wayPaths(way), [way]);
  const marks = useMemo(() => (way ? hourMarks(way) : []), [way]);
  const hour = wish && wish.hour !== undefined ? wish.hour : value(HOUR).value;
  const byHand = SUN.map((path) => value(path).value);
  const direction = wish && wish.direction ? wish.direction : free ? byHand : way && hour !== undefined ? sunAt(way, hour) : null;
  const at = direction && direction[0] !== undefined ? place(...direction) : null;

  const point = (event) => {
    const shown = drawing.current.getScreenCTM().inverse();
    const here = new DOMPoint(event.clientX, event.clientY).matrixTransform(shown);
    return [here.x, here.y];
  };
  const down = (event) => {
    if (disabled || !at || drag.current || event.button > 0) return;
    const here = point(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    // The sun jumps to the finger on the pad; on its way it is taken where it is, so that nothing jumps.
    const apart = free && wide ? [0, 0] : [at[0] - here[0], at[1] - here[1]];
    drag.current = { pointer: event.pointerId, apart, hour, lease: free ? hold(...SUN) : hold(HOUR) };
    if (begin) begin();
    if (free && wide) move(event);
  };
  const move = (event) => {
    const own = drag.current;
    if (!own || own.pointer !== event.pointerId) return;
    const here = point(event).map((part, axis) => part + own.apart[axis]);
    if (free) {
      const wanted = directionOf(...here);
      setWish({ direction: wanted });
      setValues({ [SUN[0]]: wanted[0], [SUN[1]]: wanted[1] }).then((answer) => tell(answer, t("page.sun")));
      return;
    }
    own.hour = hourNear(way, here[0], here[1], own.hour);
    setWish({ hour: own.hour });
    setValue(HOUR, own.hour).then((answer) => tell(answer, t("page.hour")));
  };
  const up = async (event) => {
    const own = drag.current;
    if (!own || own.pointer !== event.pointerId) return;
    drag.current = null;
    await own.lease.drop();
    if (!drag.current) setWish(null);
  };
  const key = (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by || disabled) return;
    event.preventDefault();
    const step = by * (event.shiftKey ? 1 : 1 / 12);
    if (free) setValue(SUN[0], within(byHand[0] - by * (event.shiftKey ? 10 : 1), { minimum: -360, maximum: 360, fade: "circular" }));
    else setValue(HOUR, within(value(HOUR).peek() + step, { minimum: 0, maximum: 24, fade: "clock" }));
  };
  const handlers = { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up };
  const text = !direction ? "" : free ? t("page.sun_at", { azimuth: direction[0], elevation: direction[1] }) : t("page.hour_sun_at", { hour: clock(hour ?? 0), elevation: direction[1] });
  return html`<svg class=${`sun-drawing ${free ? "free" : ""} ${skyOnAir.value ? "" : "no-sky"}`} ref=${drawing} viewBox=${wide ? "-122 -122 244 244" : "-225 -120 342 240"} preserveAspectRatio=${wide ? "xMidYMid meet" : "xMaxYMid meet"}>
    <circle class="rim" r="98" />
    <${PlanInDial} facts=${facts.value} status=${status.value} />
    ${paths && html`<path class="way-night" d=${paths.night} /><path class="way" d=${paths.day} />`}
    ${marks.map((mark) => html`<path key=${mark.hour} class="tick" d=${mark.tick} />${mark.text && !isUnder(at, mark.text) && html`<text x=${mark.text[0]} y=${mark.text[1]}>${mark.hour}</text>`}`)}
    <${North} />
    ${at && html`<path class="sun-ray" d=${`M${at[0]} ${at[1]}L0 0`} />
      <g class="sun-grip" data-parameter=${free ? "/sky/sun/azimuth_deg /sky/sun/elevation_deg" : HOUR} role="slider" tabindex="0" aria-label=${free ? t("page.sun") : t("page.hour")} aria-disabled=${disabled}
        aria-valuemin=${free ? -180 : 0} aria-valuemax=${free ? 180 : 24} aria-valuenow=${Math.round((free ? direction[0] : hour ?? 0) * 100) / 100} aria-valuetext=${text} onKeyDown=${key} ...${handlers}>
        <circle r=${wide && free ? 122 : 40} cx=${wide && free ? 0 : at[0]} cy=${wide && free ? 0 : at[1]} fill="transparent" />
        <circle class=${`sun ${direction[1] < 0 ? "down" : ""}`} cx=${at[0]} cy=${at[1]} r="10" /><circle class="sun-ring" cx=${at[0]} cy=${at[1]} r="15" /></g>`}
  </svg>`;
}

/** Whether the sun covers a number of the dial, which would be half a number. */
function isUnder(sun, [x, y]) {
  return sun !== null && Math.hypot(sun[0] - x, sun[1] - y + 4) < 22;
}

function North() {
  const front = value("/place/front_azimuth_deg").value;
  if (front === undefined) return null;
  const angle = (front * Math.PI) / 180;
  const [x, y] = [-Math.sin(angle), -Math.cos(angle)];
  return html`<path class="north" d=${`M${x * 98} ${y * 98}L${x * 92} ${y * 92}`} /><text x=${x * 82} y=${y * 82 + 4}>N</text>`;
}

/** What a person typed as an hour; null where it is none. */
export function typedHour(text) {
  const found = typed(text, { form: "clock", shown: 1 });
  return found !== null && found >= 0 && found <= 24 ? found : null;
}
