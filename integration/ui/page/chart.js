// Counts over time: a line for each of the most frequent classes.

import { colourOf } from "./colours.js";
import { PALETTE } from "./shared.js";
import { element } from "./state.js";

/** Lines at most; further classes are left out, and the legend says so. */
const LINES = 5;

/** A time in seconds as minutes and seconds: 1:04.2. */
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/**
 * Draws frames, [{time, detections, classification}], with a mark at the last one, the
 * present, and their legend. The axis ends at `end`, in seconds, where that is later.
 */
export function drawChart(canvas, legend, frames, end = 0) {
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
  setColours(drawn);
  paint(canvas, frames, drawn, Math.max(end, frames.at(-1).time));
  const words = drawn.map((s) => `${s.cls} up to ${s.most}`);
  canvas.setAttribute("aria-label", `${frames.length} frames up to ${clock(frames.at(-1).time)}: ${words.join(", ") || "nothing found"}`);
  legend.replaceChildren(...drawn.map((s) => {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = s.colour;
    return element("span", {}, swatch, `${s.cls}: at most ${s.most} at once`);
  }), lines.length > LINES ? element("span", { title: lines.slice(LINES).map((s) => s.cls).join(", "), textContent: `and ${lines.length - LINES} more` }) : lines.length ? "" : `Nothing found in ${frames.length === 1 ? "the first frame" : `${frames.length} frames`} above this confidence.`);
}

/** Gives lines their classes' colours; of two classes with one colour the second takes the next that is free. */
function setColours(lines) {
  const taken = new Set();
  for (const s of lines) {
    s.colour = colourOf(s.id);
    for (let i = PALETTE.indexOf(s.colour); taken.has(s.colour); ) s.colour = PALETTE[++i % PALETTE.length];
    taken.add(s.colour);
  }
}

/** A classification counts as its most probable class. */
const seen = ({ detections, classification }) => (classification?.length ? classification.slice(0, 1) : detections);

function paint(canvas, frames, lines, last) {
  const ratio = devicePixelRatio;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.round(112 * ratio);
  Object.assign(canvas, { width, height });
  const ctx = canvas.getContext("2d");
  const most = Math.max(1, ...lines.map((s) => s.most));
  const first = frames[0].time;
  const left = 22 * ratio;
  const x = (i) => left + ((frames[i].time - first) / Math.max(1e-6, last - first)) * (width - left - 4 * ratio);
  const bottom = height - 20 * ratio;
  const y = (n) => bottom - (n / most) * (bottom - 14 * ratio);
  ctx.fillStyle = ctx.strokeStyle = getComputedStyle(canvas).color;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const n of [0, most]) {
    ctx.globalAlpha = 1;
    ctx.fillText(n, 2 * ratio, y(n));
    ctx.globalAlpha = 0.25;
    ctx.fillRect(left, Math.round(y(n)), width - left, ratio);
  }
  ctx.fillRect(Math.round(x(frames.length - 1)), 14 * ratio, ratio, bottom - 14 * ratio); // the present
  ctx.globalAlpha = 1;
  ctx.fillText(clock(first), left, height - 4 * ratio);
  ctx.textAlign = "right";
  ctx.fillText(clock(last), width - 4 * ratio, height - 4 * ratio);
  ctx.lineWidth = 2 * ratio;
  ctx.lineJoin = "round";
  lines.forEach((s, k) => {
    const aside = 2 * ratio * (k - (lines.length - 1) / 2); // equal counts stand beside each other
    ctx.strokeStyle = s.colour;
    ctx.beginPath();
    s.counts.forEach((n, i) => (i ? ctx.lineTo(x(i), y(n) + aside) : ctx.moveTo(x(i), y(n) + aside)));
    if (s.counts.length === 1) ctx.lineTo(x(0) + 2 * ratio, y(s.counts[0]) + aside);
    ctx.stroke();
  });
}
