// A live picture on a canvas, and what came with the newest one.
import { useEffect, useRef, useState } from "preact/hooks";
import { drawOn } from "../link/painting.js";
import { watchPicture } from "../link/pictures.js";
import { html } from "../parts/html.js";

/** `told` is called with each picture that was drawn. `label` says what it shows. */
export function LivePicture({ topic, width, label, told }) {
  const place = useRef(null);
  const latest = useRef(told);
  const [drawn, setDrawn] = useState(false);
  latest.current = told;
  useEffect(() => {
    const draw = drawOn(place.current);
    setDrawn(false);
    return watchPicture(topic, width, async (picture) => {
      await draw(picture);
      setDrawn(true);
      if (latest.current) latest.current(picture);
    });
  }, [topic, width]);
  return html`<canvas class=${drawn ? "drawn" : ""} ref=${place} width="16" height="9" role="img" aria-label=${label}></canvas>`;
}
