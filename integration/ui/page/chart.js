// Counts over time: a line for each of the most frequent classes.

import { colourOf } from "./colours.js";
import { element } from "./state.js";

/** Lines at most; further classes are left out, and the legend says so. */
const LINES = 5;

/** Draws frames, [{time, detections, classification}], and their legend. */
export function drawChart(canvas, legend, frames) {
  const series = new Map(); // class id → {cls, counts, most}
  frames.forEach((frame, i) => {
    for (const d of seen(frame)) {
      if (!series.has(d.cls_id)) series.set(d.cls_id, { id: d.cls_id, cls: d.cls, counts: new Array(frames.length).fill(0), sum: 0, most: 0 });
      const s = series.get(d.cls_id);
      s.sum++;
      s.most = Math.max(s.most, ++s.counts[i]);
    }
  });
  const lines = [...series.values()].sort((a, b) => b.sum - a.sum);
  const drawn = lines.slice(0, LINES);
  paint(canvas, frames, drawn);
  const words = drawn.map((s) => `${s.cls} up to ${s.most}`);
  canvas.setAttribute("aria-label", `${frames.length} frames: ${words.join(", ") || "nothing found"}`);
  legend.replaceChildren(...drawn.map((s) => {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = colourOf(s.id);
    return element("span", {}, swatch, `${s.cls} ≤ ${s.most}`);
  }), lines.length > LINES ? `and ${lines.length - LINES} more` : lines.length ? "" : `Nothing found in ${frames.length === 1 ? "the first frame" : `${frames.length} frames`} at these thresholds.`);
}

/** A classification counts as its most probable class. */
const seen = ({ detections, classification }) => (classification?.length ? classification.slice(0, 1) : detections);

function paint(canvas, frames, lines) {
  const ratio = devicePixelRatio;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.round(96 * ratio);
  Object.assign(canvas, { width, height });
  const ctx = canvas.getContext("2d");
  const most = Math.max(1, ...lines.map((s) => s.most));
  const [first, last] = [frames[0].time, frames.at(-1).time];
  const left = 22 * ratio;
  const x = (i) => left + ((frames[i].time - first) / Math.max(1e-6, last - first)) * (width - left - 4 * ratio);
  const y = (n) => height - 4 * ratio - (n / most) * (height - 18 * ratio);
  ctx.fillStyle = ctx.strokeStyle = getComputedStyle(canvas).color;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const n of [0, most]) {
    ctx.globalAlpha = 1;
    ctx.fillText(n, 2 * ratio, y(n));
    ctx.globalAlpha = 0.25;
    ctx.fillRect(left, Math.round(y(n)), width - left, ratio);
  }
  ctx.globalAlpha = 1;
  ctx.lineWidth = 2 * ratio;
  ctx.lineJoin = "round";
  for (const s of lines) {
    ctx.strokeStyle = colourOf(s.id);
    ctx.beginPath();
    s.counts.forEach((n, i) => (i ? ctx.lineTo(x(i), y(n)) : ctx.moveTo(x(i), y(n))));
    if (s.counts.length === 1) ctx.lineTo(x(0) + 2 * ratio, y(s.counts[0]));
    ctx.stroke();
  }
}
