// Which world's picture is being placed, and the values of its layer.
import { signal } from "@preact/signals";
import { parameters } from "../link/parameters.js";
import { value } from "../link/values.js";
import { view } from "./view.js";

/** The key of the world whose picture is placed. */
export const placedKey = signal("");

export function openPlacing(key) {
  placedKey.value = key;
  view.value = "placing";
  scrollTo(0, 0);
}

/** The key of a world's nearest layer that is a picture; "" where there is none. */
export function pictureLayer(world) {
  return layersWith(world, "projection").at(-1) || "";
}

/** The keys of a world's layers that are 3D scenes. */
export function sceneLayers(world) {
  return layersWith(world, "floor_m");
}

/** The layers of a world that have a value of that name, the farthest first. */
function layersWith({ layers }, what) {
  return layers.filter((layer) => parameters.value.has(layerPath(layer, what)));
}

export function layerPath(layer, what) {
  return `/layer/${layer}/${what}`;
}

/** Where a layer's picture is now. */
export function placement(layer) {
  const of = (what) => value(layerPath(layer, what)).peek();
  return { flat: of("projection") === "flat", turn_deg: of("turn_deg"), horizon: of("horizon"), roll_deg: of("roll_deg"), width_deg: of("width_deg"), span_deg: of("span_deg") };
}

/** The value that says how large the picture is; null for a sphere all around, which has no size. */
export function sizeOf(now) {
  return now.flat ? "width_deg" : now.span_deg < 360 ? "span_deg" : null;
}
