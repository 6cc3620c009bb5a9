// Finds room for labels: the surest detection first, apart from the labels that
// have their place already, or where the least of them is covered.

/** Labels of small boxes may cover this much of the picture; the others wait to be pointed at. */
const CROWDED = 0.2;

/**
 * Places labels, {box, width, height, wanted}, the surest last, inside `bounds`.
 * All are rectangles in the same pixels: box is [x1, y1, x2, y2]. A label that is
 * larger than its box gives way where it is crowded, unless it is wanted; it is
 * left out of the result, [{x, y, width, height, label}], the surest last.
 */
export function placeLabels(labels, bounds) {
  const placed = [];
  let covered = 0;
  const enough = CROWDED * bounds.width * bounds.height;
  for (const label of [...labels].reverse()) {
    const { box: [x1, y1, x2, y2], width, height, wanted } = label;
    const { place, overlap } = bestPlace(label, bounds, placed);
    const small = (x2 - x1) * (y2 - y1) < 2 * width * height;
    const crowded = small ? overlap > 0 || covered > enough : overlap > (width * height) / 8;
    if (crowded && !wanted) continue;
    covered += width * height;
    placed.push({ ...place, label });
  }
  return placed.reverse();
}

/** Above the box, within, or below: the first that is free, otherwise the least covered. */
function bestPlace({ box: [x1, y1, x2, y2], width, height }, bounds, placed) {
  const right = x2 - width;
  const above = y1 - height;
  const bottom = y2 - height;
  let best;
  for (const [x, y] of [[x1, above], [x1, y1], [right, above], [right, y1], [x1, y2], [x1, bottom], [right, bottom]]) {
    const place = {
      x: Math.max(bounds.x, Math.min(x, bounds.x + bounds.width - width)),
      y: Math.max(bounds.y, Math.min(y, bounds.y + bounds.height - height)),
      width, height,
    };
    if (y === above && place.y !== y) continue; // no room above; within at the top comes next
    const overlap = placed.reduce((sum, p) => sum + common(place, p), 0);
    if (!best || overlap < best.overlap) best = { place, overlap };
    if (!overlap) break;
  }
  return best;
}

/** The pixels that two rectangles share. */
const common = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
