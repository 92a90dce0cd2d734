"use strict";

const PERIOD_MS = 250;
const OLD_MS = 2000;
const SLOW_SHARE = 0.95;
const PARKED = "parked";
const ALT = {
  film: (name) => `What film camera ${name} sees`,
  camera: (name) => `Inner picture of camera ${name}`,
  wall: (name) => `What wall ${name} shows`,
};

const figures = new Map();
const inSight = new IntersectionObserver((entries) => {
  entries.forEach((entry) => { entry.target.inSight = entry.isIntersecting; });
});

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still shows what was chosen.
  }
}

function chooseLines(shown, lines) {
  shown.lines = lines;
  shown.figure.querySelectorAll("[data-lines]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.lines === lines));
  });
  showFull(shown);
}

function viewOf(shown) {
  return shown.lines === "" ? "" : `&lines=${shown.lines}&exposure_stops=${shown.exposure}`;
}

function showFull(shown) {
  shown.figure.querySelector(".full").href = `/preview/${shown.topic}.png?${viewOf(shown).slice(1)}`;
}

// The exposure of the view is this page's alone: it changes nothing of the show.
function chooseExposure(shown, label, stops) {
  shown.exposure = stops;
  label.querySelector("input").value = String(stops);
  label.querySelector("output").textContent = stops > 0 ? `+${stops}` : String(stops);
  showFull(shown);
}

function addExposure(shown, name) {
  const key = `openstage.exposure.${name}`;
  const label = document.getElementById("exposure").content.firstElementChild.cloneNode(true);
  const input = label.querySelector("input");
  input.addEventListener("input", () => {
    chooseExposure(shown, label, Number(input.value));
    remember(key, input.value);
    load(shown);
  });
  shown.figure.querySelector("figcaption").after(label);
  const before = Number(remembered(key));
  chooseExposure(shown, label, Math.abs(before) <= Number(input.max) ? before : 0);
}

function addLines(shown, name) {
  const key = `openstage.lines.${name}`;
  const group = document.getElementById("lines").content.firstElementChild.cloneNode(true);
  const buttons = [...group.querySelectorAll("[data-lines]")];
  group.setAttribute("aria-label", `Frame lines of camera ${name}`);
  buttons.forEach((button) => {
    button.addEventListener("click", () => {
      chooseLines(shown, button.dataset.lines);
      remember(key, button.dataset.lines);
      load(shown);
    });
  });
  shown.figure.querySelector("figcaption").after(group);
  const before = remembered(key);
  chooseLines(shown, buttons.some((button) => button.dataset.lines === before) ? before : "all");
}

function figureOf(topic) {
  if (!figures.has(topic)) {
    const [kind, name] = topic.split("/");
    const figure = document.getElementById("picture").content.firstElementChild.cloneNode(true);
    figure.classList.add(kind);
    figure.inSight = true;
    figure.querySelector(".kind").textContent = kind;
    figure.querySelector(".name").textContent = name;
    figure.querySelector(".full").href = `/preview/${topic}.png`;
    figure.querySelector("img").alt = ALT[kind](name);
    document.getElementById("pictures").append(figure);
    inSight.observe(figure);
    const shown = { topic, figure, wanted: "", loaded: "", loading: false, lines: "", exposure: 0 };
    figures.set(topic, shown);
    if (kind === "film") {
      addExposure(shown, name);
      addLines(shown, name);
    }
  }
  return figures.get(topic);
}

function load(shown) {
  const wanted = `${shown.wanted}${viewOf(shown)}`;
  if (shown.wanted === "" || wanted === shown.loaded || shown.loading || document.hidden || !shown.figure.inSight) {
    return;
  }
  shown.loading = true;
  const next = new Image();
  const done = () => { shown.loading = false; };
  next.onload = () => {
    done();
    shown.figure.querySelector("img").src = next.src;
    shown.loaded = wanted;
    load(shown);
  };
  next.onerror = done;
  next.src = `/preview/${shown.topic}.jpg?${wanted}`;
}

// The show sends pictures only while somebody looks: what it sent before this page was opened is old, and no trouble.
function isWatched() {
  return performance.now() > OLD_MS;
}

function refresh(picture) {
  const shown = figureOf(picture.topic);
  const old = isWatched() && picture.age_ms !== null && picture.age_ms > OLD_MS && picture.note === "";
  shown.figure.hidden = picture.note === PARKED;
  shown.figure.classList.toggle("old", old);
  shown.figure.querySelector(".screen").dataset.age = old ? `${Math.round(picture.age_ms / 1000)} s old` : "";
  const note = shown.figure.querySelector(".note");
  if (note.textContent !== picture.note) {
    note.textContent = picture.note;
  }
  if (picture.frame !== null) {
    shown.figure.querySelector(".size").textContent = `${picture.width} × ${picture.height}`;
    shown.wanted = `frame=${picture.frame}&note=${encodeURIComponent(picture.note)}`;
    load(shown);
  }
}

function setLink(link, text) {
  document.body.dataset.link = link;
  document.getElementById("link-text").textContent = text;
}

function showLink(pictures) {
  const ages = pictures.filter((picture) => picture.age_ms !== null).map((picture) => picture.age_ms);
  if (ages.length === 0 || (!isWatched() && Math.min(...ages) > OLD_MS)) {
    setLink("stale", "waiting for the show");
  } else if (Math.min(...ages) > OLD_MS) {
    setLink("stale", "no new pictures");
  } else {
    setLink("live", "live");
  }
}

function fill(id, lines) {
  const list = document.getElementById(id);
  list.replaceChildren(...lines.map(({ text, state }) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.dataset.state = state || "";
    return item;
  }));
}

function takeOf(take) {
  return take.state === "idle" ? "no take" : `take ${take.name} ${take.state}`;
}

function showStatus(status) {
  document.getElementById("status").hidden = !status;
  if (!status) {
    return;
  }
  const pace = `${status.true_rate_hz.toFixed(1)} of ${status.rate_hz.toFixed(2).replace(/\.?0+$/, "")} frames a second`;
  fill("pace", [
    { text: pace, state: status.true_rate_hz < SLOW_SHARE * status.rate_hz ? "slow" : "" },
    { text: takeOf(status.take), state: status.take.state },
  ]);
  fill("trackers", Object.entries(status.trackers).map(([name, one]) => (
    { text: `${name}: ${one.state}, ${one.rate_hz.toFixed(1)} Hz`, state: one.state })));
  fill("in-force", status.in_force.map((one) => ({ text: `in force: ${one.text}` })));
  fill("health", status.health.map((text) => ({ text })));
}

// A page that nobody sees asks for nothing, and so has the show draw nothing.
async function follow() {
  if (document.hidden) {
    setTimeout(follow, PERIOD_MS);
    return;
  }
  try {
    const answer = await fetch("/preview/state.json", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    const { pictures, status } = await answer.json();
    pictures.forEach(refresh);
    showStatus(status);
    showLink(pictures);
    const frames = pictures.map((picture) => picture.frame).filter((frame) => frame !== null);
    document.getElementById("frame").textContent = frames.length ? String(Math.max(...frames)) : "–";
  } catch {
    setLink("offline", "offline");
    showStatus(null);
  }
  setTimeout(follow, PERIOD_MS);
}

follow();
