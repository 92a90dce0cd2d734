// A wall as it is sent, live.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../parts/html.js";
import { drawOn, watchPicture } from "../link/pictures.js";
import { t } from "../words.js";

/** `width` is the widest picture that is wanted, in pixels. */
export function WallPicture({ name, width }) {
  const canvas = useRef(null);
  useEffect(() => watchPicture(`wall/${name}`, width, drawOn(canvas.current)), [name, width]);
  return html`<canvas ref=${canvas} role="img" aria-label=${t("page.board.wall_as_sent", { wall: name })}></canvas>`;
}
