// What a value is called where it stands alone: its name, with the camera, wall, light or layer that it is of.
import { html } from "./html.js";
import { nameOf } from "./amounts.js";
import { t } from "../words.js";

export function valueTitle(path) {
  const [, family, which, ...rest] = path.split("/");
  if (family === "lights" && which === "group") return html`<bdi>${t("page.lights_group", { group: rest[0] })}</bdi>: ${nameOf(path)}`;
  return html`${rest.length && family !== "sky" ? html`<bdi>${which}</bdi>: ` : ""}${nameOf(path)}`;
}
