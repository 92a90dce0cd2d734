// Draws live pictures on canvases, beside the page: one that draws pictures itself hands a touch on only with its next frame.
//
// A browser that cannot draw on a canvas from elsewhere, or finds nobody who would, draws on the page.
import { READY, drawBlob } from "./painter.js";

const PAINTER = new URL("./painter.js", import.meta.url);
const CAN_HAND_OVER = typeof Worker === "function" && "transferControlToOffscreen" in HTMLCanvasElement.prototype;

const handedOver = new WeakMap();
const waiting = new Map();
let painter = null;
let canvases = 0;
let pictures = 0;

/** What draws each picture on a canvas, whose own size becomes the picture's; its style decides how large it is on the page. */
export function drawOn(canvas) {
  let way = null;
  return async ({ blob, frame }) => {
    way ??= wayOf(canvas);
    await (await way)(blob);
    canvas.dataset.frame = String(frame);
  };
}

// A canvas is handed over once it is known that somebody takes it: it cannot come back.
async function wayOf(canvas) {
  painter ??= CAN_HAND_OVER ? newPainter() : null;
  const worker = await painter;
  if (worker) return drawnBeside(worker, canvas);
  const context = canvas.getContext("2d", { alpha: false });
  return (blob) => drawBlob(context, blob);
}

function drawnBeside({ worker, gone }, canvas) {
  if (!handedOver.has(canvas)) {
    canvases += 1;
    handedOver.set(canvas, canvases);
    gone.register(canvas, canvases);
    const offscreen = canvas.transferControlToOffscreen();
    worker.postMessage({ canvas: canvases, offscreen }, [offscreen]);
  }
  return (blob) => new Promise((drawn) => {
    pictures += 1;
    waiting.set(pictures, drawn);
    worker.postMessage({ canvas: handedOver.get(canvas), picture: pictures, blob });
  });
}

// A worker that draws, and what tells it of canvases that are gone; null where none could be loaded.
function newPainter() {
  return new Promise((begun) => {
    const worker = new Worker(PAINTER, { type: "module" });
    const gone = new FinalizationRegistry((canvas) => worker.postMessage({ canvas }));
    worker.onerror = () => begun(null);
    worker.onmessage = ({ data }) => {
      if (data === READY) return begun({ worker, gone });
      waiting.get(data)();
      waiting.delete(data);
    };
  });
}
