// Which request the settings make, and what of its answer counts.

import { fromAddress } from "./address.js";
import { predict } from "./api.js";
import { state } from "./state.js";
import { FLOOR, above } from "./thresholds.js";
import { keepTime } from "./timing.js";

const BOXES = ["detect", "segment", "pose", "obb"];

/** The tasks that an option means something to; the others are not asked it. */
const TASKS = {
  conf_thres: BOXES, iou_thres: BOXES, max_det: BOXES, agnostic_nms: BOXES, tile: BOXES, tile_overlap: BOXES,
  letterbox: BOXES, rect: BOXES, classes: [...BOXES, "semantic"], mask: ["segment"],
};

/** The tasks whose answer is a map, which the page asks for as a picture. */
const MAPS = ["semantic", "depth"];

/** Reports whether the task has detections, which thresholds sort out. */
export const hasThresholds = (task) => BOXES.includes(task ?? "detect");

/** The name by which a model has to be asked, none of the default one; the address's until the function has told of it. */
export const namedModel = (model) => (!model ? fromAddress("model") : model.model === model.models[0] ? "" : model.model);

/** What the user asks, as the function's options. */
export function options(settings = state.settings, model = state.model) {
  const task = model?.task ?? "detect";
  const asked = Object.entries(settings).filter(([name, value]) => value !== "" && (TASKS[name] ?? [task]).includes(task));
  const whole = MAPS.includes(task) ? { mask: "png" } : {};
  return { ...Object.fromEntries(asked), ...whole, model: namedModel(model) || undefined };
}

/** Names a request without its confidence: answers to it differ in that alone. */
export const keyOf = (asked) => JSON.stringify({ ...asked, conf_thres: undefined });

/** Reports whether the answer has what the settings ask for. */
export function fits(answer, asked = options()) {
  if (!answer || answer.key !== keyOf(asked)) return false;
  if (asked.conf_thres === undefined) return true;
  return asked.tile ? asked.conf_thres === answer.floor : asked.conf_thres >= answer.floor;
}

/** The confidence to ask with: a low one, whose answer can be filtered where that is exact. */
export const leastOf = ({ conf_thres, tile }) => (conf_thres === undefined || tile ? conf_thres : Math.min(FLOOR, conf_thres));

const TOO_MANY = ["too_large", "invalid_request"];

/** Asks about a Blob, with a confidence low enough to filter the answer. */
export async function ask(blob, { asked = options(), signal, sent } = {}) {
  const start = performance.now();
  const conf = asked.conf_thres;
  const at = async (conf_thres) => {
    const reply = await predict(blob, { ...asked, conf_thres }, { signal, sent });
    const answer = { reply, floor: conf_thres, key: keyOf(asked), elapsed: performance.now() - start };
    keepTime(answer, asked);
    return answer;
  };
  if (conf === undefined) return at(undefined);
  const floor = leastOf(asked);
  try {
    return await at(floor);
  } catch (error) {
    // Weak detections can be too many for a reply (too_large) or their masks for
    // the function (invalid_request): ask for the wanted ones alone.
    if (TOO_MANY.includes(error.code) && floor < conf) return at(conf);
    throw error;
  }
}

/** The detections of an answer at a confidence, the surest first. */
export const found = (answer, conf = state.settings.conf_thres) =>
  above(answer?.reply.detections ?? [], conf).sort((a, b) => b.conf - a.conf);

/** The found detections of the classes that the user has not hidden. */
export const shown = (answer, conf) => found(answer, conf).filter((d) => !state.hidden.has(d.cls_id));
