// A fader as a lens ring: the scale moves under a fixed mark, so that a touch never makes a value jump.
import { useMemo, useRef, useState } from "preact/hooks";
import { parameter, parameters } from "../link/parameters.js";
import { heldBy, live, setValue, status, value } from "../link/values.js";
import { may } from "../link/me.js";
import { listed, t } from "../words.js";
import { nameOf, unitWords, writing, written } from "./amounts.js";
import { useDrag } from "./drag.js";
import { html } from "./html.js";
import { tell } from "./toast.js";
import { TypedValue, steps } from "./typed_value.js";

const TAPE_PX = 800;
const WIDTH_PX = 240;
const LONGEST_VALUE = 5;

/** The fader of a number at `path`. `name` replaces the name that its path has. Its place is kept while the stage is not heard. */
export function Fader({ path, name, className = "" }) {
  const declared = parameter(path);
  if (!declared && parameters.value.size > 0) return html`<div class="fader absent" data-parameter=${path}></div>`;
  if (!declared) {
    return html`<div class=${`fader waiting ${className}`} data-parameter=${path}><span class="read"><span class="name">${name || nameOf(path)}</span><span class="value">–</span></span><span class="tape"></span></div>`;
  }
  return html`<${Known} path=${path} declared=${declared} name=${name || nameOf(path)} className=${className} />`;
}

function Known({ path, declared, name, className }) {
  const way = useMemo(() => writing(declared), [declared]);
  const [typing, setTyping] = useState(false);
  const tape = useRef(null);
  const present = value(path).value;
  const disabled = !live.value || !may(declared.role);
  const goesRound = declared.fade === "clock" || declared.fade === "circular";
  const bounded = (wanted) => within(wanted, declared, goesRound);
  const set = (wanted) => setValue(path, bounded(wanted)).then((answer) => tell(answer, name));
  const target = fadeTarget(path);
  const drag = useDrag({
    path, name, disabled, bounded,
    present: () => value(path).peek(),
    perPixel: () => -way.wide / Math.min(tape.current.clientWidth, WIDTH_PX + 60),
    tapped: () => target !== null && set(value(path).peek()),
    doubleTapped: () => set(declared.default),
  });
  const leased = drag.moving ? null : leaseOf(path);
  const shown = drag.wish === null ? present : drag.wish;
  const text = written(shown, way, way.decimals + (drag.fine ? 1 : 0));
  const unit = unitWords(way.unit);
  const isLong = text.length > LONGEST_VALUE && unit && unit !== "°";
  const label = listed(name, drag.fine && t("page.fine"));
  const looks = ["fader", className, drag.fine && "fine", typing && "typing", target !== null && "fading", leased && "leased"];
  const key = (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Enter") setTyping(true);
    if (!by && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (disabled) return;
    if (by) set(value(path).peek() + by * way.step * (event.shiftKey ? 10 : 1));
    else set(event.key === "Home" ? declared.minimum : declared.maximum);
  };
  return html`<div class=${looks.filter(Boolean).join(" ")} data-parameter=${path}>
    ${typing && !disabled
      ? html`<${TypedValue} declared=${declared} way=${way} found=${shown} give=${set} close=${() => setTyping(false)} />`
      : html`<button class="read" disabled=${disabled} aria-description=${t("page.type_a_value")} onClick=${() => setTyping(true)}>
          <span class="name">${label}${isLong && html`<small>${unit}</small>`}</span>
          <span class="value">${text}${!isLong && unit && html`<small class=${unit === "°" ? "tight" : ""}>${unit}</small>`}</span>
        </button>`}
    ${typing && !disabled
      ? html`<div class="steps">${steps(way).map((one) => html`<button key=${one.name} onPointerDown=${(event) => event.preventDefault()} onClick=${() => set(value(path).peek() + one.by)}>${one.name}</button>`)}</div>`
      : html`<div class="tape" ref=${tape} role="slider" tabindex="0" aria-label=${name} aria-disabled=${disabled}
          aria-valuemin=${declared.minimum} aria-valuemax=${declared.maximum} aria-valuenow=${round(shown)} aria-valuetext=${`${text} ${unit}`.trim()}
          onKeyDown=${key} ...${drag.handlers}>
          <${Scale} at=${shown} way=${drag.fine ? finer(way) : way} declared=${declared} goesRound=${goesRound} target=${target} />
          <i class="index"></i>
          ${leased && html`<span class="lease"><i>${initial(leased)}</i><bdi class="cut">${t("page.moving", { who: leased })}</bdi></span>`}
        </div>`}
  </div>`;
}

/** The scale's part that is in sight. It is drawn for a stretch and shifted, and drawn anew where that ends. */
function Scale({ at, way, declared, goesRound, target }) {
  const found = typeof at === "number" ? at : declared.default;
  const perUnit = WIDTH_PX / way.wide;
  const stretch = Math.round(found / (way.major * 2)) * way.major * 2;
  const lines = useMemo(() => linesOf(stretch, way, declared, goesRound, perUnit), [stretch, way.wide, declared, goesRound]);
  const shift = (stretch - found) * perUnit;
  return html`<svg viewBox=${`0 0 ${TAPE_PX} 56`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <g transform=${`translate(${TAPE_PX / 2 + shift} 0)`}>
      <path class="minor" d=${lines.minor} /><path class="major" d=${lines.major} />
      ${lines.texts.map((one) => html`<text key=${one.x} x=${one.x} y="22">${one.text}</text>`)}
      ${Math.abs(declared.default - stretch) * perUnit < TAPE_PX && html`<path class="default" d=${`M${(declared.default - stretch) * perUnit - 4} 56l4-5 4 5z`} />`}
      ${target !== null && html`<path class="target" d=${`M${(target - stretch) * perUnit} 32v24`} />`}
    </g>
  </svg>`;
}

function linesOf(stretch, way, declared, goesRound, perUnit) {
  const reach = TAPE_PX / 2 / perUnit + way.major * 2;
  const first = Math.round((stretch - reach) / way.minor);
  const last = Math.round((stretch + reach) / way.minor);
  const perMajor = Math.round(way.major / way.minor);
  const found = { minor: "", major: "", texts: [] };
  for (let index = first; index <= last; index += 1) {
    const here = index * way.minor;
    if (!goesRound && (here < declared.minimum - way.minor / 2 || here > declared.maximum + way.minor / 2)) continue;
    const x = Math.round((here - stretch) * perUnit * 10) / 10;
    if (index % perMajor !== 0) { found.minor += `M${x} 41v7`; continue; }
    found.major += `M${x} 34v14`;
    const round = goesRound ? within(here, declared, true) : here;
    found.texts.push({ x, text: way.form === "clock" ? String(Math.round(round) % 24) : written(round, way, decimalsOf(way)) });
  }
  return found;
}

function decimalsOf(way) {
  const step = way.major * way.shown;
  return step >= 1 ? 0 : Math.ceil(-Math.log10(step));
}

function finer(way) {
  return { ...way, wide: way.wide / 10, major: way.major / 10, minor: way.minor / 10 };
}

/** A wish within a parameter's range, or round where it goes round. */
export function within(wanted, { minimum, maximum, fade }, goesRound = fade === "clock" || fade === "circular") {
  if (!goesRound) return Math.min(maximum, Math.max(minimum, wanted));
  if (fade !== "clock" && wanted >= minimum && wanted <= maximum) return wanted;
  const turn = fade === "clock" ? 24 : 360;
  const from = fade === "clock" ? 0 : minimum < 0 ? -180 : 0;
  return from + ((((wanted - from) % turn) + turn) % turn);
}

function round(found) {
  return typeof found === "number" ? Math.round(found * 1000) / 1000 : 0;
}

/** Where a fade of this value goes, or null. */
export function fadeTarget(path) {
  const fades = status.value && status.value.fades;
  const found = fades && fades.find((one) => one.path === path);
  return found && typeof found.target === "number" ? found.target : null;
}

/** Who else moves this value now, or null. */
export function leaseOf(path) {
  const who = heldBy(path);
  return who === null ? null : who || t("page.somebody");
}

function initial(who) {
  return [...who.trim()][0]?.toUpperCase() || "·";
}
