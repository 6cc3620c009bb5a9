// The detection that was chosen: its part of the picture, and all that the reply
// says of it.

import { areaOf } from "./masks.js";
import { shown } from "./request.js";
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
  const d = shown(picture?.answer).includes(state.selected) ? state.selected : undefined;
  $("selection").hidden = !d;
  if (!d) return;
  $("selection-title").textContent = `${d.cls} ${d.conf.toFixed(2)}`;
  $("facts").replaceChildren(...factsOf(d, picture.answer.reply.image).map(([name, value]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value }))));
  drawCrop($("crop"), picture, d);
});

/** [name, value] pairs. */
function factsOf(d, image) {
  const [x1, y1, x2, y2] = d.box;
  const facts = [["Box", d.box.join(", ")], ["Size", `${x2 - x1} × ${y2 - y1} pixels`]];
  if (d.obb) {
    const [cx, cy, w, h, angle] = d.obb.xywhr;
    facts.push(["Angle", `${((angle * 180) / Math.PI).toFixed(1)}°`], ["Sides", `${w.toFixed(1)} × ${h.toFixed(1)}`], ["Centre", `${cx.toFixed(1)}, ${cy.toFixed(1)}`]);
  }
  if (d.mask) {
    const area = areaOf(d.mask);
    const share = image ? ` (${((100 * area) / (image.width * image.height)).toFixed(1)} % of the picture)` : "";
    facts.push(["Area", `${Math.round(area).toLocaleString("en")} pixels${share}`]);
  }
  const names = namesOf(d.keypoints ?? []);
  (d.keypoints ?? []).forEach((k, i) => {
    const sure = k.conf === undefined ? "" : `, ${k.conf.toFixed(2)}`;
    facts.push([names[i].replaceAll("_", " ") || `point ${k.name || i}`, `${Math.round(k.x)}, ${Math.round(k.y)}${sure}${visible(k) ? "" : " (hidden)"}`]);
  });
  return facts;
}

/** The box's part of the picture, with a little around it. */
function drawCrop(canvas, { image, answer }, { box: [x1, y1, x2, y2] }) {
  const { width, height } = answer.reply.image ?? image ?? { width: 1, height: 1 };
  const margin = 0.06 * Math.max(x2 - x1, y2 - y1);
  const [left, top] = [Math.max(0, x1 - margin), Math.max(0, y1 - margin)];
  const [w, h] = [Math.max(1, Math.min(width, x2 + margin) - left), Math.max(1, Math.min(height, y2 + margin) - top)];
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
}
