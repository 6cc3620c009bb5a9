// Draws what the model saw. Replies have coordinates in pixels of the picture;
// a canvas has `scale` of its own pixels for one of those.

import { colourOf, textOn } from "./colours.js";
import { placeLabels } from "./labels.js";
import { bitmap, outline } from "./masks.js";
import { limbsOf, visible } from "./skeleton.js";

// Lines are dark outside and bright inside, so that they stand out from ground of any colour, their own too.
const HALO = "rgb(0 0 0 / 45%)";
const BRIGHT = "rgb(255 255 255 / 70%)";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
/** Labels that would cover more of the picture than this are short. */
const ROOM = 0.15;
/** A line takes no more than this part of its box's shorter side, a thick one twice that, so that small boxes are not filled. */
const PART = 1 / 12;
/** So few marked detections keep their labels in a crowd. */
const FEW = 8;
/** What is drawn, labels where there is room for them, and how opaque: masks let the picture through, maps less so, for their colours to be told. */
export const ALL = { boxes: true, labels: true, allLabels: false, keypoints: true, masks: true, opacity: 0.42, mapOpacity: 0.65 };

/**
 * Draws detections, of a classification its classes, and a map of the whole
 * picture, over what the canvas shows.
 *
 *   unit      the thickness of lines, text the size of letters, in canvas pixels
 *   bounds    what is visible, {x, y, width, height} in canvas pixels
 *   layers    what to draw, and how opaque masks are
 *   lit       the detection to set off from the others, but for the selected
 *   marked    a Set: these have thick lines
 *   selected  the detections, pointed at or chosen, that keep their labels
 *   terse     whether labels may leave their confidence out where it is crowded
 *
 * Returns {n, of, crowded, short}: how many of the detections in sight have their labels,
 * whether others wait to be pointed at, as they would cover some, and whether labels leave
 * out their confidence.
 */
export function draw(ctx, { detections, classification = [], map }, { scale, unit, text, bounds, layers = ALL, lit, marked, selected = [], terse = false }) {
  // The surest last, over the others, and what is marked over all.
  const order = [...detections].sort((a, b) => (marked ? marked.has(a) - marked.has(b) : 0) || a.conf - b.conf);
  const faint = (d) => lit && d !== lit && !selected.includes(d);
  const thin = (d) => marked && !marked.has(d) && !selected.includes(d);
  if (layers.masks && map) {
    ctx.globalAlpha = layers.mapOpacity;
    ctx.imageSmoothingEnabled = false; // between two classes there is no third
    ctx.drawImage(map, 0, 0, map.width * scale, map.height * scale);
    ctx.globalAlpha = 1;
  }
  if (layers.masks) for (const d of order) if (d.mask) drawMask(ctx, d, scale, unit, faint(d), layers.opacity);
  for (const d of [...order].sort((a, b) => selected.includes(a) - selected.includes(b))) {
    ctx.globalAlpha = faint(d) ? 0.5 : thin(d) ? 0.75 : 1;
    const line = Math.max(1, Math.min(unit, Math.round(shorterSide(d) * scale * PART)));
    const thick = d === lit || selected.includes(d) || marked?.has(d) ? 2 * line : line;
    if (layers.boxes && d.obb) drawOriented(ctx, d, scale, thick);
    else if (layers.boxes) drawBox(ctx, d, scale, thick);
    if (layers.keypoints && d.keypoints) drawPose(ctx, d, scale, unit);
  }
  ctx.globalAlpha = 1;
  const named = order.filter((d) => !faint(d) && (layers.labels || selected.includes(d)));
  const few = marked && marked.size <= FEW;
  const left = drawLabels(ctx, named, {
    scale, text, bounds, terse,
    selected,
    all: layers.allLabels,
    wanted: (d) => d === lit || selected.includes(d) || (few && marked.has(d)),
  });
  if (layers.labels) drawClasses(ctx, classification, text, bounds);
  return left;
}

/** In pixels of the picture. */
const shorterSide = ({ box: [x1, y1, x2, y2], obb }) => (obb ? Math.min(obb.xywhr[2], obb.xywhr[3]) : Math.min(x2 - x1, y2 - y1));

/** The sides lie inwards of the box's edges, on whole pixels. */
function drawBox(ctx, d, scale, unit) {
  const [x1, y1, x2, y2] = d.box.map((v) => Math.round(v * scale));
  const halo = Math.max(1, Math.round(unit / 3));
  frame(ctx, x1 - halo, y1 - halo, x2 + halo, y2 + halo, halo, HALO);
  frame(ctx, x1 + unit, y1 + unit, x2 - unit, y2 - unit, halo, BRIGHT);
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
  strokeThrice(ctx, path, colourOf(d.cls_id), unit);
}

function strokeThrice(ctx, path, colour, unit) {
  ctx.lineJoin = ctx.lineCap = "round";
  for (const [width, style] of [[2.3, HALO], [1.6, BRIGHT], [1, colour]]) {
    ctx.lineWidth = unit * width;
    ctx.strokeStyle = style;
    ctx.stroke(path);
  }
}

function drawMask(ctx, d, scale, unit, faint, opacity) {
  const colour = colourOf(d.cls_id);
  ctx.globalAlpha = faint ? opacity / 4 : opacity;
  if (d.mask.rle) {
    const mask = bitmap(d.mask.rle, colour);
    ctx.drawImage(mask, 0, 0, mask.width * scale, mask.height * scale);
  } else {
    const path = outline(d.mask, scale);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.fill(path);
    ctx.globalAlpha = faint ? 0.2 : 0.9;
    ctx.lineJoin = "round";
    ctx.lineWidth = unit * 0.6;
    ctx.stroke(path);
  }
  ctx.globalAlpha = 1;
}

function drawPose(ctx, d, scale, unit) {
  const colour = colourOf(d.cls_id);
  const limbs = new Path2D();
  for (const [a, b] of limbsOf(d.keypoints)) {
    limbs.moveTo(a.x * scale, a.y * scale);
    limbs.lineTo(b.x * scale, b.y * scale);
  }
  strokeThrice(ctx, limbs, colour, unit);
  for (const k of d.keypoints.filter(visible)) {
    for (const [radius, fill] of [[2, HALO], [1.6, "#ffffff"], [1, colour]]) {
      ctx.beginPath();
      ctx.arc(k.x * scale, k.y * scale, radius * unit, 0, 2 * Math.PI);
      ctx.fillStyle = fill;
      ctx.fill();
    }
  }
}

/** Labels of what is in sight, the surest last: above the box, within, or below. Returns what [draw] does. */
function drawLabels(ctx, order, { scale, text: size, bounds, terse, selected, all, wanted }) {
  const { height, write } = lettering(ctx, size);
  const full = (d) => `${d.cls} ${d.conf.toFixed(2)}`;
  const widthOf = (text) => Math.ceil(ctx.measureText(text).width + height * 0.6);
  const inSight = ({ box: [x1, y1, x2, y2] }) =>
    x2 * scale > bounds.x && y2 * scale > bounds.y && x1 * scale < bounds.x + bounds.width && y1 * scale < bounds.y + bounds.height;
  order = order.filter(inSight);
  const asked = order.reduce((sum, d) => sum + widthOf(full(d)) * height, 0);
  const short = terse && !all && asked > ROOM * bounds.width * bounds.height;
  const labels = order.map((d) => {
    const text = short && !wanted(d) ? d.cls : full(d);
    const width = widthOf(text);
    let [x1, y1, x2, y2] = d.box.map((v) => Math.round(v * scale));
    if (d.obb) {
      // The corners of the box around are empty: stand at the highest corner.
      const [top] = d.obb.corners.reduce((a, b) => (b[1] < a[1] ? b : a));
      x1 = Math.round(top * scale - width / 2);
      x2 = x1 + width;
    }
    return { d, text, box: [x1, y1, x2, y2], width, height, wanted: all || wanted(d) };
  });
  const placed = placeLabels(labels, bounds);
  for (const { label, ...place } of placed) write(label.text, place, colourOf(label.d.cls_id));
  // What is pointed at would wait too.
  const staying = placed.filter((p) => !p.crowded || !selected.includes(p.label.d));
  return { n: placed.length, of: labels.length, crowded: staying.length < labels.length, short };
}

function drawClasses(ctx, classes, size, bounds) {
  const { height, write } = lettering(ctx, size);
  classes.forEach((c, i) => {
    const text = `${c.cls} ${c.conf.toFixed(2)}`;
    const width = Math.ceil(ctx.measureText(text).width + height * 0.6);
    write(text, { x: bounds.x + size / 3, y: bounds.y + size / 3 + i * (height + 2), width }, colourOf(c.cls_id));
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

/** A picture in its own size with what was seen drawn over it. */
export function drawWhole(image, size, seen, layers) {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const ctx = canvas.getContext("2d");
  if (image) ctx.drawImage(image, 0, 0, size.width, size.height);
  const unit = Math.max(2, Math.round((size.width + size.height) * 0.0015));
  draw(ctx, seen, { scale: 1, unit, text: 6 * unit, layers, bounds: { x: 0, y: 0, ...size } });
  return canvas;
}
