// Which key points of a person are joined.

import { KEYPOINTS, LEAST_VISIBLE, LIMBS } from "./shared.js";

/** Models that tell no visibility show every point. */
export const visible = (keypoint) => (keypoint.conf ?? 1) >= LEAST_VISIBLE;

/** Pairs of visible key points to join: of a person's, none of others. */
export function limbsOf(keypoints) {
  const byName = new Map();
  keypoints.forEach((k, i) => {
    const name = k.name || (keypoints.length === KEYPOINTS.length ? KEYPOINTS[i] : "");
    if (visible(k)) byName.set(name, k);
  });
  return LIMBS.map((limb) => limb.map((name) => byName.get(name))).filter(([a, b]) => a && b);
}
