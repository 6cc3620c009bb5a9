// Which key points of a person are joined.

import { KEYPOINTS, LEAST_VISIBLE, LIMBS } from "./shared.js";

/** Models that tell no visibility show every point. */
export const visible = (keypoint) => (keypoint.conf ?? 1) >= LEAST_VISIBLE;

/**
 * What the points are called; "" where nobody tells. A model may number its points
 * or say nothing: of 17 they are COCO's, a person's.
 */
export const namesOf = (keypoints) => keypoints.map((k, i) => {
  const named = /\D/.test(k.name ?? "");
  return named ? k.name : keypoints.length === KEYPOINTS.length ? KEYPOINTS[i] : "";
});

/** Pairs of visible key points to join: of a person's, none of others. */
export function limbsOf(keypoints) {
  const byName = new Map();
  namesOf(keypoints).forEach((name, i) => {
    if (visible(keypoints[i])) byName.set(name, keypoints[i]);
  });
  return LIMBS.map((limb) => limb.map((name) => byName.get(name))).filter(([a, b]) => a && b);
}
