// A grey sphere at the actor's mark, as walls and lamps light it now, seen from a camera: a lighting check.
import { useEffect, useRef, useState } from "preact/hooks";
import { facts } from "../link/facts.js";
import { lights } from "../link/lights.js";
import { watchPicture } from "../link/pictures.js";
import { status, value } from "../link/values.js";
import { t } from "../words.js";
import { html } from "./html.js";
import { facing, lampOf, lampsGive, luxOf, screenCodes, sphereNits, wallLight, wallParts, wallsGive, whiteOf } from "./sphere_light.js";

const SIDE_PX = 40;
const WALL_PX = 128;
const EVERY_MS = 400;
const RADIUS_M = 0.15;
const BEFORE_M = 3;
const ASIDE_M = 0.5;

export function GreySphere({ camera = "" }) {
  const canvas = useRef(null);
  const shown = useRef(new Map());
  const [lux, setLux] = useState(null);
  const walls = facts.value?.walls ?? [];
  useEffect(() => {
    const ends = walls.map(({ name }) => watchPicture(`wall/${name}`, WALL_PX, keepPixels(shown.current, name)));
    return () => ends.forEach((end) => end());
  }, [walls]);
  useEffect(() => {
    const draw = () => {
      if (document.hidden || !walls.length || !canvas.current) return;  // a sheet that closes takes its canvas along
      setLux(drawSphere(canvas.current, walls, shown.current, camera));
    };
    const timer = setInterval(draw, EVERY_MS);
    return () => clearInterval(timer);
  }, [walls, camera]);
  const words = lux ? t("page.sphere_lux", lux) : "";
  return html`<figure class="grey-sphere">
    <canvas ref=${canvas} width=${SIDE_PX} height=${SIDE_PX} role="img" aria-label=${t("page.sphere")}></canvas>
    <figcaption><b>${t("page.sphere")}</b><small data-lux=${lux ? `${lux.walls.toFixed(1)} ${lux.lamps.toFixed(1)}` : undefined}>${words}</small>
      <small>${t("page.sphere_note")}</small></figcaption></figure>`;
}

// The newest pixels of a wall's picture; they are read no more often than they are used.
function keepPixels(shown, name) {
  let readAt = 0;
  return async ({ blob }) => {
    if (performance.now() - readAt < EVERY_MS) return;
    readAt = performance.now();
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    shown.set(name, context.getImageData(0, 0, bitmap.width, bitmap.height));
    bitmap.close();
  };
}

// Draws it, and says the lux of walls and of lamps on what faces the camera.
function drawSphere(canvas, walls, shown, camera) {
  const mark = markNow();
  const eye = eyeOf(camera, mark) ?? [mark[0], mark[1] - BEFORE_M, mark[2]];
  const side = facing(mark, eye);
  const gathered = walls.flatMap((wall) => (shown.has(wall.name) ? wallLight(wallParts(wall.outline, mark), shown.get(wall.name), wall.peak_nits) : []));
  const lamps = lights.peek().map(lampOf);
  const onSurface = (normal) => mark.map((part, axis) => part + RADIUS_M * normal[axis]);
  const nits = sphereNits(SIDE_PX, side, (normal) => {
    const [ofWalls, ofLamps] = [wallsGive(normal, gathered), lampsGive(onSurface(normal), normal, lamps)];
    return ofWalls.map((part, at) => part + ofLamps[at]);
  });
  const white = whiteOf(nits);
  canvas.getContext("2d", { alpha: false }).putImageData(new ImageData(screenCodes(nits, white), SIDE_PX), 0, 0);
  canvas.dataset.white = String(white);
  return { walls: luxOf(wallsGive(side.towards, gathered)), lamps: luxOf(lampsGive(mark, side.towards, lamps)) };
}

// The outer eye, where the actors' light is measured.
function markNow() {
  const own = ["x_m", "y_m", "z_m"].map((name) => value(`/outer/${name}`).peek());
  return own.includes(undefined) ? facts.peek().plan.outer_eye_m : own;
}

// Where the camera is; null where it has no place, or stands at the mark or right above it.
function eyeOf(camera, mark) {
  const cameras = status.peek()?.cameras ?? {};
  const one = cameras[camera] ?? Object.values(cameras)[0];
  const place = one?.parked ? null : one?.position_m ?? null;
  return place && Math.hypot(place[0] - mark[0], place[1] - mark[1]) > ASIDE_M ? place : null;
}
