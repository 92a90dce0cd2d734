// Line icons on a grid of 24, drawn in the colour of the text beside them.
import { html } from "./html.js";

const PATHS = {
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  unlock: "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 6.8-1.2",
  moon: "M19 14.6A7.8 7.8 0 1 1 9.6 5a6.3 6.3 0 0 0 9.4 9.6z",
  sun: "M12 8a4 4 0 1 0 .01 0M12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M18.5 5.5l-1.4 1.4M6.9 17.1l-1.4 1.4",
  menu: "M4 8.5h16M4 15.5h16",
  undo: "M8.5 4.5 4.5 8.5l4 4M4.5 8.5H14a5.5 5.5 0 0 1 0 11h-3",
  redo: "M15.5 4.5l4 4-4 4M19.5 8.5H10a5.5 5.5 0 0 0 0 11h3",
  freeze: "M4 6.5h16v11H4zM10 10v4M14 10v4",
  black: "M4 6.5h16v11H4zM4 16 17 6.5M8.5 17.5 20 9.2",
  back: "M18 6.5v11L9.5 12zM6 6.5v11",
  hold: "M9 6.5v11M15 6.5v11",
  resume: "M8.5 6v12l9.5-6z",
  go: "M5 12h13.5M13 6l6 6-6 6",
  expand: "M4.5 9V4.5H9M19.5 9V4.5H15M4.5 15v4.5H9M19.5 15v4.5H15",
  cards: "M4 7.5h11v11H4zM9 4.5h11v11",
  play: "M8.5 6v12l9.5-6z",
  more: "M9 6l6 6-6 6",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  warn: "M12 4.5 21 19.5H3zM12 10.5v4M12 17v.1",
  info: "M12 3.5a8.5 8.5 0 1 0 .01 0M12 11v5M12 8v.1",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  erase: "M9 6h11v12H9l-5-6zM12 9.5l5 5M17 9.5l-5 5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  tablet: "M6.5 3.5h11v17h-11zM11 17.5h2",
  heading: "M12 3.5v17M12 3.5l-5 6M12 3.5l5 6",
  turn: "M19 12a7 7 0 1 1-2.5-5.4M17 3v4h-4",
  place: "M3.5 12h17M12 3.5v17M9.5 6 12 3.5 14.5 6M9.5 18l2.5 2.5 2.5-2.5",
  fix: "M4 20l9.5-9.5M14.5 3.5v4M14.5 13.5v4M8.5 8.5h3M17.5 10.5h3",
  flip: "M12 3.5v17M9 7 4 17.5h5zM15 7l5 10.5h-5z",
  picture: "M4 5.5h16v13H4zM4 15.5l4.5-4 4 3.5 3-2.5 4.5 4",
};

/** An icon by its name; hidden from readers, since words stand beside it or in the key's label. */
export function Icon({ name, size = 24 }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}
