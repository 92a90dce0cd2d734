// Live pictures of the stage: one WebSocket for all that this page shows, and only while somebody can see it.
//
//   const end = watchPicture("film/A", 640, drawOn(canvas));  // painting.js
//
// A picture is { topic, frame, width, height, sights, note, blob }. The next one comes once what onPicture returns has
// settled, so a slow device gets fewer pictures instead of late ones.

const ADDRESS = "/api/v1/pictures";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

const watches = new Set();
let socket = null;
let pauseMs = FIRST_PAUSE_MS;
let pausing = 0;

export function watchPicture(topic, width, onPicture) {
  const watch = { topic, width, onPicture };
  watches.add(watch);
  follow();
  return () => {
    watches.delete(watch);
    follow();
  };
}

// The widest wish for each topic counts: every watch of a topic gets the same picture.
function wanted() {
  const widths = new Map();
  for (const { topic, width } of watches) {
    widths.set(topic, Math.max(width, widths.get(topic) ?? 1));
  }
  return [...widths].map(([topic, width]) => ({ topic, width: Math.round(width) }));
}

function follow() {
  if (watches.size === 0 || document.hidden) {
    socket?.close();
    socket = null;
    return;
  }
  if (socket === null) {
    open();
  } else if (socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ watch: wanted() }));
  }
}

function open() {
  clearTimeout(pausing);
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${ADDRESS}`);
  opened.binaryType = "arraybuffer";
  opened.onopen = () => opened.send(JSON.stringify({ watch: wanted() }));
  opened.onmessage = ({ data }) => receive(opened, data);
  opened.onclose = () => reopen(opened);
  socket = opened;
}

function reopen(closed) {
  if (socket !== closed) {
    return;
  }
  socket = null;
  pausing = setTimeout(follow, pauseMs);
  pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
}

async function receive(from, data) {
  if (typeof data === "string") {
    console.warn("a picture was refused", data);
    return;
  }
  pauseMs = FIRST_PAUSE_MS;
  const length = new DataView(data).getUint16(0, true);
  const { number, ...header } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 2, length)));
  const picture = { ...header, blob: new Blob([new Uint8Array(data, 2 + length)], { type: "image/jpeg" }) };
  const showing = [...watches].filter((watch) => watch.topic === picture.topic);
  await Promise.allSettled(showing.map(async (watch) => watch.onPicture(picture)));
  if (from.readyState === WebSocket.OPEN) {
    from.send(JSON.stringify({ shown: number }));
  }
}

document.addEventListener("visibilitychange", follow);
