// The detection that was chosen: its part of the picture, and all that the reply
// says of it.

import { areaOf } from "./masks.js";
import { degrees } from "./oriented.js";
import { shown } from "./request.js";
import { LEAST_VISIBLE } from "./shared.js";
import { namesOf, visible } from "./skeleton.js";
import { select, showPlace, view } from "./stage.js";
import { $, current, element, onChange, state } from "./state.js";

/** CSS pixels of the crop's longer side. */
const CROP = 180;

$("deselect").addEventListener("click", () => {
  select(undefined);
  $("canvases").focus();
});
$("zoom-to").addEventListener("click", () => {
  view.zoomTo(state.selected.box);
  showPlace();
  $("canvases").focus();
});

onChange(() => {
  const picture = current();
  const onlyB = state.compare?.pairs?.right.has(state.selected);
  const d = onlyB || shown(picture?.answer).includes(state.selected) ? state.selected : undefined;
  $("selection").hidden = !d;
  if (!d) return ($("chosen").textContent = "");
  const title = `${d.cls} ${d.conf.toFixed(2)}${onlyB ? ", only in B" : ""}`;
  const facts = factsOf(d, picture.answer.reply.image);
  $("selection-title").textContent = title;
  $("chosen").textContent = [title, ...facts.map(([name, value]) => `${name} ${value}`)].join(", "); // for a screen reader
  $("facts").replaceChildren(...facts.map(([name, value]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value }))));
  showPoints(d.keypoints ?? []);
  drawCrop($("crop"), picture, d);
});

/** Pointing at a key point's row sets it off in the crop. */
const showPoint = (at) => state.selected && drawCrop($("crop"), current(), state.selected, at);
$("points").addEventListener("pointerover", (event) => showPoint(event.target.closest("tbody tr")?.sectionRowIndex));
$("points").addEventListener("pointerleave", () => showPoint());

/** [name, value] pairs. */
function factsOf(d, image) {
  const [x1, y1, x2, y2] = d.box;
  if (d.obb) {
    const [cx, cy, w, h, angle] = d.obb.xywhr;
    return [["Centre", `${cx.toFixed(1)}, ${cy.toFixed(1)} pixels`], ["Width and height", `${w.toFixed(1)} × ${h.toFixed(1)} pixels`],
      ["Angle", `${degrees(angle)} clockwise`], ["Upright box around", `${d.box.join(", ")} pixels`]];
  }
  const facts = [["Upper left corner", `${x1}, ${y1} pixels`], ["Lower right corner", `${x2}, ${y2} pixels`], ["Size", `${x2 - x1} × ${y2 - y1} pixels`]];
  if (d.mask) {
    const area = areaOf(d.mask);
    const share = image ? ` (${((100 * area) / (image.width * image.height)).toFixed(1)} % of the picture)` : "";
    facts.push(["Area", `${Math.round(area).toLocaleString("en")} pixels${share}`]);
  }
  return facts;
}

/** Lists the key points: name, place, and how sure the model is that it is to be seen. */
function showPoints(keypoints) {
  $("points").hidden = !keypoints.length;
  const tells = keypoints.some((k) => k.conf !== undefined);
  $("points-conf").hidden = !tells;
  $("points-note").hidden = !keypoints.some((k) => !visible(k));
  $("points-note").textContent = `Key points below ${LEAST_VISIBLE.toFixed(2)} are likely out of sight; they are not drawn.`;
  const names = namesOf(keypoints);
  $("points").tBodies[0].replaceChildren(...keypoints.map((k, i) => element("tr", {},
    element("td", { textContent: names[i] ? `${i + 1} ${names[i].replaceAll("_", " ")}` : `key point ${i + 1} of ${keypoints.length}` }),
    element("td", { className: "number", textContent: `${Math.round(k.x)}, ${Math.round(k.y)}` }),
    ...(tells ? [element("td", { className: "number", textContent: k.conf?.toFixed(2) ?? "" })] : []))));
}

/** The part of a picture, in its pixels, that a detection's box and its key points, which may lie outside, take, with a little around it: [left, top, width, height]. */
export function partOf({ box: [x1, y1, x2, y2], keypoints = [] }, { width, height }) {
  const points = keypoints.filter(visible);
  const [xs, ys] = [[x1, x2, ...points.map((k) => k.x)], [y1, y2, ...points.map((k) => k.y)]];
  const margin = 0.06 * Math.max(x2 - x1, y2 - y1);
  const [left, top] = [xs, ys].map((v) => Math.max(0, Math.min(...v) - margin));
  return [left, top, Math.max(1, Math.min(width, Math.max(...xs) + margin) - left), Math.max(1, Math.min(height, Math.max(...ys) + margin) - top)];
}

/** A detection's part of the picture, and its key points by their numbers; `at` is the one to set off. */
function drawCrop(canvas, { image, answer }, d, at) {
  const { width, height } = answer.reply.image ?? image ?? { width: 1, height: 1 };
  const { keypoints = [] } = d;
  const [left, top, w, h] = partOf(d, { width, height });
  const gain = CROP / Math.max(w, h);
  canvas.style.width = `${w * gain}px`;
  canvas.style.height = `${h * gain}px`;
  canvas.width = Math.max(1, Math.round(w * gain * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(h * gain * devicePixelRatio));
  canvas.hidden = !image;
  if (!image) return;
  const [sx, sy] = [image.width / width, image.height / height];
  const ctx = canvas.getContext("2d");
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(image, left * sx, top * sy, w * sx, h * sy, 0, 0, canvas.width, canvas.height);
  const scale = canvas.width / w;
  keypoints.forEach((k, i) => {
    if (visible(k) || i === at) drawPoint(ctx, (k.x - left) * scale, (k.y - top) * scale, at === undefined || i === at ? i + 1 : "", i === at ? 2 : 1);
  });
}

/** A dot, `size` times the usual one, and its number. */
function drawPoint(ctx, x, y, number, size) {
  const unit = devicePixelRatio;
  ctx.beginPath();
  ctx.arc(x, y, 3 * size * unit, 0, 2 * Math.PI);
  ctx.fillStyle = "#fff";
  ctx.fill();
  ctx.lineWidth = 1.5 * unit;
  ctx.strokeStyle = "#000";
  ctx.stroke();
  ctx.font = `600 ${11 * size ** 0.5 * unit}px system-ui, sans-serif`;
  ctx.lineWidth = 3 * unit;
  ctx.lineJoin = "round";
  // Left of a dot at the right edge.
  ctx.textAlign = x > ctx.canvas.width - 24 * unit ? "right" : "left";
  const beside = x + (ctx.textAlign === "left" ? 1 : -1) * (3 * size + 3) * unit;
  ctx.strokeText(number, beside, y + 4 * unit);
  ctx.fillText(number, beside, y + 4 * unit);
}
