// Where a request's time went, and what it would cost.

import { $, element, isLocal } from "./state.js";
import { GB_SECOND, REQUEST } from "./shared.js";

/** The stages of a reply's `speed`, in the order of their time. */
const STAGES = [
  ["parse", "Read request"],
  ["decode", "Decode picture"],
  ["preprocess", "Scale picture (preprocess)"],
  ["inference", "Run model (inference)"],
  ["postprocess", "Finish results (postprocess)"],
];

/**
 * Dollars, by list prices, for a request that keeps the function busy for so many milliseconds.
 * Lambda bills whole milliseconds; a GB is 1024 MB of memory.
 */
export const costOf = (ms, memoryMB, cpu) => (Math.ceil(ms) / 1000) * (memoryMB / 1024) * GB_SECOND[cpu] + REQUEST;

/** Requests that are alike: {ms, elapsed, n}, the function's quickest time, how long the page waited for that one, and how many there were. */
const alike = new Map();

/**
 * Counts an answer among those with its model, its sizes of the input and a picture of
 * its size. A busy machine may take ten times as long for the same: what a request
 * needs is told by the quickest.
 */
export function keepTime(answer, { model, imgsz, tile, tile_overlap, rect }) {
  const { image, speed } = answer.reply;
  if (!speed) return;
  const key = JSON.stringify([model, imgsz, tile, tile_overlap, rect, image?.width, image?.height]);
  if (!alike.has(key)) alike.set(key, { ms: Infinity, n: 0 });
  answer.alike = alike.get(key);
  const { busy } = stagesOf(speed, answer.elapsed);
  if (busy < answer.alike.ms) Object.assign(answer.alike, { ms: busy, elapsed: answer.elapsed });
  answer.alike.n++;
}

/** Which requests an answer's price is by. */
const basisOf = ({ alike: { n } }) => (n === 1 ? "1 request" : `the quickest of ${n} requests`);

/** The reply's stages and the rest of the time that passed, in milliseconds. */
export function stagesOf(speed, elapsed) {
  const stages = STAGES.map(([key, name]) => ({ key, name, ms: speed[key] ?? 0 }));
  const busy = stages.reduce((sum, s) => sum + s.ms, 0);
  return { busy, stages: [{ key: "network", name: "Send and wait", ms: Math.max(0, elapsed - busy) }, ...stages] };
}

/** What a million requests like an answer's cost, in words; of a time on this machine no more than its two first digits. */
function millionOf(answer, here) {
  const dollars = costOf(answer.alike.ms, Number($("memory").value), $("cpu").value) * 1e6;
  const form = { style: "currency", currency: "USD", ...(here ? { maximumSignificantDigits: 2 } : {}) };
  return `${here ? "about " : ""}${dollars.toLocaleString("en", form)}`;
}

/** The rough time and the price of the quickest request like an answer's, in a phrase. */
function inShort(answer, endpoint) {
  return `about ${Number(answer.alike.elapsed.toPrecision(2))} ms a picture, ${millionOf(answer, isLocal(endpoint))} a million pictures`;
}

/**
 * Shows where the time of an answer went, and what it would cost; beside it that of the
 * other side of a comparison, `there`, if any.
 */
export function showTime(answer, there, endpoint) {
  const speed = answer?.reply.speed;
  const other = speed && there !== answer && there?.reply.speed ? there : undefined;
  $("time").hidden = !speed;
  $("time-none").hidden = !!speed;
  $("took").hidden = !speed;
  $("time-other").hidden = !speed || there !== answer;
  const once = other ? ["A", "B"].filter((_, i) => [answer, there][i].alike.n === 1) : [];
  $("time-few").hidden = !once.length;
  $("time-few").textContent = `One run ${once.length > 1 ? "each" : `of ${once}`}: choose the picture again before you compare times.`;
  if (!speed) return;
  const sides = other ? [answer, other] : [answer];
  $("took-text").replaceChildren(...sides.flatMap((side, i) => [`${i ? "; " : ""}${other ? `${"AB"[i]}: ` : ""}${inShort(side, endpoint)}`,
    element("span", { className: "basis", textContent: ` (measured in ${basisOf(side)})` })]));
  showStages(sides);
  const here = isLocal(endpoint);
  $("cost").textContent = millionOf(answer, here);
  $("cost-other").hidden = !other;
  if (other) $("cost-other").querySelector("strong").textContent = millionOf(other, here);
  const both = (of) => sides.map((side, i) => of(side) + (other ? ` for ${"AB"[i]}` : "")).join(" and ");
  $("cost-basis").textContent = `(measured in ${both(basisOf)})`;
  $("cost-here").hidden = !here;
  const billed = both(({ alike: { ms } }) => `${Math.ceil(ms)} ms`);
  $("cost-note").textContent = `AWS Lambda, which runs the function, bills its time: the function’s ${billed}, all but “Send and wait”, in ${both(basisOf)} with this model and a picture of this size, at list prices of us-east-1 without the free tier.`;
}

/** What the sum of the stages is called, which are those of the last request alone. */
const totalOf = ({ alike: { n }, reply }) => ["Total", n > 1 && "of the last request", reply.cold_start && "with a cold start"].filter(Boolean).join(", ");

/** Writes the stages of one answer, or of two beside each other, as bars and a list. */
function showStages(sides) {
  const spent = sides.map(({ reply, elapsed }) => stagesOf(reply.speed, elapsed).stages);
  const longest = Math.max(...sides.map((side) => side.elapsed));
  $("stages-bars").replaceChildren(...spent.map((stages, i) => {
    const bar = element("div", { className: "stages-bar" }, ...stages.map((s) => {
      const part = element("span", { className: `stage-${s.key}` });
      part.style.flexGrow = s.ms;
      return part;
    }));
    bar.style.width = `${(100 * sides[i].elapsed) / longest}%`;
    return bar;
  }));
  const row = (className, name, values) => element("div", { className }, element("dt", {}, ...name), ...values.map((v) => element("dd", { textContent: v })));
  const ms = (v) => `${v.toFixed(1)} ms`;
  $("stages").replaceChildren(
    ...(sides.length > 1 ? [row("of", ["Side"], ["A", "B"])] : []),
    ...spent[0].map((s, i) => row("", [element("span", { className: `swatch stage-${s.key}` }), s.name], spent.map((stages) => ms(stages[i].ms)))),
    row("total", [sides.length > 1 ? "Total" : totalOf(sides[0])], sides.map((side) => ms(side.elapsed))),
  );
}
