// A wall as it is sent, live.
import { html } from "../parts/html.js";
import { t } from "../words.js";

export function WallPicture({ name, size }) {
  const [width, height] = size ?? [];
  return html`<img class="wall-picture" src=${`/preview/wall/${encodeURIComponent(name)}.mjpeg`} width=${width} height=${height}
    alt=${t("page.board.wall_as_sent", { wall: name })} />`;
}
