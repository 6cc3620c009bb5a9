// What was found, in a sentence.

import { describeMap } from "./maps.js";
import { shown } from "./request.js";

/** `conf` is the threshold, if not that of the settings. "2 cups" is no plural that works for every class: "cup × 2, chair". */
export function summary(answer, conf) {
  if (!answer) return "";
  const { task, classification } = answer.reply;
  if (task === "classify") {
    const [first] = classification ?? [];
    return first ? `Most probably ${first.cls}, ${first.conf.toFixed(2)}.` : "";
  }
  if (answer.reply.semantic || answer.reply.depth) return describeMap(answer.reply);
  const detections = shown(answer, conf);
  if (!detections.length) return "Nothing found above this confidence.";
  const counts = new Map();
  for (const d of detections) counts.set(d.cls, (counts.get(d.cls) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([cls, n]) => (n > 1 ? `${cls} × ${n}` : cls));
  return `${detections.length} ${detections.length === 1 ? "detection" : "detections"}: ${parts.join(", ")}.`;
}
