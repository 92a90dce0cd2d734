// The page's one WebSocket: requests with their answers, streams, and connecting again when it is lost.
import { signal } from "@preact/signals";

const AGAIN_MS = [100, 250, 500, 1000];
const ANSWER_MS = 4000;
const LONG_ANSWER_MS = 12000;
const LONG = new Set(["take", "worlds", "look", "cue", "save", "load"]);

/** Whether the socket is open. */
export const connected = signal(false);

const listeners = new Set();
const waiting = new Map();
let socket = null;
let attempts = 0;
let number = 0;
let timer = 0;

/** A session of this page: it survives a reload, and is another one in another tab. */
let session = sessionStorage.getItem("session") || newSession();

function newSession() {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("session", made);
  return made;
}

/** Has `listener` called with every message that is no answer. Returns what ends that. */
export function onMessage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The stage's answer to a request of the wire; an error is an answer, too. Nothing is kept for later. */
export function ask(fields) {
  if (!connected.value) {
    return Promise.resolve(failure("not_connected"));
  }
  number += 1;
  const id = `${session.slice(0, 8)}-${Date.now().toString(36)}-${number}`;
  const patience = LONG.has(fields.type) ? LONG_ANSWER_MS : ANSWER_MS;
  return new Promise((resolve) => {
    const late = setTimeout(() => answered(id, failure("no_answer")), patience);
    waiting.set(id, { resolve, late });
    socket.send(JSON.stringify({ id, ...fields, ...(fields.type === "subscribe" ? {} : { session, client: caller() }) }));
  });
}

/** What people see where this page moves a value; set by the page. */
let caller = () => "";
export function callAs(name) {
  caller = name;
}

function failure(reason) {
  return { type: "error", frame: -1, code: "no_answer", reason: `page.${reason}`, values: {} };
}

function answered(id, answer) {
  const waiter = waiting.get(id);
  if (!waiter) return;
  waiting.delete(id);
  clearTimeout(waiter.late);
  // A session belongs to whoever used it first: a page that became somebody else needs one of its own.
  if (answer.type === "error" && answer.reason === "session_of_another") session = newSession();
  waiter.resolve(answer);
}

/** Connects, and again whenever the connection is lost. */
export function connect() {
  clearTimeout(timer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/ws`);
  socket = opened;
  opened.onopen = () => {
    attempts = 0;
    connected.value = true;
    ask({ type: "subscribe", streams: ["state", "telemetry"] });
  };
  opened.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (waiting.has(message.id)) answered(message.id, message);
    else listeners.forEach((listener) => listener(message));
  };
  opened.onclose = () => lost(opened);
}

function lost(closed) {
  if (closed !== socket) return;
  connected.value = false;
  for (const id of [...waiting.keys()]) answered(id, failure("not_connected"));
  timer = setTimeout(connect, AGAIN_MS[Math.min(attempts, AGAIN_MS.length - 1)]);
  attempts += 1;
}

/** Ends a connection that says nothing any more: a tablet that slept does not learn of its end by itself. */
export function connectAnew() {
  if (socket) {
    const silent = socket;
    silent.onclose = null;
    silent.onmessage = null;
    silent.close();
    lost(silent);
  } else connect();
}
