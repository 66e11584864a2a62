"use strict";

const COLORS = ["#e6553f", "#2f7fd6", "#2b9a57", "#a04fd0", "#d98a00", "#0aa3a3", "#d6408f", "#7a8a1d"];
const SVG = "http://www.w3.org/2000/svg";
const data = JSON.parse(document.getElementById("data").textContent);

function make(name, className, text) {
  const element = document.createElement(name);
  element.className = className ?? "";
  element.textContent = text ?? "";
  return element;
}

/** Lights what is linked and dims the rest of the scene; nothing when there is nothing. */
function light(scene, linked) {
  for (const element of scene.querySelectorAll(".caption.active .word, .box")) {
    const lit = linked.includes(element);
    element.classList.toggle("lit", lit);
    element.classList.toggle("dim", linked.length > 0 && !lit);
  }
}

function onPoint(element, enter, leave) {
  for (const kind of ["pointerenter", "focus"]) {
    element.addEventListener(kind, enter);
  }
  for (const kind of ["pointerleave", "blur"]) {
    element.addEventListener(kind, leave);
  }
}

/** A color for each set of words, so that boxes of the same words share it. */
function colors(boxes) {
  const names = new Map();
  for (const b of [...boxes].sort((a, c) => (a.words[0]?.[0] ?? 0) - (c.words[0]?.[0] ?? 0))) {
    const name = b.words.join(" ");
    if (!names.has(name)) {
      names.set(name, COLORS[names.size % COLORS.length]);
    }
  }
  return (b) => names.get(b.words.join(" "));
}

function wordsOf(caption, box) {
  return box.words.map(([begin, end]) => caption.text.slice(begin, end)).join(", ");
}

function drawBox(scene, caption, box, isTruth, color) {
  const [x0, y0, x1, y1] = box.box;
  const left = Math.max(0, x0);
  const top = Math.max(0, y0);
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", isTruth ? "box true" : "box predicted");
  group.setAttribute("tabindex", "0");
  const verdict = box.right === undefined ? "" : box.right ? ", right" : ", wrong";
  const name = isTruth
    ? `truth: ${wordsOf(caption, box)}`
    : `${wordsOf(caption, box)} ${box.score.toFixed(2)}${verdict}`;
  group.setAttribute("aria-label", name);
  group.style.setProperty("--color", color ?? "#fff");
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("x", left);
  rect.setAttribute("y", top);
  rect.setAttribute("width", Math.max(0, Math.min(scene.width, x1) - left));
  rect.setAttribute("height", Math.max(0, Math.min(scene.height, y1) - top));
  const label = document.createElementNS(SVG, "text");
  label.setAttribute("x", left + 1);
  label.setAttribute("y", top + 6);
  label.setAttribute("font-size", Math.max(scene.width, scene.height) / 32);
  label.textContent = name;
  group.append(rect, label);
  return group;
}

/** The caption as text, with an element for each stretch that the same boxes point to. */
function words(caption, boxes) {
  const cuts = new Set([0, caption.text.length]);
  for (const b of boxes) {
    for (const [begin, end] of b.data.words) {
      cuts.add(begin).add(end);
    }
  }
  const places = [...cuts].sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [begin, end] = [places[i], places[i + 1]];
    const of = boxes.filter((b) => b.data.words.some(([from, to]) => from <= begin && end <= to));
    const text = caption.text.slice(begin, end);
    if (of.length === 0 || text.trim() === "") {
      parts.push({ node: document.createTextNode(text), of: [] });
      continue;
    }
    const found = of.find((b) => b.color);
    const node = make("span", found ? "word" : "word missed", text);
    node.tabIndex = 0;
    node.style.setProperty("--color", found?.color ?? "#888888");
    parts.push({ node, of });
  }
  return parts;
}

function addCaption(section, svg, scene, caption) {
  const color = colors(caption.predicted);
  const boxes = [
    // the best is drawn last, on top; the truth above all, since its frames are thin
    ...[...caption.predicted].reverse().map((b) => ({ data: b, color: color(b) })),
    ...caption.truth.map((b) => ({ data: b, isTruth: true })),
  ];
  for (const b of boxes) {
    b.node = drawBox(scene, caption, b.data, Boolean(b.isTruth), b.color);
  }
  const parts = words(caption, boxes);
  const item = make("li", "caption");
  const verdict = make("span", caption.right === caption.all ? "all-right" : "some-wrong");
  verdict.textContent = caption.right === caption.all ? "✓ " : "✗ ";
  if (caption.all > 1) {
    verdict.textContent += `${caption.right} of ${caption.all} `;
  }
  const line = make("div");
  line.append(...parts.map((p) => p.node));
  const kind = make("div", "kind", caption.kind + " ");
  kind.append(verdict);
  item.append(kind, line);
  const activate = () => {
    if (!item.classList.contains("active")) {
      light(section, []);
      section.querySelectorAll(".caption").forEach((c) => c.classList.toggle("active", c === item));
      svg.replaceChildren(...boxes.map((b) => b.node));
    }
  };
  item.addEventListener("pointerenter", activate);
  const dark = () => light(section, []);
  for (const part of parts.filter((p) => p.of.length > 0)) {
    const linked = [part.node, ...part.of.map((b) => b.node)];
    onPoint(part.node, () => {
      activate();
      light(section, linked);
    }, dark);
  }
  for (const b of boxes) {
    const linked = [b.node, ...parts.filter((p) => p.of.includes(b)).map((p) => p.node)];
    onPoint(b.node, () => light(section, linked), dark);
  }
  section.querySelector(".captions").append(item);
  return activate;
}

function addScene(scene, index) {
  const section = make("section", "scene");
  const stage = make("div", "stage");
  const image = make("img");
  image.src = scene.image;
  image.alt = `Scene ${index + 1}`;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${scene.width} ${scene.height}`);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Boxes");
  stage.append(image, svg);
  section.append(stage, make("ol", "captions"));
  document.getElementById("scenes").append(section);
  const activates = scene.captions.map((c) => addCaption(section, svg, scene, c));
  activates[0]?.();
}

document.getElementById("title").textContent = data.title;
for (const s of data.scores) {
  const row = make("tr");
  const interval = `${s.low.toFixed(2)}–${s.high.toFixed(2)}`;
  for (const text of [s.kind, s.all, s.right, (s.right / s.all).toFixed(2), interval]) {
    row.append(make("td", "", text));
  }
  document.getElementById("scores").append(row);
}
data.scenes.forEach(addScene);
for (const kind of ["predicted", "truth"]) {
  const box = document.getElementById(kind);
  box.addEventListener("change", () => document.body.classList.toggle(`hide-${kind}`, !box.checked));
}
