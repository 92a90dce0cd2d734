// Light cards on a wall's picture: the middle moves, corners size, the stalk turns, and so do two fingers.
import { useRef, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { hold, live, setValues, value } from "../link/values.js";
import { within } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { tell } from "../parts/toast.js";
import { t } from "../words.js";
import { facts } from "../link/facts.js";
import { card, cardPath, cardPlace, onCard, outlineOf, shownCards } from "./card_values.js";
import { directionAt, placeOf, seenFrom } from "./wall_geometry.js";

const TURNS = { minimum: -180, maximum: 180, fade: "circular" };
const SMALLEST_DEG = 0.1;
const LARGEST_DEG = 360;
const DEG = 180 / Math.PI;

/** A wall as the outer eye sees it, whose directions cards are given in. */
export function wallColumns(wall) {
  return seenFrom(wall.outline, eyeOf());
}

function eyeOf() {
  const own = ["x_m", "y_m", "z_m"].map((name) => value(`/outer/${name}`).value);
  return own.includes(undefined) ? facts.value.plan.outer_eye_m : own;
}

/** What lies over one wall's picture. `chosen` is a card's name, `choose` takes another. */
export function CardsOnWall({ wall, chosen, choose }) {
  const columns = wallColumns(wall);
  const [wide, high] = [wall.resolution_px[0], wall.resolution_px[1]];
  const at = ([azimuth, elevation]) => {
    const [x, y] = placeOf(columns, azimuth, elevation);
    return [x * wide, y * high];
  };
  const place = useRef(null);
  const direction = (event) => {
    const box = place.current.getBoundingClientRect();
    return directionAt(columns, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const scale = place.current ? wide / (place.current.getBoundingClientRect().width || wide) : 1;
  return html`<div class="cards-on-wall" ref=${place}>
    <svg viewBox=${`0 0 ${wide} ${high}`} preserveAspectRatio="none">
      ${shownCards().map((name) => html`<${CardShape} key=${name} name=${name} at=${at} isChosen=${name === chosen} choose=${choose} direction=${direction} scale=${scale} />`)}
    </svg>
    ${shownCards().map((name) => html`<${CardName} key=${name} name=${name} at=${at} size=${[wide, high]} />`)}
  </div>`;
}

function CardName({ name, at, size }) {
  const one = card(name);
  const [x, y] = at(onCard(one, -one.width / 2, one.height / 2));
  if (x < 0 || x > size[0]) return null;
  const [left, top] = [(x / size[0]) * 100, Math.max(0, (y / size[1]) * 100)];
  return html`<span class=${`card-name ${one.enabled ? "" : "off"}`} style=${{ left: `${left}%`, top: `${top}%` }}><bdi>${name}</bdi>${one.enabled ? "" : `${t("page.comma")}${t("page.off")}`}</span>`;
}

function CardShape({ name, at, isChosen, choose, direction, scale }) {
  const [wish, setWish] = useState(null);
  const drag = useRef(null);
  const one = { ...card(name), ...(wish || {}) };
  const path = (points) => `M${points.map((point) => point.map((part) => part.toFixed(1)).join(" ")).join("L")}Z`;
  const outline = path(outlineOf(one).map(at));
  const feather = one.feather > 0 ? path(outlineOf(one, one.feather).map(at)) : "";
  const may = live.value && isDirector.value;

  const begin = (part) => (event) => {
    if (event.button > 0) return;
    event.stopPropagation();
    choose(name);
    if (!may) return;
    const here = direction(event);
    if (drag.current) {
      drag.current.second = { pointer: event.pointerId, here };
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const names = PARTS[part].names.map((what) => cardPath(name, what));
    drag.current = { pointer: event.pointerId, part, from: card(name), here, last: here, lease: null, names, x: event.clientX, y: event.clientY };
  };
  const move = (event) => {
    const own = drag.current;
    if (!own) return;
    const here = direction(event);
    if (own.second && event.pointerId === own.second.pointer) return turnByTwo(own, here);
    if (event.pointerId !== own.pointer) return;
    if (!own.lease) {
      if (Math.hypot(event.clientX - own.x, event.clientY - own.y) < 4) return;
      own.lease = hold(...own.names);
    }
    own.last = here;
    if (!own.second) give(PARTS[own.part].moved(own.from, own.here, here), own.part);
  };
  // The angle between two fingers turns the card: what they were apart, seen from the first, and what they are now.
  const turnByTwo = (own, here) => {
    const angle = (to) => Math.atan2(to[1] - own.last[1], -(to[0] - own.last[0])) * DEG;
    const turned = angle(own.second.here) - angle(here);
    if (!own.turning) { own.turning = card(name).roll; own.lease = own.lease || hold(cardPath(name, "roll_deg")); }
    give({ roll: within(own.turning + turned, TURNS) }, "turn");
  };
  const give = (wanted, part) => {
    setWish(wanted);
    const values = Object.fromEntries(Object.entries(wanted).map(([what, found]) => [cardPath(name, `${what}_deg`), found]));
    setValues(values).then((answer) => tell(answer, name));
    return part;
  };
  const end = async (event) => {
    const own = drag.current;
    if (!own || (own.second && event.pointerId === own.second.pointer)) return own && (own.second = null);
    drag.current = null;
    if (own.lease) await own.lease.drop();
    if (!drag.current) setWish(null);
  };
  const grip = (part) => ({ onPointerDown: begin(part), onPointerMove: move, onPointerUp: end, onPointerCancel: end });
  const corner = (x, y) => at(onCard(one, (one.width / 2) * x, (one.height / 2) * y));
  const side = at(onCard(one, one.width / 2, 0));
  const stalk = [side[0] + 38 * scale * Math.cos(one.roll / DEG), side[1] + 38 * scale * Math.sin(one.roll / DEG)];
  const looks = ["card-shape", one.kind, one.enabled ? "on" : "off", isChosen && "chosen"];
  return html`<g class=${looks.filter(Boolean).join(" ")} data-card=${name}>
    ${one.enabled && feather && html`<path class="feather" d=${feather} />`}
    <path class="body" d=${outline} ...${grip("move")} />
    ${isChosen && html`<path class="stalk" d=${`M${side[0]} ${side[1]}L${stalk[0]} ${stalk[1]}`} />
      ${[[-1, 1], [1, 1], [1, -1], [-1, -1]].map(([x, y]) => html`<${Grip} key=${`${x}${y}`} at=${corner(x, y)} scale=${scale} kind="corner" handlers=${grip("size")} />`)}
      <${Grip} at=${stalk} scale=${scale} kind="turn" handlers=${grip("turn")} />`}
  </g>`;
}

function Grip({ at: [x, y], scale, kind, handlers }) {
  return html`<g ...${handlers}><circle class="reach" cx=${x} cy=${y} r=${28 * scale} /><circle class=${`grip ${kind}`} cx=${x} cy=${y} r=${7 * scale} /></g>`;
}

const bounded = (size) => Math.min(LARGEST_DEG, Math.max(SMALLEST_DEG, size));

/** What each part of a card moves, and how: from its values before, where the finger began, and where it is. */
const PARTS = {
  move: {
    names: ["azimuth_deg", "elevation_deg"],
    moved: (from, began, here) => ({ azimuth: within(from.azimuth + here[0] - began[0], TURNS), elevation: Math.min(90, Math.max(-90, from.elevation + here[1] - began[1])) }),
  },
  size: {
    names: ["width_deg", "height_deg"],
    moved: (from, began, here) => {
      const [wide, high] = cardPlace(from, ...here).map(Math.abs);
      return { width: bounded(2 * wide), height: bounded(2 * high) };
    },
  },
  turn: {
    names: ["roll_deg"],
    moved: (from, began, here) => {
      const [x, y] = cardPlace({ ...from, roll: 0 }, ...here);
      return { roll: within(-Math.atan2(y, x) * DEG, TURNS) };
    },
  },
};
