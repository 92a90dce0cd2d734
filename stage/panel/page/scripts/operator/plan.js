// The plan of the stage as it is now: walls with where they shine, cameras with what they see, their paths, light cards.

import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Segmented } from "../parts/segmented.js";
import { status, value } from "../link/values.js";
import { t } from "../words.js";
import { facts } from "../link/facts.js";
import { pathOf } from "./history.js";
import { PlanLights, isMoved, lightPlace } from "./plan_lights.js";
import { PlanSun, sunPlace } from "./plan_sun.js";
import {
  VIEWS, along, axesOf, boundsOf, halfView, hull, projected, rayLength, sidesOf, trianglesOf, viewEnds, wayAt,
} from "../parts/plan_geometry.js";

const EDGE_PX = { above: 28, other: 44 };
const ARROW_M = 0.45;
const LEAST_FACING = 0.35;
const FULL_TURN_PX = 300;
const FROM_ABOVE = 75;
const NAME_PX = 17;
const NAME_SHARES = [0.5, 0.25, 0.75, 0, 1];
const SUN_PX = [100, 24];

export function Plan({ height = 300, chosen = "" }) {
  const [view, setView] = useState("above");
  const [turned, setTurned] = useState(VIEWS.turn);
  const box = useRef(null);
  const [width, setWidth] = useState(392);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(200, entry.contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const drag = useDrag(view === "turn", turned, setTurned);
  const stage = facts.value;
  const way = view === "turn" ? turned : VIEWS[view];
  return html`<section class="plan" aria-label=${t("page.board.plan")}>
    <div class="title"><h2>${t("page.stage")}</h2>
      <${Segmented} label=${t("page.board.plan_view")} chosen=${view} choose=${setView}
        choices=${Object.keys(VIEWS).map((name) => ({ value: name, name: t(`page.board.view_${name}`) }))} /></div>
    <div class="drawing" ref=${box} data-view=${view}>
      ${stage && html`<svg viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img"
        aria-label=${described(stage)} ...${drag}><${Drawing} stage=${stage} way=${way} view=${view} size=${[width, height]} chosen=${chosen} /></svg>`}
    </div>
  </section>`;
}

// Turns the view under a finger; the other two views stand.
function useDrag(enabled, turned, setTurned) {
  const from = useRef(null);
  if (!enabled) return {};
  return {
    class: "turns",
    onPointerDown: (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, y: event.clientY, ...turned };
    },
    onPointerMove: (event) => {
      if (!from.current) return;
      const [dx, dy] = [event.clientX - from.current.x, event.clientY - from.current.y];
      const lift = Math.max(0, Math.min(90, from.current.lift + (dy / FULL_TURN_PX) * 90));
      setTurned({ turn: from.current.turn - (dx / FULL_TURN_PX) * 180, lift });
    },
    onPointerUp: () => { from.current = null; },
    onPointerCancel: () => { from.current = null; },
  };
}

// While a finger moves a light the plan keeps its scale: the lamp would run from under the finger.
function Drawing({ stage, way, view, size, chosen }) {
  const kept = useRef(null);
  if (!isMoved.value || !kept.current) kept.current = placed(stage, way, size);
  const scene = kept.current;
  const sun = sunPlace(scene, size);
  return html`<g>
    <${Floor} scene=${scene} stage=${stage} />
    ${stage.walls.map((wall) => html`<${WallDrawing} key=${wall.name} wall=${wall} stage=${stage} scene=${scene} sun=${sun} />`)}
    ${stage.cameras.map((camera) => html`<${CameraDrawing} key=${camera.name} camera=${camera} scene=${scene} />`)}
    <${Cards} scene=${scene} stage=${stage} />
    <${PlanLights} scene=${scene} view=${view} chosen=${chosen} />
    ${sun && html`<${PlanSun} place=${sun} size=${size} />`}
    <${Scale} scene=${scene} size=${size} />
  </g>`;
}

// A length to the next whole metre, so that a camera that moves does not move the plan.
const outward = (length) => Math.sign(length) * Math.ceil(Math.abs(length) - 0.05);

// Where places of the stage go in a drawing of this size, all walls and the middle of the stage being in it.
function placed(stage, way, [width, height]) {
  const corners = stage.walls.flatMap(({ outline }) => outline.flatMap((one) => [one.lower_m, one.upper_m]));
  const ways = stage.cameras.flatMap((one) => pathOf(one.name).filter((place) => place !== null));
  const lamps = (stage.lights ?? []).map((one) => lightPlace(one.key)).filter(Boolean);
  const ground = [[0, 0, 0], ...[...ways, ...lamps].map((place) => place.map(outward)), stage.plan.outer_eye_m, ...stage.plan.origins.map((one) => one.position_m)];
  const box = boundsOf([...corners, ...ground].map((place) => projected(place, way)));
  const [across, down] = [box.right - box.left || 1, box.bottom - box.top || 1];
  const edge = way.lift > FROM_ABOVE ? EDGE_PX.above : EDGE_PX.other;
  const pxPerM = Math.min((width - 2 * edge) / across, (height - 2 * edge) / down);
  const left = (width - across * pxPerM) / 2 - box.left * pxPerM;
  const top = (height - down * pxPerM) / 2 - box.top * pxPerM;
  const at = (place) => {
    const [x, y] = projected(place, way);
    return [left + x * pxPerM, top + y * pxPerM];
  };
  const reach = Math.hypot(across, down);
  return { at, pxPerM, reach, way, height, triangles: trianglesOf(stage.walls) };
}

const path = (points, end = "") => (points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${end}` : "");

// A dot for each metre of the floor, or the line of the floor where it is seen from its edge.
function Floor({ scene, stage }) {
  const places = [...stage.walls.flatMap(({ outline }) => outline.map((one) => one.lower_m)), stage.plan.outer_eye_m];
  const [xs, ys] = [places.map((one) => one[0]), places.map((one) => one[1])];
  const range = (list) => [Math.floor(Math.min(0, ...list)), Math.ceil(Math.max(0, ...list))];
  const [[x0, x1], [y0, y1]] = [range(xs), range(ys)];
  if (scene.way.lift < 4) {
    const ends = scene.way.turn % 180 === 0 ? [[x0, 0, 0], [x1, 0, 0]] : [[0, y0, 0], [0, y1, 0]];
    return html`<path class="floor" d=${path(ends.map(scene.at))} />`;
  }
  const step = Math.max(1, Math.ceil(Math.max(x1 - x0, y1 - y0) / 16));
  const dots = [];
  for (let x = x0; x <= x1; x += step) for (let y = y0; y <= y1; y += step) dots.push(scene.at([x, y, 0]));
  const cross = scene.at([0, 0, 0]);
  return html`<path class="dots" d=${dots.map(([x, y]) => `M${(x - 0.75).toFixed(1)} ${y.toFixed(1)}h1.5`).join("")} />
    <path class="middle" d=${`M${cross[0] - 5} ${cross[1]}h10M${cross[0]} ${cross[1] - 5}v10`} />`;
}

function WallDrawing({ wall, stage, scene, sun }) {
  const own = stage.plan.walls.find((one) => one.name === wall.name);
  const lower = wall.outline.map((one) => scene.at(one.lower_m));
  const upper = wall.outline.map((one) => scene.at(one.upper_m));
  const held = status.value?.walls?.[wall.name]?.held;
  const pattern = value(`/wall/${wall.name}/pattern`).value;
  const name = nameOf(wall, own, scene, sun);
  return html`<g class=${`wall ${held ? "held" : ""} ${pattern && pattern !== "off" ? "pattern" : ""}`}>
    <path class="surface" d=${path([...lower, ...upper.reverse()], "Z")} />
    <path class="foot" d=${path(lower)} />
    ${arrowsOf(wall, own).map(([from, to]) => html`<${Arrow} from=${from} to=${to} scene=${scene} />`)}
    <text class="name" x=${name[0]} y=${name[1] + 4}>${wall.name}</text>
  </g>`;
}

// Where a wall's name stands: behind the middle of its LEDs, or beside that where the sun is drawn.
function nameOf({ outline }, { facing }, scene, sun) {
  const isFree = ([x, y]) => !sun || Math.abs(sun.x - x) > SUN_PX[0] || Math.abs(sun.y - y) > SUN_PX[1];
  const places = NAME_SHARES.map((share) => behind(outline[Math.round(share * (outline.length - 1))], facing, scene));
  return places.find(isFree) ?? places[0];
}

// A little behind a column of LEDs, or over it where they shine along the line of sight.
function behind({ lower_m: lower, upper_m: upper }, facing, scene) {
  const middle = lower.map((part, axis) => (part + upper[axis]) / 2);
  const [[x, y], [tipX, tipY]] = [scene.at(middle), scene.at(along(middle, facing, 1))];
  const [dx, dy] = [x - tipX, y - tipY];
  const length = Math.hypot(dx, dy);
  return length < LEAST_FACING * scene.pxPerM ? [x, y - NAME_PX] : [x + (dx / length) * NAME_PX, y + (dy / length) * NAME_PX];
}

// Up to five arrows along a wall's middle, where its LEDs shine.
function arrowsOf({ outline }, { facing }) {
  const count = Math.min(5, outline.length);
  const found = [];
  for (let number = 0; number < count; number += 1) {
    const at = Math.round(((number + 0.5) / count) * (outline.length - 1));
    const [one, next] = [outline[Math.max(0, at - 1)], outline[Math.min(outline.length - 1, at + 1)]];
    const middle = outline[at].lower_m.map((part, axis) => (part + outline[at].upper_m[axis]) / 2);
    const along = next.lower_m.map((part, axis) => part - one.lower_m[axis]);
    const upward = outline[at].upper_m.map((part, axis) => part - outline[at].lower_m[axis]);
    const normal = unit([
      along[1] * upward[2] - along[2] * upward[1],
      along[2] * upward[0] - along[0] * upward[2],
      along[0] * upward[1] - along[1] * upward[0],
    ]);
    const sign = normal.reduce((sum, part, axis) => sum + part * facing[axis], 0) < 0 && outline.length < 3 ? -1 : 1;
    found.push([middle, middle.map((part, axis) => part + sign * normal[axis] * ARROW_M)]);
  }
  return found;
}

function unit(vector) {
  const length = Math.hypot(...vector) || 1;
  return vector.map((part) => part / length);
}

function Arrow({ from, to, scene }) {
  const [[x0, y0], [x1, y1]] = [scene.at(from), scene.at(to)];
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < LEAST_FACING * ARROW_M * scene.pxPerM) return null;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const reach = Math.max(10, Math.min(length, 16));
  const [x, y] = [x0 + dx * reach, y0 + dy * reach];
  const wing = (side) => `${(x - 5 * dx - 4 * side * dy).toFixed(1)} ${(y - 5 * dy + 4 * side * dx).toFixed(1)}`;
  return html`<path class="facing"
    d=${`M${x0.toFixed(1)} ${y0.toFixed(1)}L${x.toFixed(1)} ${y.toFixed(1)}M${wing(1)}L${x.toFixed(1)} ${y.toFixed(1)}L${wing(-1)}`} />`;
}

function CameraDrawing({ camera, scene }) {
  const now = status.value?.cameras?.[camera.name];
  if (!now?.position_m) return null;
  const pose = { position: now.position_m, ...axesOf(now.rotation_deg) };
  const lens = halfView(camera.sensor_mm, now.focal_length_mm);
  const [x, y] = scene.at(pose.position);
  const trail = trailOf(pathOf(camera.name).map((place) => place && scene.at(place)));
  const outline = (margin) => {
    const ends = viewEnds(pose, sidesOf(lens, margin), scene.triangles, scene.reach);
    return hull([[x, y], ...(scene.way.lift > FROM_ABOVE ? ends.row : ends.border).map(scene.at)]);
  };
  return html`<g class=${`camera ${now.parked ? "parked" : ""}`} data-camera=${camera.name}>
    <path class="trail" d=${trail} />
    ${lens && !now.parked && html`<path class="margin" d=${path(outline(now.margin_deg), "Z")} />
      <path class="seen" d=${path(outline(null), "Z")} />`}
    <circle class="eye" cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="5" />
    <text class="name" x=${x + 12} y=${y + 17 > scene.height ? y - 9 : y + 17}>${now.parked ? t("page.board.parked_camera", { camera: camera.name }) : camera.name}</text>
  </g>`;
}

// A path that is broken where nothing was heard.
function trailOf(points) {
  let [line, down] = ["", false];
  for (const point of points) {
    if (point) line += `${down ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    down = point !== null;
  }
  return line;
}

// Light cards that are on, where they stand on the walls as seen from the outer eye.
function Cards({ scene, stage }) {
  const eye = stage.plan.outer_eye_m;
  return stage.cards.filter((name) => value(`/card/${name}/enabled`).value).map((name) => {
    const way = wayAt(value(`/card/${name}/azimuth_deg`).value, value(`/card/${name}/elevation_deg`).value);
    const end = along(eye, way, rayLength(eye, way, scene.triangles) ?? scene.reach);
    const [[x0, y0], [x, y]] = [scene.at(eye), scene.at(end)];
    return html`<g class="card" key=${name}>
      <path class="ray" d=${path([[x, y], [x + (x0 - x) * 0.3, y + (y0 - y) * 0.3]])} />
      <rect x=${x - 5} y=${y - 5} width="10" height="10" /><text x=${x} y=${y + 22}>${name}</text></g>`;
  });
}

function Scale({ scene, size: [width, height] }) {
  const metres = [0.5, 1, 2, 5, 10, 20, 50].find((length) => length * scene.pxPerM >= 36) ?? 100;
  const [right, y, long] = [width - 6, height - 8, metres * scene.pxPerM];
  return html`<path class="scale" d=${`M${right - long} ${y - 4}v4h${long}v-4`} />
    <text x=${right - long / 2} y=${y - 9}>${t("page.board.metres", { count: metres })}</text>`;
}

// What the drawing shows, for who cannot see it.
function described(stage) {
  const cameras = Object.entries(status.value?.cameras ?? {}).filter(([, one]) => one.position_m);
  const words = cameras.map(([camera, one]) => t("page.board.camera_is_at", {
    camera, x: one.position_m[0], y: one.position_m[1], z: one.position_m[2], pan: one.rotation_deg[0],
  }));
  return [t("page.board.plan_of_walls", { walls: stage.walls.map((one) => one.name).join(", ") }), ...words].join("; ");
}
