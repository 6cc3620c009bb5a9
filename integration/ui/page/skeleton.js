// Which key points of a person are joined.

const COCO = [
  "nose", "left_eye", "right_eye", "left_ear", "right_ear",
  "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
  "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
];

const LIMBS = [
  ["left_ear", "left_eye"], ["left_eye", "nose"], ["nose", "right_eye"], ["right_eye", "right_ear"],
  ["left_ear", "left_shoulder"], ["right_ear", "right_shoulder"],
  ["left_shoulder", "right_shoulder"], ["left_hip", "right_hip"],
  ["left_shoulder", "left_elbow"], ["left_elbow", "left_wrist"],
  ["right_shoulder", "right_elbow"], ["right_elbow", "right_wrist"],
  ["left_shoulder", "left_hip"], ["right_shoulder", "right_hip"],
  ["left_hip", "left_knee"], ["left_knee", "left_ankle"],
  ["right_hip", "right_knee"], ["right_knee", "right_ankle"],
];

/** Models that tell no visibility show every point. */
export const visible = (keypoint) => (keypoint.conf ?? 1) >= 0.5;

/** Pairs of visible key points to join: of a person's, none of others. */
export function limbsOf(keypoints) {
  const byName = new Map();
  keypoints.forEach((k, i) => {
    const name = k.name || (keypoints.length === COCO.length ? COCO[i] : "");
    if (visible(k)) byName.set(name, k);
  });
  return LIMBS.map((limb) => limb.map((name) => byName.get(name))).filter(([a, b]) => a && b);
}
