// The stage lights on the plan: where each stands and points to. From above and from the side a finger moves both.
import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { isOperator } from "../link/me.js";
import { lightPath, lights, screenColour } from "../link/lights.js";
import { facts } from "../link/facts.js";
import { hold, live, setValues, value } from "../link/values.js";
import { html } from "../parts/html.js";
import { tell } from "../parts/toast.js";

const AXES = ["x_m", "y_m", "z_m"];
/** How a step to the right and a step down move a place: the axis, and its sign. */
const MOVES = { above: [[0, 1], [1, -1]], side: [[1, 1], [2, -1]] };
const TO_CENTIMETRES = 100;

/** Whether a finger moves a light: the plan keeps its scale meanwhile. */
export const isMoved = signal(false);

/** A place of a light now: where it stands, or with "aim_" where it points to; null before it is known. */
export function lightPlace(key, which = "") {
  const place = AXES.map((axis) => value(lightPath(key, which + axis)).value);
  return place.includes(undefined) ? null : place;
}

export function PlanLights({ scene, view, chosen }) {
  return (facts.value?.lights ?? []).map((one) => html`<${Light} key=${one.key} one=${one} scene=${scene} view=${view} isChosen=${one.key === chosen} />`);
}

function Light({ one, scene, view, isChosen }) {
  const [place, aim] = [lightPlace(one.key), lightPlace(one.key, "aim_")];
  const body = useMove(one, "", scene, view);
  const end = useMove(one, "aim_", scene, view);
  if (!place || !aim) return null;
  const [[x, y], [aimX, aimY]] = [scene.at(place), scene.at(aim)];
  const now = lights.value.find((found) => found.key === one.key);
  return html`<g class=${`light ${isChosen ? "chosen" : ""}`} data-light=${one.key}>
    <path class="ray" d=${`M${x} ${y}L${aimX} ${aimY}`} />
    ${isChosen && html`<circle class="reach aim" cx=${aimX} cy=${aimY} r="22" ...${end} /><circle class="aim-end" cx=${aimX} cy=${aimY} r="5" />`}
    <circle class="reach body" cx=${x} cy=${y} r="22" ...${body} />
    <circle class="lamp" cx=${x} cy=${y} r="7" style=${{ fill: now ? screenColour(now) : "none" }} />
    <text x=${x} y=${y - 13}>${one.name}</text></g>`;
}

// Moves a place of a light under a finger, by centimetres; all of it is one step of undo.
function useMove(one, which, scene, view) {
  const drag = useRef(null);
  if (!(view in MOVES) || !isOperator.value) return {};
  const paths = AXES.map((axis) => lightPath(one.key, which + axis));
  const finish = () => {
    const own = drag.current;
    drag.current = null;
    isMoved.value = false;
    own?.lease?.drop();
  };
  return {
    onPointerDown: (event) => {
      const place = lightPlace(one.key, which);
      if (!live.peek() || !place) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, y: event.clientY, place, scale: scene.pxPerM, lease: null };
    },
    onPointerMove: (event) => {
      const own = drag.current;
      if (!own) return;
      if (!own.lease) {
        own.lease = hold(...paths);
        isMoved.value = true;
      }
      const wanted = [...own.place];
      const steps = [event.clientX - own.x, event.clientY - own.y];
      MOVES[view].forEach(([axis, sign], way) => { wanted[axis] += (sign * steps[way]) / own.scale; });
      const rounded = wanted.map((part) => Math.round(part * TO_CENTIMETRES) / TO_CENTIMETRES);
      setValues(Object.fromEntries(paths.map((path, axis) => [path, rounded[axis]]))).then((answer) => tell(answer, one.name) || finish());
    },
    onPointerUp: finish,
    onPointerCancel: finish,
  };
}
