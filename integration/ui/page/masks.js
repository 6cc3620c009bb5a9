// The silhouettes of a reply, in either of their forms.

/** The path of a mask's outlines, for a canvas with `scale` pixels for one of the picture's. */
export function outline(mask, scale) {
  const path = new Path2D();
  // Outlines go through the centres of pixels, half a pixel in from their edges.
  for (const polygon of mask.polygons ?? []) {
    polygon.forEach(([x, y], i) => {
      const at = [(x + 0.5) * scale, (y + 0.5) * scale];
      if (i) path.lineTo(...at);
      else path.moveTo(...at);
    });
    path.closePath();
  }
  return path;
}

/** How many of the picture's pixels a mask covers; of outlines, without their holes. */
export function areaOf(mask) {
  if (mask.rle) return runs(mask.rle.counts).reduce((sum, n, i) => sum + (i % 2 ? n : 0), 0);
  // Pick's theorem: the pixels inside of an outline and those on it.
  return mask.polygons.reduce((sum, polygon) => {
    let twice = 0;
    let border = 0;
    polygon.forEach(([x, y], i) => {
      const [u, v] = polygon[(i + 1) % polygon.length];
      twice += x * v - u * y;
      border += Math.max(Math.abs(u - x), Math.abs(v - y));
    });
    return sum + Math.abs(twice) / 2 + border / 2 + 1;
  }, 0);
}

const drawn = new WeakMap(); // RLE → {canvas, colour}

/** A canvas of the picture's size with an RLE mask in a colour, "#rrggbb". */
export function bitmap(rle, colour) {
  const kept = drawn.get(rle);
  if (kept?.colour === colour) return kept.canvas;
  const [height, width] = rle.size;
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext("2d");
  const data = ctx.createImageData(width, height);
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  let at = 0; // down the columns
  runs(rle.counts).forEach((n, i) => {
    for (const end = at + n; at < end; at++) {
      if (i % 2) data.data.set([r, g, b, 255], 4 * ((at % height) * width + Math.floor(at / height)));
    }
  });
  ctx.putImageData(data, 0, 0);
  drawn.set(rle, { canvas, colour });
  return canvas;
}

/** The lengths of the runs of COCO's text form: zeros and ones in turn, zeros first. */
export function runs(text) {
  const counts = [];
  for (let i = 0; i < text.length;) {
    let n = 0;
    for (let shift = 0, more = true; more; shift += 5, i++) {
      const group = text.charCodeAt(i) - 48;
      n |= (group & 0x1f) << shift;
      more = (group & 0x20) !== 0;
      if (!more && group & 0x10) n |= -1 << (shift + 5);
    }
    if (counts.length > 2) n += counts.at(-2);
    counts.push(n);
  }
  return counts;
}
