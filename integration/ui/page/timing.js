// Where a request's time went, and what it would cost.

import { $, isLocal } from "./state.js";
import { GB_SECOND, REQUEST } from "./shared.js";

/** The stages of a reply's `speed`, in the order of their time. */
const STAGES = [
  ["parse", "Read request"],
  ["decode", "Decode picture"],
  ["preprocess", "Preprocess"],
  ["inference", "Inference"],
  ["postprocess", "Postprocess"],
];

/**
 * Dollars, by list prices, for a request that keeps the function busy for so many milliseconds.
 * Lambda bills whole milliseconds; a GB is 1024 MB of memory.
 */
export const costOf = (ms, memoryMB, cpu) => (Math.ceil(ms) / 1000) * (memoryMB / 1024) * GB_SECOND[cpu] + REQUEST;

/** The reply's stages and the rest of the time that passed, in milliseconds. */
export function stagesOf(speed, elapsed) {
  const stages = STAGES.map(([key, name]) => ({ key, name, ms: speed[key] ?? 0 }));
  const busy = stages.reduce((sum, s) => sum + s.ms, 0);
  return { busy, stages: [{ key: "network", name: "Send and wait", ms: Math.max(0, elapsed - busy) }, ...stages] };
}

/** Shows where the time of an answer went, and what it would cost. */
export function showTime(answer, endpoint) {
  const speed = answer?.reply.speed;
  $("time").hidden = !speed;
  $("time-none").hidden = !!speed;
  if (!speed) return;
  const spent = stagesOf(speed, answer.elapsed);
  showStages({ bar: $("stages-bar"), list: $("stages") }, spent, answer.elapsed, answer.reply.cold_start);
  const cost = costOf(spent.busy, Number($("memory").value), $("cpu").value);
  $("cost").textContent = (cost * 1e6).toLocaleString("en", { style: "currency", currency: "USD" });
  const here = isLocal(endpoint);
  $("cost-note").textContent = `Billed are the function’s ${Math.ceil(spent.busy)} ms, all but “Send and wait”, at list prices of us-east-1 without the free tier.` +
    (here ? " The time is this machine’s; Lambda’s differs." : "");
}

/** Writes the stages as a bar and a list. */
function showStages({ bar, list }, { stages }, elapsed, coldStart) {
  bar.replaceChildren(...stages.map((s) => {
    const part = document.createElement("span");
    part.className = `stage-${s.key}`;
    part.style.flexGrow = s.ms;
    return part;
  }));
  const total = { name: coldStart ? "Total, with a cold start" : "Total", ms: elapsed, total: true };
  list.replaceChildren(...[...stages, total].map((s) => {
    const row = document.createElement("div");
    const name = Object.assign(document.createElement("dt"), { textContent: s.name, className: s.total ? "total" : "" });
    const ms = Object.assign(document.createElement("dd"), { textContent: `${s.ms.toFixed(1)} ms`, className: name.className });
    if (!s.total) name.prepend(Object.assign(document.createElement("span"), { className: `swatch stage-${s.key}` }));
    row.append(name, ms);
    return row;
  }));
}
