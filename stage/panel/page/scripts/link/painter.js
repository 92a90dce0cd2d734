// Draws pictures; as a worker, on the canvases that a page has handed over.

/** What a worker says once it can be given canvases. */
export const READY = 0;

/** Draws a picture, an image file in a blob, on a whole canvas, which becomes as large as it is. */
export async function drawBlob(context, blob) {
  const bitmap = await createImageBitmap(blob);
  const { canvas } = context;
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
}

const LONGEST_MS = 100;

// What a worker draws is on the page with its next frame, which a page that is not seen has none of.
function isOnPage() {
  return new Promise((done) => {
    self.requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, LONGEST_MS);
  });
}

if (typeof document === "undefined") {
  const contexts = new Map();
  // A message has the number of a canvas, and the canvas itself, a picture for it, or nothing more where it is gone.
  self.onmessage = async ({ data: { canvas, offscreen, picture, blob } }) => {
    if (offscreen) {
      contexts.set(canvas, offscreen.getContext("2d", { alpha: false }));
    } else if (blob) {
      await drawBlob(contexts.get(canvas), blob).then(isOnPage, (error) => console.warn("a picture was not drawn", error));
      self.postMessage(picture);
    } else {
      contexts.delete(canvas);
    }
  };
  self.postMessage(READY);
}
