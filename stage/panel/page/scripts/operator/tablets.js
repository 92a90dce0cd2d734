// Tablets: who is here and may do what; a code for another one; renaming, another role, and sending one away.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Sheet } from "../parts/sheet.js";
import { toast } from "../parts/toast.js";
import { isOperator, me } from "../link/me.js";
import { status } from "../link/values.js";
import { nameOf } from "../parts/amounts.js";
import { listed, refusal, t } from "../words.js";
import { fetched, useAsked } from "../link/facts.js";
import { span } from "./figures.js";
import { HeldButton } from "../parts/held_button.js";
import { Nothing } from "./layout.js";

const EVERY_MS = 3000;
const FEW = 3;
const ROLES = ["viewer", "director", "operator"];
const tablets = signal([]);

async function askForTablets() {
  if (!isOperator.peek()) return;
  tablets.value = (await fetched("/api/v1/tablets")).tablets.filter((one) => !one.revoked);
}

async function posted(address, body) {
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    toast(() => refusal(found), { icon: "warn" });
    return null;
  }
  return found;
}

async function changedTablet(body) {
  if (await posted("/api/v1/tablets", body)) await askForTablets();
}

/** Those that are here, beside the plan, with the key that pairs another one. */
export function TabletsAside() {
  useAsked(askForTablets, EVERY_MS);
  return html`<section class="list tablets" aria-label=${t("page.board.view.tablets")}>
    <div class="title"><h2>${t("page.board.view.tablets")}</h2><${PairKey} /></div>
    ${tablets.value.slice(0, FEW).map((one) => html`<${Row} key=${one.id} one=${one} />`)}
    ${!tablets.value.length && html`<p class="empty">${t("page.board.no_tablets")}</p>`}</section>`;
}

/** All tablets, and what may be done with each. */
export function TabletsPage() {
  useAsked(askForTablets, EVERY_MS);
  return html`<section class="list tablets tablets-page" aria-label=${t("page.board.view.tablets")}>
    <div class="title"><h1>${t("page.board.view.tablets")}</h1>${tablets.value.length > 0 && html`<${PairKey} />`}</div>
    ${tablets.value.map((one) => html`<div class="tablet" key=${one.id}><${Row} one=${one} /><${Edit} one=${one} /></div>`)}
    ${!tablets.value.length && html`<${Nothing} icon="tablet" words=${t("page.board.no_tablets")} note=${t("page.board.pair_note")}><${PairKey} /><//>`}</section>`;
}

function Row({ one }) {
  const moving = status.value?.leases.find((lease) => lease.who && lease.who === one.name);
  const words = listed(t(`page.${one.role}`), moving && t("page.board.is_moving", { path: nameOf(moving.path) }));
  return html`<div class="row ${one.connected ? "" : "dim"}" data-tablet=${one.id}><${Icon} name="tablet" />
    <span class="what"><b><bdi>${one.name || t("page.board.tablet_without_name")}</bdi>${one.id === me.value.tablet && html` <small>${t("page.board.this_tablet")}</small>`}</b>
      <small>${words}</small></span>
    <span class="r">${one.connected ? html`<i class="mark good"></i>` : html`<small>${one.seen_s === null ? "–" : t("page.board.ago", { span: span(one.seen_s) })}</small>`}</span></div>`;
}

function Edit({ one }) {
  const [name, setName] = useState(one.name);
  return html`<div class="edit">
    <label class="field"><small>${t("page.board.name_of_tablet")}</small><input value=${name} maxlength="64" autocomplete="off"
      onInput=${(event) => setName(event.currentTarget.value)} /></label>
    <button type="button" class="button" disabled=${!name || name === one.name} onClick=${() => changedTablet({ id: one.id, rename: name })}>
      ${t("page.board.rename")}</button>
    <label class="field"><small>${t("page.board.role")}</small><span class="select"><select value=${one.role}
      onChange=${(event) => changedTablet({ id: one.id, role: event.currentTarget.value })}>
      ${ROLES.map((role) => html`<option key=${role} value=${role}>${t(`page.${role}`)}</option>`)}</select></span></label>
    ${one.locked && html`<button type="button" class="button" onClick=${() => changedTablet({ id: one.id, unlock: true })}>
      <${Icon} name="unlock" size=${20} />${t("page.board.unlock")}</button>`}
    <${HeldButton} label=${t("page.board.revoke")} held=${() => changedTablet({ id: one.id, revoke: true })} />
    <small class="address"><bdi>${one.address}</bdi></small></div>`;
}

function PairKey() {
  const [open, setOpen] = useState(false);
  if (!isOperator.value) return null;
  return html`<button type="button" class="button" onClick=${() => setOpen(true)}><${Icon} name="plus" size=${20} />${t("page.board.pair")}</button>
    ${open && html`<${Pairing} close=${() => setOpen(false)} />`}`;
}

// The code for one more tablet, as digits and as what its camera reads; it ends by itself.
function Pairing({ close }) {
  const [role, setRole] = useState("director");
  const [code, setCode] = useState(null);
  const [left, setLeft] = useState(0);
  const wanted = async () => {
    const found = await posted("/api/v1/pair/code", { role });
    if (!found) return close();
    // An element of a page becomes a picture of its own with the name of its kind.
    const drawn = found.qr_svg.replace(/^<svg(?![^>]*xmlns=)/, '<svg xmlns="http://www.w3.org/2000/svg"');
    const picture = URL.createObjectURL(new Blob([drawn], { type: "image/svg+xml" }));
    setCode({ ...found, picture, ends: performance.now() + found.expires_s * 1000 });
    setLeft(found.expires_s);
  };
  useEffect(() => { wanted(); }, [role]);
  useEffect(() => {
    const timer = setInterval(() => setLeft(code ? Math.max(0, (code.ends - performance.now()) / 1000) : 0), 500);
    return () => { clearInterval(timer); if (code) URL.revokeObjectURL(code.picture); };
  }, [code]);
  return html`<${Sheet} title=${t("page.board.pair_tablet")} close=${close}>
    <div class="keys" role="radiogroup" aria-label=${t("page.board.role")}>${ROLES.map((one) => html`<button type="button" class="pick" role="radio"
      key=${one} aria-checked=${role === one} onClick=${() => setRole(one)}>${t(`page.${one}`)}</button>`)}</div>
    ${code && html`<div class="pairing ${left ? "" : "over"}"><img class="qr" src=${code.picture} alt=${t("page.board.qr_of", { url: code.url })} />
      <div><p class="code">${code.code.replace(/(\d{4})(?=\d)/g, "$1 ")}</p>
        <p><bdi>${code.url.replace(/[?#].*$/, "")}</bdi></p>
        <p class="note" role="timer">${left ? t("page.board.code_lasts", { span: span(left) }) : t("page.board.code_over")}</p>
        ${!left && html`<button type="button" class="button" onClick=${wanted}>${t("page.board.another_code")}</button>`}</div></div>`}
  <//>`;
}
