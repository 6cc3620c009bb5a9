// Which detections of an answer count at a higher confidence threshold.
//
// Filtering is exact: it gives what the function would answer at that threshold,
// to the last detection. The function sorts the candidates above its threshold
// by falling confidence. Whether NMS keeps a candidate depends on those before
// it alone, for axis-aligned boxes (greedy) as for oriented ones (where dropped
// candidates drop others). The list at a higher threshold is the beginning of
// the list at a lower one, so each candidate in it meets the same fate, and
// max_det, which cuts both after the same candidate, changes nothing: the
// answer at the higher threshold is the lower one's, less what is not above it.
// Models whose graph does the NMS, or needs none, are only filtered and cut; a
// detection with an empty mask is dropped by itself, afterwards. (With tiles this
// need not hold; the page asks for none.)
//
// Another IoU threshold, or a lower confidence, needs another answer.

/** The least confidence that answers are asked with, to filter them here. */
export const FLOOR = 0.05;

/**
 * The function compares float32 numbers. JSON has their shortest decimals,
 * which Math.fround takes back to the very same numbers.
 */
export const above = (detections, threshold) =>
  detections.filter((d) => Math.fround(d.conf) > Math.fround(threshold));
