// Where a 3D scene stands: dragged on the stage's plan, turned and sized with two fingers, and all of it in numbers.
import { useEffect, useRef } from "preact/hooks";
import { facts } from "../link/facts.js";
import { isDirector } from "../link/me.js";
import { parameter } from "../link/parameters.js";
import { hold, live, setValues, status, value } from "../link/values.js";
import { Fader, within } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { tell } from "../parts/toast.js";
import { t } from "../words.js";
import { PlanGrid, PlanInDial, planScale } from "./dial_plan.js";
import { guided } from "./guided.js";
import { worlds } from "./lists.js";
import { layerPath, sceneLayers } from "./placed.js";
import { ValueControl } from "./value_control.js";

const DEG = 180 / Math.PI;
const SIDE = 244;
const PLACE = ["x_m", "y_m", "turn_deg", "scale"];
const ARROW = "M0-16L6-6L2-6L2 12L-2 12L-2-6L-6-6Z";

export function SceneSheet({ of }) {
  const world = worlds.value.find((one) => one.key === of);
  useEffect(() => guided("scene"), []);
  if (!world) return null;
  return html`<h3 class="named"><bdi>${world.name}</bdi></h3>${sceneLayers(world).map((layer) => html`<${Scene} key=${layer} layer=${layer} name=${world.name} />`)}`;
}

function Scene({ layer, name }) {
  return html`<div class="sun-sheet scene"><div class="pad"><${ScenePlan} layer=${layer} name=${name} /><small class="note">${t("page.scene_note")}</small></div>
    <div class="controls">${[...PLACE, "floor_m"].map((what) => html`<${Fader} key=${what} path=${layerPath(layer, what)} />`)}
      ${["moves", "pace"].map((what) => html`<${ValueControl} key=${what} path=${layerPath(layer, what)} />`)}</div></div>`;
}

/** The plan with an arrow where the scene's own origin is: it points to where the scene's front points. */
function ScenePlan({ layer, name }) {
  const drawing = useRef(null);
  const drag = useRef(null);
  useEffect(() => () => drag.current && drag.current.lease.drop(), []);
  const [x, y, turn] = PLACE.map((what) => value(layerPath(layer, what)).value);
  const scale = planScale(facts.value);
  const eye = facts.value ? facts.value.plan.outer_eye_m : [0, 0];
  const disabled = !live.value || !isDirector.value || x === undefined;
  const bound = (what, wanted) => within(wanted, parameter(layerPath(layer, what)), what === "turn_deg");
  const point = ({ clientX, clientY }) => {
    const here = new DOMPoint(clientX, clientY).matrixTransform(drawing.current.getScreenCTM().inverse());
    return [here.x / scale, -here.y / scale];
  };
  // Where the middle of the fingers is, how far they are apart and at which angle: all in metres of the plan.
  const grasp = (fingers) => {
    const [[ax, ay], [bx, by]] = fingers.length > 1 ? fingers : [fingers[0], fingers[0]];
    return { middle: [(ax + bx) / 2, (ay + by) / 2], apart: Math.hypot(bx - ax, by - ay), angle: Math.atan2(by - ay, bx - ax) * DEG };
  };
  const begin = (own) => {
    own.from = grasp([...own.fingers.values()]);
    own.values = Object.fromEntries(PLACE.map((what) => [what, value(layerPath(layer, what)).peek()]));
  };
  const down = (event) => {
    if (disabled || event.button > 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!drag.current) drag.current = { fingers: new Map(), lease: hold(...PLACE.map((what) => layerPath(layer, what))) };
    if (drag.current.fingers.size === 2) return;
    drag.current.fingers.set(event.pointerId, point(event));
    begin(drag.current);
  };
  const move = (event) => {
    const own = drag.current;
    if (!own || !own.fingers.has(event.pointerId) || !live.peek()) return;
    own.fingers.set(event.pointerId, point(event));
    const [{ from, values }, now] = [own, grasp([...own.fingers.values()])];
    const wanted = { x_m: values.x_m + now.middle[0] - from.middle[0], y_m: values.y_m + now.middle[1] - from.middle[1] };
    if (own.fingers.size > 1 && from.apart > 0) {
      wanted.scale = (values.scale * now.apart) / from.apart;
      wanted.turn_deg = values.turn_deg + ((now.angle - from.angle + 540) % 360) - 180;
    }
    const all = Object.entries({ ...values, ...wanted }).map(([what, found]) => [layerPath(layer, what), bound(what, found)]);
    setValues(Object.fromEntries(all)).then((answer) => tell(answer, name));
  };
  const up = (event) => {
    const own = drag.current;
    if (!own || !own.fingers.delete(event.pointerId)) return;
    if (own.fingers.size > 0) return begin(own);
    drag.current = null;
    own.lease.drop();
  };
  const key = (event) => {
    const step = { ArrowRight: [0.1, 0], ArrowLeft: [-0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (!step || disabled) return;
    event.preventDefault();
    const much = event.shiftKey ? 10 : 1;
    setValues({ [layerPath(layer, "x_m")]: bound("x_m", x + step[0] * much), [layerPath(layer, "y_m")]: bound("y_m", y + step[1] * much) }).then((answer) => tell(answer, name));
  };
  // A scene that stands beyond the drawing is shown at its edge.
  const edge = SIDE / 2 - 12;
  const on = (metres) => Math.max(-edge, Math.min(edge, (metres ?? 0) * scale));
  const [left, top] = [on((x ?? 0) - eye[0]), -on((y ?? 0) - eye[1])];
  return html`<svg class="scene-plan" ref=${drawing} viewBox=${`${-SIDE / 2} ${-SIDE / 2} ${SIDE} ${SIDE}`} role="group" tabindex="0" aria-label=${t("page.scene_place", { x: x ?? 0, y: y ?? 0 })}
    data-parameter=${PLACE.map((what) => layerPath(layer, what)).join(" ")} onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} onKeyDown=${key}>
    <rect class="ground" x=${-SIDE / 2} y=${-SIDE / 2} width=${SIDE} height=${SIDE} rx="10" />
    <${PlanGrid} facts=${facts.value} side=${SIDE} />
    <${PlanInDial} facts=${facts.value} status=${status.value} />
    <g transform=${`translate(${left} ${top}) rotate(${-(turn ?? 0)})`}><circle class="reach" r="24" /><path class="scene-arrow" d=${ARROW} /></g></svg>`;
}
