// Finds room for labels: the surest detection first, apart from the labels that
// have their place already and from what people look at, or where the least of
// both is covered.

/** Labels may cover this much of the picture; the others wait to be pointed at. */
const CROWDED = 0.12;
/** No label covers more than this part of a surer one; a face may have so much of one over it. */
const COVERED = 0.25;
/** So many labels are a crowd, in which no face is hidden. */
const MANY = 8;

/**
 * Places labels, {box, width, height, wanted}, the surest last, inside `bounds`.
 * All are rectangles in the same pixels: box is [x1, y1, x2, y2]. Where it is
 * crowded a label gives way, unless it is wanted; it is left out of the result,
 * [{x, y, width, height, label, crowded}], the surest last: `crowded` are those
 * that only their being wanted keeps.
 */
export function placeLabels(labels, bounds) {
  const placed = [];
  let covered = 0;
  const enough = CROWDED * bounds.width * bounds.height;
  const heads = labels.map((label) => headOf(label, bounds)).filter(Boolean);
  for (const label of [...labels].reverse()) {
    const { box: [x1, y1, x2, y2], width, height, wanted } = label;
    const { place, hidden } = bestPlace(label, bounds, placed, heads);
    const small = (x2 - x1) * (y2 - y1) < 2 * width * height;
    const crowded = placed.some((p) => common(place, p) > (small ? 0 : COVERED * p.width * p.height)) ||
      (placed.length > 0 && (covered > enough || (labels.length > MANY && hidden > COVERED * width * height)));
    if (crowded && !wanted) continue;
    covered += width * height;
    placed.push({ ...place, label, crowded });
  }
  return placed.reverse();
}

/** The upper third of a box, where a person's face is; none of what fills the picture or is no larger than its label. */
function headOf({ box: [x1, y1, x2, y2], width, height }, bounds) {
  const area = (x2 - x1) * (y2 - y1);
  if (area > (bounds.width * bounds.height) / 4 || area < 2 * width * height) return undefined;
  return { x: x1, y: y1, width: x2 - x1, height: (y2 - y1) / 3 };
}

/** Above the box, within, or below: the first that is free, otherwise the least covering. */
function bestPlace({ box: [x1, y1, x2, y2], width, height }, bounds, placed, heads) {
  const right = x2 - width;
  const above = y1 - height;
  const bottom = y2 - height;
  let best;
  for (const [x, y] of [[x1, above], [right, above], [x1, y1], [right, y1], [x1, bottom], [right, bottom], [x1, y2], [right, y2]]) {
    const place = {
      x: Math.max(bounds.x, Math.min(x, bounds.x + bounds.width - width)),
      y: Math.max(bounds.y, Math.min(y, bounds.y + bounds.height - height)),
      width, height,
    };
    if (y === above && place.y !== y) continue; // no room above; within at the top comes next
    const sum = (rects) => rects.reduce((total, r) => total + common(place, r), 0);
    const hidden = sum(heads);
    const cost = 4 * sum(placed) + Math.max(0, hidden - COVERED * width * height);
    if (!best || cost < best.cost) best = { place, hidden, cost };
    if (!cost) break;
  }
  return best;
}

/** The pixels that two rectangles share. */
const common = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
