// Pictures from this tablet: a file is sent to the stage's library, with a tile that shows how far it is, or why not.
import { signal } from "@preact/signals";
import { isDirector } from "../link/me.js";
import { live } from "../link/values.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Tile } from "../parts/tile.js";
import { toast } from "../parts/toast.js";
import { capital, refusal, t } from "../words.js";
import { askWorlds, worlds } from "./lists.js";
import { openPlacing, pictureLayer, sceneLayers } from "./placed.js";
import { sheet } from "./view.js";

const KINDS = ".png,.jpg,.jpeg,.exr,.hdr,.webp,.avif,.glb,.gltf,.toml,image/*";
const LISTED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** Files on their way: `{id, name, share, sent, why}`; `why` is an answer that refused one. */
const sending = signal([]);
/** The key of the world that this tablet added last. */
export const newest = signal("");
let count = 0;

function note(id, news) {
  sending.value = sending.peek().map((one) => (one.id === id ? { ...one, ...news } : one));
}

function forget(id) {
  sending.value = sending.peek().filter((one) => one.id !== id);
}

/** Sends files one after the other. */
export async function sendPictures(files) {
  if (!live.peek() || !isDirector.peek()) return;
  const all = [...files].map((file) => ({ file, id: (count += 1) }));
  sending.value = [...sending.peek(), ...all.map(({ file, id }) => ({ id, name: file.name, share: 0, sent: false, why: null }))];
  for (const { file, id } of all) {
    const answer = await send(file, (share) => note(id, { share }));
    if (answer.ok) await untilListed(id, answer.file);
    else failed(id, file.name, answer);
  }
}

/** Why a file was refused, without its name where the reason begins with that and a colon. */
function reason(name, why) {
  const text = refusal(why);
  const said = [": ", "："].map((colon) => name + colon).find((begin) => text.startsWith(begin)) ?? "";
  const rest = text.slice(said.length);
  const given = [name, why.values?.at].find((one) => one && rest.startsWith(one)); // a name or key is left as it was given
  return given ? rest : capital(rest);
}

/** The same with the file's name before it. */
function named(name, why) {
  const text = reason(name, why);
  return text.startsWith(name) ? text : `${name}: ${text}`;
}

function failed(id, name, why) {
  note(id, { why });
  toast(() => named(name, why), { icon: "warn" });
}

function send(file, told) {
  return new Promise((resolve) => {
    // Only XMLHttpRequest tells how much of a file has left, over plain http too.
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/library?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => resolve(request.response || { type: "error", code: `${request.status}` });
    request.onerror = () => resolve({ type: "error", reason: "page.not_sent" });
    request.send(file);
  });
}

/** Whether a world is that of a file of the library: its name is the file's stem, or all of it where two share that. */
function isOf(world, file) {
  return world.name === file || world.name === file.replace(/(\.world\.toml|\.[^.]*)$/, "");
}

async function untilListed(id, file) {
  note(id, { share: 1, sent: true });
  const until = performance.now() + LISTED_WITHIN_MS;
  const listed = () => worlds.peek().find((one) => isOf(one, file));
  await askWorlds();
  while (!listed() && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    await askWorlds();
  }
  forget(id);
  const world = listed();
  if (!world || world.state === "failed") return;
  newest.value = world.key;
  toast(() => t("page.picture_added", { world: world.name }), {
    icon: "check", action: { name: t("page.place"), run: () => openPlaceOf(world) },
  });
}

/** The tiles of files on their way, and the one that adds another. */
export function Uploads() {
  const mayNot = !live.value || !isDirector.value;
  const chosen = (event) => {
    sendPictures(event.target.files);
    event.target.value = "";
  };
  return html`${sending.value.map((one) => html`<${Tile} key=${one.id} name=${one.name} data-upload=${one.name} failed=${one.why !== null}
      state=${one.why ? reason(one.name, one.why) : one.sent ? t("page.reading_picture") : t("page.sending", { share: one.share })}
      progress=${one.why ? null : one.share} disabled=${one.why === null} choose=${() => dismiss(one)} />`)}
    ${isDirector.value && html`<label class=${`tile-more add-picture ${mayNot ? "off" : ""}`}><input type="file" accept=${KINDS} multiple disabled=${mayNot} data-request="library" onChange=${chosen} /><${Icon} name="plus" /><span>${t("page.add_picture")}</span></label>`}`;
}

/** A tile that failed says why once more, in full, and goes. */
function dismiss(one) {
  toast(() => named(one.name, one.why), { icon: "warn" });
  forget(one.id);
}

function openPlaceOf(world) {
  if (sceneLayers(world).length) sheet.value = `scene ${world.key}`;
  else openPlacing(world.key);
}

/** The key on a world's tile that opens where its scene stands, or where its picture is. */
export function PlaceKey({ world, shown }) {
  if (!shown || !isDirector.value) return null;
  if (!sceneLayers(world).length && !pictureLayer(world)) return null;
  return html`<button class="place-key" aria-label=${t("page.place_of", { world: world.name })} onClick=${() => openPlaceOf(world)}><${Icon} name="place" size=${18} /></button>`;
}

/** Takes files that are dropped anywhere on the page. */
export function followDrops() {
  const isOfFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  window.addEventListener("dragover", (event) => isOfFiles(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    sendPictures(event.dataTransfer.files);
  });
}
