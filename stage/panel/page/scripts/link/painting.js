// Draws live pictures on canvases, beside the page: one that draws pictures itself hands a touch on only with its next frame.
//
// A browser that cannot draw on a canvas from elsewhere draws on the page.
import { drawBlob } from "./painter.js";

const PAINTER = new URL("./painter.js", import.meta.url);
const CAN_HAND_OVER = typeof Worker === "function" && "transferControlToOffscreen" in HTMLCanvasElement.prototype;

const handedOver = new WeakMap();
const gone = CAN_HAND_OVER ? new FinalizationRegistry((canvas) => painter.postMessage({ canvas })) : null;
const waiting = new Map();
let painter = null;
let canvases = 0;
let pictures = 0;

/** What draws each picture on a canvas, whose own size becomes the picture's; its style decides how large it is on the page. */
export function drawOn(canvas) {
  const draw = CAN_HAND_OVER ? drawnBeside(canvas) : drawnHere(canvas);
  return async (picture) => {
    await draw(picture.blob);
    canvas.dataset.frame = String(picture.frame);
  };
}

function drawnHere(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  return (blob) => drawBlob(context, blob);
}

function drawnBeside(canvas) {
  if (!handedOver.has(canvas)) handOver(canvas);
  return (blob) => new Promise((drawn) => {
    pictures += 1;
    waiting.set(pictures, drawn);
    painter.postMessage({ canvas: handedOver.get(canvas), picture: pictures, blob });
  });
}

// A canvas can be handed over but once, and is known by its number from then on.
function handOver(canvas) {
  painter ??= newPainter();
  canvases += 1;
  handedOver.set(canvas, canvases);
  gone.register(canvas, canvases);
  const offscreen = canvas.transferControlToOffscreen();
  painter.postMessage({ canvas: canvases, offscreen }, [offscreen]);
}

function newPainter() {
  const made = new Worker(PAINTER, { type: "module" });
  made.onmessage = ({ data }) => {
    waiting.get(data)();
    waiting.delete(data);
  };
  return made;
}
