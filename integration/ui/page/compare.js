// Two models, or two thresholds, on one picture side by side: what only one of
// them found is marked, the rest fades.

import { describe } from "./api.js";
import { makeGestures } from "./gestures.js";
import { ask, fits, hasThresholds, leastOf, options, shown } from "./request.js";
import { REST } from "./settings.js";
import { follow, mark, seen, view } from "./stage.js";
import { $, changed, current, onChange, state } from "./state.js";
import { View } from "./view.js";

/** Detections of one class that overlap so much are the same. */
const SAME = 0.5;
/** How often a function is asked again that had no room. */
const TRIES = 6;

const other = new View({ stage: $("other"), frame: $("other-canvases"), picture: $("other-picture"), overlay: $("other-overlay") });

/** Both sides show the same part. */
follow((place) => { if (state.compare) other.place = place; });
makeGestures($("other-canvases"), other, { point() {}, click() {}, key: () => false, moved: () => (view.place = other.place) });

$("compare").addEventListener("click", () => {
  const on = !state.compare;
  state.compare = on ? { name: state.model.model, model: state.model, conf: state.settings.conf_thres } : undefined;
  $("compare").setAttribute("aria-pressed", on);
  for (const id of ["caption", "other-caption", "other", "compare-panel"]) $(id).hidden = !on;
  document.body.classList.toggle("comparing", on); // the lists and the settings say whose they are
  mark(undefined);
  if (on) {
    // The same model at another threshold at first: that needs no other request.
    $("other-model").replaceChildren(...state.model.models.map((m) => new Option(m, m)));
    $("other-model").value = state.compare.name;
    state.compare.conf = state.settings.conf_thres > 0.45 ? 0.25 : 0.6;
    showConf();
  }
  changed();
  look();
});

async function chooseModel(name) {
  const { compare } = state;
  compare.name = name;
  compare.model = undefined;
  compare.error = undefined;
  try {
    const model = await describe(name);
    if (compare === state.compare && compare.name === name) compare.model = model;
  } catch (error) {
    if (compare.name === name) compare.error = error;
  }
  changed();
  look();
}

let timer;
function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(look, REST);
}
$("other-model").addEventListener("change", () => chooseModel($("other-model").value));
$("other-conf").addEventListener("input", () => {
  state.compare.conf = Number($("other-conf").value);
  showConf();
  changed();
  lookSoon();
});
function showConf() {
  $("other-conf").value = state.compare.conf;
  $("other-conf-value").textContent = state.compare.conf.toFixed(2);
}

const askedThere = ({ model, conf }) => options({ ...state.settings, conf_thres: conf }, model);

/** Asks the other side where neither side's answer has it. */
async function look() {
  const { compare } = state;
  const picture = current();
  if (!compare?.model || !picture?.blob || state.playing) return;
  const asked = askedThere(compare);
  if (fits(answerThere(compare), asked)) return;
  const awaited = JSON.stringify([asked, state.pictures.indexOf(picture)]);
  if (compare.awaited === awaited) return;
  compare.awaited = awaited;
  compare.asking?.abort();
  const { signal } = (compare.asking = new AbortController());
  try {
    const answer = await ask(picture.blob, { asked: { ...asked, conf_thres: leastOf(asked) }, signal });
    Object.assign(compare, { answer, of: picture, error: undefined, tries: 0 });
  } catch (error) {
    if (signal.aborted) return;
    compare.tries = (compare.tries ?? 0) + 1;
    if (error.code === "throttled" && compare.tries < TRIES) {
      setTimeout(() => {
        if (compare.awaited === awaited) compare.awaited = undefined;
        look();
      }, 250 * 2 ** compare.tries);
      return;
    }
    compare.error = error;
  }
  changed();
}

/** The other side's answer to this picture: its own, or this side's where that has it. */
function answerThere(compare) {
  const own = compare.of === current() ? compare.answer : undefined;
  const asked = compare.model && askedThere(compare);
  if (asked && fits(own, asked)) return own;
  if (asked && fits(current()?.answer, asked)) return current().answer;
  return undefined;
}

/** Pairs what both found, the surest first; returns what only one side has. */
export function differences(left, right) {
  const free = new Set(right);
  const only = new Set();
  for (const d of left) {
    const twin = [...free].filter((o) => o.cls === d.cls).map((o) => ({ o, iou: overlap(o.box, d.box) }))
      .filter(({ iou }) => iou >= SAME).sort((a, b) => b.iou - a.iou)[0];
    if (twin) free.delete(twin.o);
    else only.add(d);
  }
  return { left: only, right: free };
}

/** Intersection over union. */
function overlap([a, b, c, d], [e, f, g, h]) {
  const common = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return common / ((c - a) * (d - b) + (g - e) * (h - f) - common || 1);
}

const firstOf = ({ reply }) => (reply.classification?.[0] ? `${reply.classification[0].cls} ${reply.classification[0].conf.toFixed(2)}` : "no class");

function tell(compare, here, there, left, only) {
  if (compare.error) return `B failed: ${compare.error.message}`;
  if (!here || !there) return here ? "Looking…" : "Choose a picture.";
  if (here.reply.task === "classify" || there.reply.task === "classify") return `A: ${firstOf(here)}; B: ${firstOf(there)}.`;
  const both = left.length - only.left.size;
  if (!only.left.size && !only.right.size) return `Both find the same ${both}.`;
  return `${both} in both, ${only.left.size} only in A, ${only.right.size} only in B. What differs has thick lines.`;
}

/** What a side shows: its letter, its model, its threshold, its count. */
function captionOf(letter, model, conf, answer, detections) {
  const parts = [letter, model?.model ?? "…"];
  if (hasThresholds(model?.task)) parts.push(`confidence ${conf.toFixed(2)}`);
  if (answer && hasThresholds(answer.reply.task)) parts.push(`${detections.length} found`);
  return parts.join(" · ");
}

onChange(() => {
  $("compare").disabled = !state.model || !current()?.answer || !!state.playing;
  $("compare").title = state.playing ? "Stop the video to compare what two models find in its last frame" :
    $("compare").disabled ? "When the function has answered" : "Two models or two thresholds side by side";
  const { compare } = state;
  if (!compare) return;
  const picture = current();
  const [here, there] = [picture?.answer, answerThere(compare)];
  const [left, right] = [shown(here), shown(there, compare.conf)];
  const only = differences(left, right);
  const differ = here && there && (only.left.size || only.right.size);
  mark(differ ? only.left : undefined);
  $("caption").textContent = captionOf("A", state.model, state.settings.conf_thres, here, left);
  $("other-caption").textContent = captionOf("B", compare.model, compare.conf, there, right);
  $("other-threshold").hidden = !hasThresholds(compare.model?.task);
  const words = tell(compare, here, there, left, only);
  $("compare-summary").textContent = words;
  other.show(picture?.image ?? picture?.thumb ?? null, here?.reply.image ?? picture?.size ?? null);
  other.see(seen(there, compare.conf), { layers: state.layers, marked: differ ? only.right : undefined, only: "only in B" }, words);
  look();
});
