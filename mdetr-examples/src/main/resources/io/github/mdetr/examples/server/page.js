"use strict";

const COLORS = ["#e6553f", "#2f7fd6", "#2b9a57", "#a04fd0", "#d98a00", "#0aa3a3", "#d6408f", "#7a8a1d"];
const SVG = "http://www.w3.org/2000/svg";
const find = (id) => document.getElementById(id);

let picture = null; // the File that was given
let shown = null; // its object URL

function say(text, isError) {
  find("status").textContent = text;
  find("status").classList.toggle("error", Boolean(isError));
}

function take(file) {
  if (!file) {
    return;
  }
  picture = file;
  if (shown) {
    URL.revokeObjectURL(shown);
  }
  shown = URL.createObjectURL(file);
  find("picture").src = shown;
  find("boxes").replaceChildren();
  find("words").hidden = true;
  find("stage").hidden = false;
  find("hint").textContent = file.name || "A picture";
  say("");
}

async function base64(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

/** A color for each set of phrases, so that boxes of the same words share it. */
function colorOf(detections) {
  const names = new Map();
  const name = (d) => d.phrases.map((p) => p.begin + "-" + p.end).join(" ");
  for (const d of [...detections].sort((a, b) => (a.phrases[0]?.begin ?? 0) - (b.phrases[0]?.begin ?? 0))) {
    if (!names.has(name(d))) {
      names.set(name(d), COLORS[names.size % COLORS.length]);
    }
  }
  return (d) => names.get(name(d));
}

/** Lights what is linked and dims the rest; nothing when there is nothing. */
function light(linked) {
  for (const element of document.querySelectorAll(".word, .box")) {
    const lit = linked.includes(element);
    element.classList.toggle("lit", lit);
    element.classList.toggle("dim", linked.length > 0 && !lit);
  }
}

function onPoint(element, linked) {
  element.addEventListener("pointerenter", () => light(linked()));
  element.addEventListener("pointerleave", () => light([]));
  element.addEventListener("focus", () => light(linked()));
  element.addEventListener("blur", () => light([]));
}

function box(detection, color, size) {
  const { x0, y0, x1, y1 } = detection.box;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "box");
  group.setAttribute("tabindex", "0");
  group.style.setProperty("--color", color);
  const words = detection.phrases.map((p) => p.text).join(", ");
  group.setAttribute("aria-label", `${words} ${detection.score.toFixed(2)}`);
  const rect = document.createElementNS(SVG, "rect");
  const left = Math.max(0, x0);
  const top = Math.max(0, y0);
  rect.setAttribute("x", left);
  rect.setAttribute("y", top);
  rect.setAttribute("width", Math.max(0, Math.min(size.width, x1) - left));
  rect.setAttribute("height", Math.max(0, Math.min(size.height, y1) - top));
  const label = document.createElementNS(SVG, "text");
  const height = Math.max(size.width, size.height) / 40;
  label.setAttribute("x", left + height / 4);
  label.setAttribute("y", top + height * 1.1);
  label.setAttribute("font-size", height);
  label.textContent = `${words} ${detection.score.toFixed(2)}`;
  group.append(rect, label);
  return group;
}

/** The caption as text, with an element for each stretch that the same boxes point to. */
function words(caption, detections, color) {
  const cuts = new Set([0, caption.length]);
  for (const d of detections) {
    for (const p of d.phrases) {
      cuts.add(p.begin).add(p.end);
    }
  }
  const places = [...cuts].sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [begin, end] = [places[i], places[i + 1]];
    const of = detections.filter((d) => d.phrases.some((p) => p.begin <= begin && end <= p.end));
    const text = caption.slice(begin, end);
    if (of.length === 0 || text.trim() === "") {
      parts.push({ node: document.createTextNode(text), of: [] });
      continue;
    }
    const node = document.createElement("span");
    node.className = "word";
    node.tabIndex = 0;
    node.style.setProperty("--color", color(of[0]));
    node.textContent = text;
    parts.push({ node, of });
  }
  return parts;
}

function show(result) {
  const { size, caption, detections, warnings } = result;
  const color = colorOf(detections);
  find("boxes").setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  find("boxes").setAttribute("preserveAspectRatio", "none");
  const parts = words(caption, detections, color);
  // the best is drawn last, on top
  const groups = new Map([...detections].reverse().map((d) => [d, box(d, color(d), size)]));
  for (const [d, group] of groups) {
    onPoint(group, () => [group, ...parts.filter((p) => p.of.includes(d)).map((p) => p.node)]);
  }
  for (const part of parts.filter((p) => p.of.length > 0)) {
    onPoint(part.node, () => [part.node, ...part.of.map((d) => groups.get(d))]);
  }
  find("boxes").replaceChildren(...groups.values());
  find("words").replaceChildren(...parts.map((p) => p.node));
  find("words").hidden = false;
  const count = detections.length === 1 ? "1 box" : `${detections.length} boxes`;
  say([count, ...warnings].join(". "));
}

async function ask(event) {
  event.preventDefault();
  const caption = find("caption").value;
  if (!picture || caption.trim() === "") {
    say(picture ? "Type what to look for." : "Give a picture first.", true);
    return;
  }
  find("find").disabled = true;
  say("Looking…");
  try {
    const response = await fetch("/detect", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        image: await base64(picture),
        caption,
        threshold: Number(find("threshold").value),
      }),
    });
    const answer = await response.json();
    if (response.ok) {
      show(answer.results[0]);
    } else {
      say(answer.error, true);
    }
  } catch (e) {
    say(`The service does not answer: ${e.message}`, true);
  } finally {
    find("find").disabled = false;
  }
}

find("form").addEventListener("submit", ask);
find("file").addEventListener("change", () => take(find("file").files[0]));
document.addEventListener("paste", (event) => take([...event.clipboardData.files][0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    find("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") {
      take([...event.dataTransfer.files].find((f) => f.type.startsWith("image/")));
    }
  });
}
