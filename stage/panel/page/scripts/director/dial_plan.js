// The plan within the dial: walls and cameras as they stand, so that the sun is seen against the stage.
import { axesOf, halfView } from "../parts/plan_geometry.js";
import { html } from "../parts/html.js";
import { camera, cameraFacts } from "./view.js";

const WITHIN = 44;
const SEES = 30;
const LEAST_STEP = 7;

/** How long a metre of the stage is in these drawings. */
export function planScale(facts) {
  if (!facts) return 1;
  const eye = facts.plan.outer_eye_m;
  const points = facts.walls.flatMap((wall) => wall.outline.map((one) => one.lower_m));
  return WITHIN / Math.max(1, ...points.map((point) => Math.hypot(point[0] - eye[0], point[1] - eye[1])));
}

/** `facts` has the walls' outlines, `status` where the cameras are. Drawn with the front up and the outer eye in the middle. */
export function PlanInDial({ facts, status }) {
  if (!facts) return null;
  const [eye, scale] = [facts.plan.outer_eye_m, planScale(facts)];
  const at = (point) => [(point[0] - eye[0]) * scale, -(point[1] - eye[1]) * scale];
  return html`<g aria-hidden="true">
    ${facts.walls.map((wall) => html`<path key=${wall.name} class="plan-wall" d=${`M${wall.outline.map((one) => at(one.lower_m).map((part) => part.toFixed(1)).join(" ")).join("L")}`} />`)}
    ${Object.entries(status ? status.cameras : {}).map(([name, one]) => one.position_m && html`<${CameraMark} key=${name} name=${name} at=${at(one.position_m)} pose=${one} />`)}
  </g>`;
}

/** Lines every metre of the stage, or every five or more where they would be too close, and the ones through its origin. */
export function PlanGrid({ facts, side }) {
  if (!facts) return null;
  const [eye, scale, half] = [facts.plan.outer_eye_m, planScale(facts), side / 2];
  const step = [1, 5, 10, 50].find((one) => one * scale >= LEAST_STEP) ?? 100;
  const lines = (at, sign) => {
    const first = Math.ceil((at - half / scale) / step);
    const count = Math.max(0, Math.floor((at + half / scale) / step) - first + 1);
    return Array.from({ length: count }, (_, number) => [(first + number) * step, ((first + number) * step - at) * scale * sign]);
  };
  const name = (metres) => (metres === 0 ? "plan-grid origin" : "plan-grid");
  return html`<g aria-hidden="true">${lines(eye[0], 1).map(([metres, x]) => html`<path key=${`x${metres}`} class=${name(metres)} d=${`M${x.toFixed(1)} ${-half}V${half}`} />`)}
    ${lines(eye[1], -1).map(([metres, y]) => html`<path key=${`y${metres}`} class=${name(metres)} d=${`M${-half} ${y.toFixed(1)}H${half}`} />`)}</g>`;
}

function CameraMark({ name, at: [x, y], pose }) {
  const isShown = name === camera.value;
  const half = isShown && cameraFacts.value && halfView(cameraFacts.value.sensor_mm, pose.focal_length_mm || 35);
  const { ahead, right } = axesOf(pose.rotation_deg);
  const end = (side) => {
    const way = [ahead[0] + right[0] * side, ahead[1] + right[1] * side];
    const length = Math.hypot(...way) || 1;
    return `${x + (way[0] / length) * SEES} ${y - (way[1] / length) * SEES}`;
  };
  return html`${half && html`<path class="plan-view" d=${`M${x} ${y}L${end(-half[0])}L${end(half[0])}Z`} />`}<circle class=${`plan-eye ${isShown ? "shown" : ""}`} cx=${x} cy=${y} r="3.5" />`;
}
