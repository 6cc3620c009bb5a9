// Made from Go's packages by `go test ./integration/ui -run Shared -update`: change those.

/** The colours of the classes. */
export const PALETTE = ["#ff4b3c","#2dff87","#0069f0","#2d872d","#ffc3ff","#b42db4","#00c3e1","#ffc33c","#a587ff","#a5691e","#ff69c3","#87b469","#0f87a5","#87f0e1","#e19678","#b44b69","#7869b4","#00b40f","#b4d200","#3c96f0","#870fff","#f000ff","#f00087","#a5c3ff","#c378a5","#d20000","#b44bff","#00a587","#f096ff","#d2a500","#00e100","#7869ff","#00e1a5","#c3e196","#e169ff","#f0a5c3","#878700","#e17800","#e13cc3","#87a5e1","#874bd2","#ff7887","#ffb487","#b469d2","#00c3a5","#c37869","#00a5c3","#2de1ff","#78c30f","#c396d2","#f0e100","#e15a78","#f0004b","#ff961e","#96f000","#a500e1","#5a4bff","#c3c369","#b4872d","#7887c3","#78a50f","#c32d87","#b44b2d","#4bffc3","#69d2c3","#a55aa5","#2d8769","#00ff00","#3c78c3","#d25a00","#0fc369","#ff4be1","#69e169","#ffd296","#ff784b","#a5f078","#d200e1","#3cb4ff","#ff4b96","#69782d"];

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
