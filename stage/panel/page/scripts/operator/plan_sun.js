// Where the sun of the sky stands, at the edge of the plan: its light comes from there.
import { skyOnAir } from "../link/sky_on_air.js";
import { sunWay } from "../link/sun_way.js";
import { value } from "../link/values.js";
import { html } from "../parts/html.js";
import { projected, wayAt } from "../parts/plan_geometry.js";
import { sunAt } from "../parts/sun_geometry.js";
import { t } from "../words.js";

const EDGE_PX = 14;
const RAY_PX = 34;
const LEAST_SHIFT = 0.02;

/** The sun's azimuth and elevation as seen from the stage, in degrees; null before they are known. */
function sunNow() {
  if (value("/sky/sun/source").value === "manual") {
    const byHand = ["azimuth_deg", "elevation_deg"].map((name) => value(`/sky/sun/${name}`).value);
    return byHand.includes(undefined) ? null : byHand;
  }
  const [way, hour] = [sunWay.value && sunWay.value.way, value("/time/hour").value];
  return way && hour !== undefined ? sunAt(way, hour) : null;
}

/**
 * Where the sun is drawn in a `scene` of this size: `{x, y, ux, uy, elevation}`. Null where no sky is on the walls, for
 * a sun below the horizon, and for one along the line of sight.
 */
export function sunPlace(scene, [width, height]) {
  const sun = skyOnAir.value ? sunNow() : null;
  if (!sun || sun[1] < 0) return null;
  const [dx, dy] = projected(wayAt(...sun), scene.way);
  const length = Math.hypot(dx, dy);
  if (length < LEAST_SHIFT) return null;
  const [ux, uy] = [dx / length, dy / length];
  const [x0, y0] = scene.at([0, 0, 0]);
  const room = (from, along, most) => (along > 0 ? (most - EDGE_PX - from) / along : along < 0 ? (EDGE_PX - from) / along : Infinity);
  const away = Math.min(room(x0, ux, width), room(y0, uy, height));
  return { x: x0 + ux * away, y: y0 + uy * away, ux, uy, elevation: sun[1] };
}

/** The sun at a place of the drawing, with its height in words. */
export function PlanSun({ place: { x, y, ux, uy, elevation }, size: [width] }) {
  const nearTop = y < 2 * EDGE_PX;
  const besides = nearTop && x < width - 100;
  return html`<g class="plan-sun"><path class="sun-ray" d=${`M${x} ${y}L${x - ux * RAY_PX} ${y - uy * RAY_PX}`} />
    <circle class="sun" cx=${x} cy=${y} r="7" />
    <text class=${besides ? "besides" : ""} x=${besides ? x + 14 : Math.min(width - 56, Math.max(56, x - (nearTop ? 56 : 0)))} y=${nearTop ? y + 5 : y - 12}>${t("page.board.sun_at", { elevation })}</text></g>`;
}
