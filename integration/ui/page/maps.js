// Class maps and depth: the whole picture's, coloured to be laid over it, and what
// their colours mean.

import { colourOf } from "./colours.js";
import { changed, element } from "./state.js";

const maps = new WeakMap(); // reply → canvas; null while it is decoded

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

/** Colours the grey values of a PNG in base64; of 16 bits the browser keeps the upper 8. */
async function paint(reply, text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const grey = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(grey.width, grey.height);
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(grey, 0, 0);
  const pixels = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const colour = reply.depth ? Array.from({ length: 256 }, (_, v) => [...warmth(v), 255]) : classColours(reply.semantic.classes, pixels.data);
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set(colour[pixels.data[i]] ?? [0, 0, 0, 0], i);
  ctx.putImageData(pixels, 0, 0);
  return canvas;
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

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Writes what the colours of a reply's map mean; nothing for other replies. */
export function showLegend(legend, reply) {
  legend.hidden = !reply?.semantic && !reply?.depth;
  if (legend.hidden) return;
  if (reply.semantic) {
    legend.replaceChildren(...reply.semantic.classes.map((c) => {
      const swatch = element("span", { className: "swatch" });
      swatch.style.background = colourOf(c.cls_id);
      return element("span", {}, swatch, `${c.cls} ${percent(c.share)}`);
    }));
    return;
  }
  const { min, max, mean } = reply.depth;
  const ramp = element("span", { className: "ramp" });
  ramp.style.background = `linear-gradient(to right, ${[0, 64, 128, 192, 255].map((v) => `rgb(${warmth(v)})`)})`;
  legend.replaceChildren(element("span", {}, `${min.toFixed(2)} m`, ramp, `${max.toFixed(2)} m`), element("span", {}, `mean ${mean.toFixed(2)} m`));
}

/** A class map or depth in a sentence. */
export function describeMap({ semantic, depth }) {
  if (depth) return `${depth.min.toFixed(2)} to ${depth.max.toFixed(2)} m away, ${depth.mean.toFixed(2)} m on average.`;
  return `${[...semantic.classes].sort((a, b) => b.share - a.share).map((c) => `${c.cls} ${percent(c.share)}`).join(", ")}.`;
}
