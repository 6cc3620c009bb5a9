// Draws what the model saw. Replies have coordinates in pixels of the picture;
// a canvas has `scale` of its own pixels for one of those.

import { colourOf, textOn } from "./colours.js";
import { limbsOf, visible } from "./skeleton.js";

const HALO = "rgb(0 0 0 / 45%)";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/**
 * Draws detections, and of a classification its classes, over what the canvas
 * shows. `unit` is the thickness of lines and `text` the size
 * of letters in canvas pixels; `lit` is the detection to set off from the others.
 */
export function draw(ctx, { detections, classification = [] }, { scale, unit, text, lit }) {
  // The surest last, over the others.
  const order = [...detections].sort((a, b) => a.conf - b.conf);
  for (const d of order) if (d.mask?.polygons) drawMask(ctx, d, scale, unit, lit);
  for (const d of order) {
    ctx.globalAlpha = lit && d !== lit ? 0.25 : 1;
    if (d.obb) drawOriented(ctx, d, scale, unit);
    else drawBox(ctx, d, scale, unit);
    if (d.keypoints) drawPose(ctx, d, scale, unit);
  }
  ctx.globalAlpha = 1;
  drawLabels(ctx, lit ? [lit] : order, scale, text);
  drawClasses(ctx, classification, text);
}

/** The sides lie inwards of the box's edges, on whole pixels. */
function drawBox(ctx, d, scale, unit) {
  const [x1, y1, x2, y2] = d.box.map((v) => Math.round(v * scale));
  const halo = Math.max(1, Math.round(unit / 3));
  frame(ctx, x1 - halo, y1 - halo, x2 + halo, y2 + halo, halo, HALO);
  frame(ctx, x1 + unit, y1 + unit, x2 - unit, y2 - unit, halo, HALO);
  frame(ctx, x1, y1, x2, y2, unit, colourOf(d.cls_id));
}

/** Four filled sides, which a stroke's antialiasing would blur. */
function frame(ctx, x1, y1, x2, y2, thick, colour) {
  if (x2 <= x1 || y2 <= y1) return;
  ctx.fillStyle = colour;
  const t = Math.min(thick, Math.ceil((x2 - x1) / 2), Math.ceil((y2 - y1) / 2));
  ctx.fillRect(x1, y1, x2 - x1, t);
  ctx.fillRect(x1, y2 - t, x2 - x1, t);
  ctx.fillRect(x1, y1 + t, t, y2 - y1 - 2 * t);
  ctx.fillRect(x2 - t, y1 + t, t, y2 - y1 - 2 * t);
}

function drawOriented(ctx, d, scale, unit) {
  const path = new Path2D();
  d.obb.corners.forEach(([x, y], i) => (i ? path.lineTo(x * scale, y * scale) : path.moveTo(x * scale, y * scale)));
  path.closePath();
  strokeTwice(ctx, path, colourOf(d.cls_id), unit);
}

function strokeTwice(ctx, path, colour, unit) {
  ctx.lineJoin = ctx.lineCap = "round";
  ctx.lineWidth = unit * 1.7;
  ctx.strokeStyle = HALO;
  ctx.stroke(path);
  ctx.lineWidth = unit;
  ctx.strokeStyle = colour;
  ctx.stroke(path);
}

/** Outlines go through the centres of pixels, half a pixel in from their edges. */
function drawMask(ctx, d, scale, unit, lit) {
  const path = new Path2D();
  for (const polygon of d.mask.polygons) {
    polygon.forEach(([x, y], i) => {
      const [cx, cy] = [(x + 0.5) * scale, (y + 0.5) * scale];
      if (i) path.lineTo(cx, cy);
      else path.moveTo(cx, cy);
    });
    path.closePath();
  }
  const faint = lit && d !== lit;
  ctx.fillStyle = ctx.strokeStyle = colourOf(d.cls_id);
  ctx.globalAlpha = faint ? 0.1 : 0.42;
  ctx.fill(path);
  ctx.globalAlpha = faint ? 0.2 : 0.9;
  ctx.lineJoin = "round";
  ctx.lineWidth = unit * 0.6;
  ctx.stroke(path);
  ctx.globalAlpha = 1;
}

function drawPose(ctx, d, scale, unit) {
  const colour = colourOf(d.cls_id);
  const limbs = new Path2D();
  for (const [a, b] of limbsOf(d.keypoints)) {
    limbs.moveTo(a.x * scale, a.y * scale);
    limbs.lineTo(b.x * scale, b.y * scale);
  }
  strokeTwice(ctx, limbs, colour, unit);
  for (const k of d.keypoints.filter(visible)) {
    for (const [radius, fill] of [[2, HALO], [1.6, "#ffffff"], [1, colour]]) {
      ctx.beginPath();
      ctx.arc(k.x * scale, k.y * scale, radius * unit, 0, 2 * Math.PI);
      ctx.fillStyle = fill;
      ctx.fill();
    }
  }
}

/** The surest choose their place first: above the box, within, or below. */
function drawLabels(ctx, order, scale, size) {
  const { height, write } = lettering(ctx, size);
  const taken = [];
  for (const d of [...order].reverse()) {
    const text = `${d.cls} ${d.conf.toFixed(2)}`;
    const width = Math.ceil(ctx.measureText(text).width + height * 0.6);
    let [x1, y1, x2, y2] = d.box.map((v) => Math.round(v * scale));
    if (d.obb) {
      // The corners of the box around are empty: stand at the highest corner.
      const [top] = d.obb.corners.reduce((a, b) => (b[1] < a[1] ? b : a));
      x1 = Math.round(top * scale - width / 2);
      x2 = x1 + width;
    }
    const spots = [[x1, y1 - height], [x1, y1], [x2 - width, y1 - height], [x2 - width, y1], [x1, y2], [x1, y2 - height]]
      .filter(([, y]) => y >= 0 && y + height <= ctx.canvas.height)
      .map(([x, y]) => ({ x: Math.max(0, Math.min(x, ctx.canvas.width - width)), y, width, height }));
    const place = spots.find((s) => !taken.some((t) => overlap(s, t))) ?? spots[0];
    if (!place) continue; // the picture is lower than a line of text
    taken.push(place);
    write(text, place, colourOf(d.cls_id));
  }
}

function drawClasses(ctx, classes, size) {
  const { height, write } = lettering(ctx, size);
  classes.forEach((c, i) => {
    const text = `${c.cls} ${c.conf.toFixed(2)}`;
    const width = Math.ceil(ctx.measureText(text).width + height * 0.6);
    write(text, { x: size / 3, y: size / 3 + i * (height + 2), width, height }, colourOf(c.cls_id));
  });
}

/** Text on a ground of the class's colour. */
function lettering(ctx, size) {
  ctx.font = `600 ${size}px ${FONT}`;
  ctx.textBaseline = "middle";
  const height = Math.round(size * 1.5);
  const write = (text, { x, y, width }, ground) => {
    ctx.fillStyle = ground;
    ctx.fillRect(x, y, width, height);
    ctx.fillStyle = textOn(ground);
    ctx.fillText(text, x + height * 0.3, y + height * 0.54);
  };
  return { height, write };
}

const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
