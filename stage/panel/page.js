"use strict";

const PERIOD_MS = 250;
const OLD_MS = 2000;

const figures = new Map();

function figureOf(topic) {
  if (!figures.has(topic)) {
    const [kind, name] = topic.split("/");
    const figure = document.getElementById("picture").content.firstElementChild.cloneNode(true);
    figure.classList.add(kind);
    figure.querySelector(".kind").textContent = kind;
    figure.querySelector(".name").textContent = name;
    figure.querySelector(".full").href = `/preview/${topic}.png`;
    figure.querySelector("img").alt = kind === "wall" ? `What wall ${name} shows` : `Inner picture of camera ${name}`;
    document.getElementById("pictures").append(figure);
    figures.set(topic, { figure, frame: null, loading: false });
  }
  return figures.get(topic);
}

function refresh(picture) {
  const shown = figureOf(picture.topic);
  const old = picture.age_ms !== null && picture.age_ms > OLD_MS;
  shown.figure.classList.toggle("old", old);
  shown.figure.querySelector(".screen").dataset.age = old ? `${Math.round(picture.age_ms / 1000)} s old` : "";
  if (picture.frame === null || picture.frame === shown.frame || shown.loading) {
    return;
  }
  shown.figure.querySelector(".size").textContent = `${picture.width} × ${picture.height}`;
  shown.loading = true;
  const next = new Image();
  next.onload = () => {
    shown.figure.querySelector("img").src = next.src;
    shown.frame = picture.frame;
    shown.loading = false;
  };
  next.onerror = () => { shown.loading = false; };
  next.src = `/preview/${picture.topic}.jpg?frame=${picture.frame}`;
}

function setLink(link, text) {
  document.body.dataset.link = link;
  document.getElementById("link-text").textContent = text;
}

function showLink(pictures) {
  const ages = pictures.filter((picture) => picture.age_ms !== null).map((picture) => picture.age_ms);
  if (ages.length === 0) {
    setLink("stale", "waiting for the show");
  } else if (Math.min(...ages) > OLD_MS) {
    setLink("stale", "no new pictures");
  } else {
    setLink("live", "live");
  }
}

async function follow() {
  try {
    const answer = await fetch("/preview/state.json", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    const { pictures } = await answer.json();
    pictures.forEach(refresh);
    showLink(pictures);
    const frames = pictures.map((picture) => picture.frame).filter((frame) => frame !== null);
    document.getElementById("frame").textContent = frames.length ? String(Math.max(...frames)) : "–";
  } catch {
    setLink("offline", "offline");
  }
  setTimeout(follow, PERIOD_MS);
}

follow();
