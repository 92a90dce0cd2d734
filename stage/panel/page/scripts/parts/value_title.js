// What a value is called where it stands alone: its name, with the camera, wall, light or layer that it is of.
import { html } from "./html.js";
import { nameOf } from "./amounts.js";

export function valueTitle(path) {
  const [, family, which, ...rest] = path.split("/");
  return html`${rest.length && family !== "sky" ? html`<bdi>${which}</bdi>: ` : ""}${nameOf(path)}`;
}
