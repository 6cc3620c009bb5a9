// Class maps and depth: the whole picture's, coloured to be laid over it, and what
// their colours mean.

import { colourOf } from "./colours.js";
import { grey16 } from "./png.js";
import { changed, element } from "./state.js";

const maps = new WeakMap(); // reply → canvas; null while it is decoded
const distances = new WeakMap(); // reply with depth → {width, height, values}, of 16 bits

/** The coloured map of a reply; undefined where it has none, or not yet. `changed` follows then. */
export function mapOf(reply) {
  const text = reply?.semantic?.class_map ?? reply?.depth?.map?.png;
  if (!text) return undefined;
  if (!maps.has(reply)) {
    maps.set(reply, null);
    paint(reply, text).then((canvas) => {
      maps.set(reply, canvas);
      changed();
    }, () => {}); // without its map the reply's numbers stay
  }
  return maps.get(reply) ?? undefined;
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

const paint = (reply, text) => (reply.depth ? paintDepth(reply, bytesOf(text)) : paintClasses(reply, bytesOf(text)));

/** Colours a PNG of class ids. */
async function paintClasses(reply, bytes) {
  const grey = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(grey.width, grey.height);
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(grey, 0, 0);
  const pixels = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const colour = classColours(reply.semantic.classes, pixels.data);
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set(colour[pixels.data[i]] ?? [0, 0, 0, 0], i);
  ctx.putImageData(pixels, 0, 0);
  return canvas;
}

/** Colours a PNG of distances, and keeps them. */
async function paintDepth(reply, bytes) {
  const grey = await grey16(bytes);
  distances.set(reply, grey);
  const canvas = new OffscreenCanvas(grey.width, grey.height);
  const ctx = canvas.getContext("2d");
  const pixels = ctx.createImageData(grey.width, grey.height);
  const colour = Array.from({ length: 256 }, (_, v) => [...warmth(v), 255]);
  grey.values.forEach((v, i) => pixels.data.set(colour[v >> 8], 4 * i));
  ctx.putImageData(pixels, 0, 0);
  return canvas;
}

/**
 * How far away a point of the picture is, in words; "" where that is not known. There are
 * as many digits as the map's steps are fine, to centimetres.
 */
export function distanceAt(reply, x, y) {
  const map = distances.get(reply);
  const [column, row] = [x, y].map(Math.floor);
  if (!map || column < 0 || row < 0 || column >= map.width || row >= map.height) return "";
  const { offset, scale } = reply.depth.map;
  const metres = offset + map.values[row * map.width + column] * scale;
  const digits = Math.min(2, Math.max(0, Math.ceil(-Math.log10(scale || 1e-3))));
  return metres > 0 ? `${metres.toFixed(digits)} m` : "No distance";
}

/** Colours by class id. Of a model with one class, 1 is that class and 0 the rest. */
function classColours(classes, data) {
  const binary = classes.length === 1 && classes[0].cls_id === 0 && data.some((v, i) => i % 4 === 0 && v === 1);
  const colours = [];
  for (const { cls_id } of classes) {
    const hex = colourOf(cls_id);
    colours[binary ? 1 : cls_id] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).concat(255);
  }
  return colours;
}

/** A distance's colour, as package annotate draws it: near is bright, far is dark. */
export function warmth(v) {
  const near = 255 - v;
  return [Math.min(2 * near, 255), Math.max(2 * near - 255, 0), Math.max(near - 192, 0)];
}

/** As the table has them at first. */
const byShare = (classes) => [...classes].sort((a, b) => b.share - a.share);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Writes what the colours of a reply's map mean; nothing for other replies. */
export function showLegend(legend, reply, layers) {
  legend.hidden = !reply?.semantic && !reply?.depth;
  if (legend.hidden) return;
  const mixed = layers.masks && layers.mapOpacity < 1 ? element("span", { textContent: "Below full opacity the picture’s colours mix in." }) : "";
  if (reply.semantic) {
    legend.replaceChildren(...byShare(reply.semantic.classes).map((c) => {
      const swatch = element("span", { className: "swatch" });
      swatch.style.background = colourOf(c.cls_id);
      return element("span", {}, swatch, `${c.cls} ${percent(c.share)}`);
    }), mixed);
    return;
  }
  const { min, max, mean } = reply.depth;
  const ramp = element("span", { className: "ramp" });
  ramp.style.background = `linear-gradient(to right, ${[0, 64, 128, 192, 255].map((v) => `rgb(${warmth(v)})`)})`;
  legend.replaceChildren(element("span", {}, `near ${min.toFixed(2)} m`, ramp, `far ${max.toFixed(2)} m`), element("span", {}, `${mean.toFixed(2)} m on average`), mixed);
}

/** A class map or depth in a sentence. */
export function describeMap({ semantic, depth }) {
  if (depth) return `${depth.min.toFixed(2)} to ${depth.max.toFixed(2)} m away, ${depth.mean.toFixed(2)} m on average.`;
  return `${byShare(semantic.classes).map((c) => `${c.cls} ${percent(c.share)}`).join(", ")}.`;
}
