// Fingers on the wall's picture: up and down moves the horizon, sideways turns, two fingers size and roll.
import { useEffect, useRef, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { hold, live, setValues, value } from "../link/values.js";
import { parameter } from "../link/parameters.js";
import { within } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { tell } from "../parts/toast.js";
import { t } from "../words.js";
import { wallColumns } from "./card_frame.js";
import { layerPath, placement, sizeOf } from "./placed.js";
import { directionAt, placeOf } from "./wall_geometry.js";

const DEG = 180 / Math.PI;
const BEGINS_PX = 6;
const ROLLS_FROM_DEG = 3;
/** A full sphere's horizon is moved by this share of its height at most. */
const MOST_SHIFT = 1 / 6;

const tangent = (degrees) => Math.tan(degrees / DEG);

/** The horizon after what was at elevation `from` has come to `to`, in degrees. `aspect` is the picture's. */
export function movedHorizon(now, aspect, from, to) {
  if (now.flat) return now.horizon + ((tangent(to) - tangent(from)) * aspect) / (2 * tangent(now.width_deg / 2));
  if (now.span_deg < 360) return now.horizon + ((to - from) * aspect) / now.span_deg;
  return Math.min(0.5 + MOST_SHIFT, Math.max(0.5 - MOST_SHIFT, now.horizon + (to - from) / 180));
}

/** The size after two fingers went apart by a factor. */
export function sized(now, factor) {
  if (now.flat) return 2 * Math.atan(tangent(now.width_deg / 2) * factor) * DEG;
  return now.span_deg * factor;
}

/** What takes the fingers over one wall's picture, with the line at the height of the eye where no guide shows it. */
export function PlacingOnWall({ wall, layer, aspect, name, onAir }) {
  const columns = wallColumns(wall);
  const guide = value("/world/guide").value;
  const place = useRef(null);
  const drag = useRef(null);
  const [doing, setDoing] = useState("");
  useEffect(() => () => drag.current && drag.current.lease && drag.current.lease.drop(), []);

  const direction = (point) => {
    const box = place.current.getBoundingClientRect();
    return directionAt(columns, (point.x - box.left) / box.width, (point.y - box.top) / box.height);
  };
  const begin = (what, names) => {
    const own = drag.current;
    own.what = what;
    own.names = names;
    own.from = placement(layer);
    own.lease = hold(...names.map((one) => layerPath(layer, one)));
    own.lease.taken.then((answer) => tell(answer, name) || end(own));
    setDoing(what);
  };
  const give = (wanted) => {
    const { names, from } = drag.current;
    const values = names.map((one) => [layerPath(layer, one), bounded(layerPath(layer, one), wanted[one] ?? from[one])]);
    setValues(Object.fromEntries(values)).then((answer) => tell(answer, name));
  };
  const end = (own) => {
    if (own.lease) own.lease.drop();
    own.lease = null;
    own.what = "over";
    setDoing("");
  };
  const down = (event) => {
    if (event.button > 0 || !onAir || !live.peek() || !isDirector.peek()) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!drag.current) drag.current = { fingers: new Map(), what: "", lease: null };
    const own = drag.current;
    if (own.fingers.size === 2) return;
    own.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (own.fingers.size < 2) {
      own.start = { x: event.clientX, y: event.clientY };
      return;
    }
    if (own.what) end(own);
    own.apart = apart(own);
    const now = placement(layer);
    begin("two", [sizeOf(now), "roll_deg"].filter(Boolean));
  };
  const move = (event) => {
    const own = drag.current;
    if (!own || !own.fingers.has(event.pointerId)) return;
    own.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (own.what === "over") return;
    if (!live.peek()) return end(own);
    if (own.what === "two") return byTwo(own);
    const here = { x: event.clientX, y: event.clientY };
    if (!own.what) {
      const [across, along] = [Math.abs(here.x - own.start.x), Math.abs(here.y - own.start.y)];
      if (Math.max(across, along) < BEGINS_PX) return;
      begin(...(along > across ? ["horizon", ["horizon"]] : ["turn", ["turn_deg"]]));
    }
    const [from, to] = [direction(own.start), direction(here)];
    if (own.what === "horizon") give({ horizon: movedHorizon(own.from, aspect, from[1], to[1]) });
    else give({ turn_deg: own.from.turn_deg + to[0] - from[0] });
  };
  const byTwo = (own) => {
    const now = apart(own);
    const turned = ((now.angle - own.apart.angle + 540) % 360) - 180;
    const rolls = own.rolls || Math.abs(turned) > ROLLS_FROM_DEG;
    own.rolls = rolls;
    const size = sizeOf(own.from);
    give({ ...(size && { [size]: sized(own.from, now.length / own.apart.length) }), ...(rolls && { roll_deg: own.from.roll_deg + turned }) });
  };
  const up = (event) => {
    const own = drag.current;
    if (!own || !own.fingers.delete(event.pointerId)) return;
    if (own.what && own.what !== "over") end(own);
    if (own.fingers.size === 0) drag.current = null;
  };
  const handlers = { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up };
  return html`<div class=${`placing-on-wall ${doing}`} ref=${place} data-parameter=${["horizon", "turn_deg", "width_deg", "span_deg", "roll_deg"].map((what) => layerPath(layer, what)).join(" ")} ...${handlers}>
    ${guide !== "horizon" && html`<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><path class="eye-line" d=${eyeLine(columns)} /></svg>`}
    <span class="eye-words" style=${{ top: `${placeOf(columns, columns[0].azimuth, 0)[1] * 100}%` }}>${t("page.eye_height")}</span>
  </div>`;
}

function bounded(path, wanted) {
  const declared = parameter(path);
  return within(wanted, declared, declared.fade === "circular");
}

function apart({ fingers }) {
  const [one, other] = [...fingers.values()];
  const [x, y] = [other.x - one.x, other.y - one.y];
  return { length: Math.max(1, Math.hypot(x, y)), angle: Math.atan2(y, x) * DEG };
}

/** The height of the eye along a wall's picture. */
function eyeLine(columns) {
  return `M${columns.map(({ high, low }, index) => `${index / (columns.length - 1)} ${high / (high - low || 1)}`).join("L")}`;
}
