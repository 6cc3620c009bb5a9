// Made from Go's packages by `go test ./integration/ui -run Shared -update`: change those.

/** The colours of the classes. */
export const PALETTE = ["#ff4b3c","#2dff87","#0069f0","#2d872d","#ffc3ff","#b42db4","#00c3e1","#ffc33c","#a587ff","#a5691e","#ff69c3","#87b469","#0f87a5","#87f0e1","#e19678","#b44b69","#7869b4","#00b40f","#b4d200","#3c96f0"];

/** Each further round through the palette starts so many colours later. */
export const PALETTE_SHIFT = 7;

/** A person's key points, as models trained on COCO list them. */
export const KEYPOINTS = ["nose","left_eye","right_eye","left_ear","right_ear","left_shoulder","right_shoulder","left_elbow","right_elbow","left_wrist","right_wrist","left_hip","right_hip","left_knee","right_knee","left_ankle","right_ankle"];

/** The pairs of them that are joined. */
export const LIMBS = [
  ["left_ear","left_eye"],
  ["left_eye","nose"],
  ["nose","right_eye"],
  ["right_eye","right_ear"],
  ["left_ear","left_shoulder"],
  ["right_ear","right_shoulder"],
  ["left_shoulder","right_shoulder"],
  ["left_hip","right_hip"],
  ["left_shoulder","left_elbow"],
  ["left_elbow","left_wrist"],
  ["right_shoulder","right_elbow"],
  ["right_elbow","right_wrist"],
  ["left_shoulder","left_hip"],
  ["right_shoulder","right_hip"],
  ["left_hip","left_knee"],
  ["left_knee","left_ankle"],
  ["right_hip","right_knee"],
  ["right_knee","right_ankle"],
];

/** Below this confidence a key point is hidden. */
export const LEAST_VISIBLE = 0.5;

/** The price of a GB and second of a function in us-east-1, in US dollars, by CPU. */
export const GB_SECOND = {"arm64":0.0000133334,"x86_64":0.0000166667};

/** The price of a request. */
export const REQUEST = 2e-7;
