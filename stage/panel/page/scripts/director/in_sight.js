// On a phone the walls are larger than the screen: what the camera sees of them is brought into its middle.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { facts } from "../link/facts.js";
import { status } from "../link/values.js";
import { axesOf, halfView } from "../parts/plan_geometry.js";
import { camera, cameraFacts } from "./view.js";
import { wallsInOrder } from "./walls.js";
import { frameOnWall } from "./wall_geometry.js";

/** The middle of what the camera sees, as a share of the strip of all walls from the left; its middle where it sees none. */
function shareInSight() {
  const now = status.peek()?.cameras[camera.peek()];
  const half = now?.position_m && cameraFacts.peek() && halfView(cameraFacts.peek().sensor_mm, now.focal_length_mm);
  if (!half || !facts.peek()) return 0.5;
  const sight = { eye_m: now.position_m, ...axesOf(now.rotation_deg), frame: [-half[0], half[0], -half[1], half[1]] };
  const walls = wallsInOrder().map((wall) => ({ wide: wall.resolution_px[0] / wall.resolution_px[1], seen: frameOnWall(wall.outline, sight) }));
  const all = walls.reduce((sum, { wide }) => sum + wide, 0);
  let before = 0;
  for (const { wide, seen } of walls) {
    if (seen) return (before + (wide * (seen.left + seen.right)) / 2) / all;
    before += wide;
  }
  return 0.5;
}

/** Scrolls an element once, when it is there, so that what the camera sees is in its middle. Answers its `ref` and `style`. */
export function useInSight() {
  const ref = useRef(null);
  const [from, setFrom] = useState(0);
  useLayoutEffect(() => {
    const place = ref.current;
    if (!place) return;
    place.scrollLeft = shareInSight() * place.scrollWidth - place.clientWidth / 2;
    setFrom(place.scrollLeft);
  }, []);
  return { ref, style: { "--from": `${from}px` } };
}
