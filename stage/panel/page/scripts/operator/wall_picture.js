// A wall as it is sent, live.
import { useEffect, useRef } from "preact/hooks";
import { drawOn } from "../link/painting.js";
import { watchPicture } from "../link/pictures.js";
import { html } from "../parts/html.js";
import { t } from "../words.js";

const WIDEST = 1280;

/** `size` is the wall's own, in LEDs; the picture is no larger than that. */
export function WallPicture({ name, size }) {
  const canvas = useRef(null);
  const [width, height] = size ?? [WIDEST, WIDEST / 4];
  useEffect(() => watchPicture(`wall/${name}`, Math.min(width, WIDEST), drawOn(canvas.current)), [name, width]);
  return html`<canvas class="wall-picture" ref=${canvas} width=${width} height=${height} style=${{ "--wide": width / height }} role="img"
    aria-label=${t("page.board.wall_as_sent", { wall: name })}></canvas>`;
}
