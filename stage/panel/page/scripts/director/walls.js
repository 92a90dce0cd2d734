// The walls as they are sent, side by side in one strip, with what the cameras see of them.
import { useState } from "preact/hooks";
import { status } from "../link/values.js";
import { facts } from "../link/facts.js";
import { shape } from "../link/shape.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { t } from "../words.js";
import { LivePicture } from "./live_picture.js";
import { frameOnWall, leftToRight } from "./wall_geometry.js";
import { view } from "./view.js";

const PICTURE_PX = 1024;

/** The walls as they stand side by side. */
export function wallsInOrder() {
  return facts.value ? leftToRight(facts.value.walls, facts.value.plan.outer_eye_m) : [];
}

/** The walls' widths over their heights together: how wide a strip of all of them is. */
export function stripAspect() {
  const sizes = facts.value ? facts.value.walls.map((wall) => wall.resolution_px) : shape.walls;
  return sizes.reduce((sum, size) => sum + size[0] / size[1], 0) || 16 / 3;
}

/** `over` draws on each wall's picture: it is given the wall. */
export function Walls({ over }) {
  const walls = wallsInOrder();
  return html`<section class="walls" aria-label=${t("page.walls")} style=${{ "--strip": stripAspect() }}>
    ${facts.value ? walls.map((wall) => html`<${WallStrip} key=${wall.name} wall=${wall} over=${over} />`) : shape.walls.map((size) => html`<div class="wall" style=${placed(size)}></div>`)}
    ${!over && html`<button class="pill" onClick=${() => (view.value = "cards")}><${Icon} name="cards" size=${20} />${t("page.light_cards")}</button>`}
  </section>`;
}

// Shares of all the room, also for walls that are taller than wide: below 1 in all they would leave some of it.
function placed([wide, high]) {
  return { flexGrow: (100 * wide) / high, aspectRatio: `${wide / high}`, "--wide": wide / high };
}

function WallStrip({ wall, over }) {
  const [sights, setSights] = useState([]);
  const now = status.value && status.value.walls[wall.name];
  return html`<figure class="wall" style=${placed(wall.resolution_px)}>
    <${LivePicture} topic=${`wall/${wall.name}`} width=${PICTURE_PX} label=${t("page.wall_as_sent", { wall: wall.name })} told=${(picture) => setSights(picture.sights || [])} />
    ${sights.map((sight) => html`<${View} key=${sight.camera} outline=${wall.outline} sight=${sight} />`)}
    <figcaption class="name"><bdi>${wall.name}</bdi>${now && now.held && html`${t("page.comma")}${t("page.held_picture")}`}${now && now.pattern !== "off" && html`${t("page.comma")}${t("page.pattern_on")}`}</figcaption>
    ${over && over(wall)}
  </figure>`;
}

/** The corners of what a camera's frame covers, with its letter. */
function View({ outline, sight }) {
  const found = frameOnWall(outline, sight);
  if (!found) return null;
  const place = { left: `${found.left * 100}%`, right: `${(1 - found.right) * 100}%`, top: `${found.top * 100}%`, bottom: `${(1 - found.bottom) * 100}%` };
  return html`<span class="camera-view" style=${place} aria-hidden="true"><b>${sight.camera}</b></span>`;
}
