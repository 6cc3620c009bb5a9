// Two models, or two thresholds, on one picture side by side: what only one of
// them found is marked, and the table has what either found.

import { describe } from "./api.js";
import { mayPass } from "./failure.js";
import { makeGestures } from "./gestures.js";
import { ask, fits, hasThresholds, leastOf, options, shown } from "./request.js";
import { REST } from "./settings.js";
import { around, follow, mark, onLight, seen, selectNext, tellLabels, view } from "./stage.js";
import { $, changed, current, element, onChange, state } from "./state.js";
import { summary } from "./summary.js";
import { View } from "./view.js";

/** Detections of one class that overlap so much are the same. */
const SAME = 0.5;
/** How often a function is asked again that had no room. */
const TRIES = 6;

const other = new View({ stage: $("other"), frame: $("other-canvases"), picture: $("other-picture"), overlay: $("other-overlay"), labelled: tellLabels("B") });

/** What B's side shows: {detections, seen, words, marked}. */
let side = { detections: [] };

/** The detection of the table's row that one of B's is in: A's where both found it. */
const rowOf = (d) => [...(state.compare?.pairs?.twins ?? [])].find(([, twin]) => twin === d)?.[0] ?? d;
/** The detection that B has of a table's row, if any. */
const ofB = (d) => state.compare?.pairs?.twins.get(d) ?? (side.detections.includes(d) ? d : undefined);

function draw() {
  if (!state.compare || !side.seen) return;
  other.see(side.seen, {
    layers: state.layers,
    terse: false,
    lit: ofB(lit) ?? ofB(state.selected),
    marked: side.marked,
    selected: [pointed, ofB(state.selected)].filter((d) => side.detections.includes(d)),
  }, side.words);
}

/** Both sides show the same part. */
follow((place) => { if (state.compare) other.place = place; });
let pointed; // what is pointed at on B
makeGestures($("other-canvases"), other, {
  point: (point) => {
    const next = point && around(point, side.detections)[0];
    if (next === pointed) return;
    pointed = next;
    $("other-canvases").classList.toggle("pointing", !!pointed);
    draw();
  },
  click: (point) => selectNext(around(point, side.detections).map(rowOf)),
  key: () => false,
  moved: () => (view.place = other.place),
});
let lit; // what the table lights
onLight((detection) => {
  lit = detection;
  draw();
});

$("compare").addEventListener("click", () => {
  const on = !state.compare;
  state.compare = on ? { name: state.model.model, model: state.model, conf: state.settings.conf_thres } : undefined;
  for (const id of ["head", "other-head", "other", "compare-panel"]) $(id).hidden = !on;
  pointed = undefined;
  document.body.classList.toggle("comparing", on); // the lists and the settings say whose they are
  mark(undefined);
  if (on) begin(state.compare, state.model);
  else other.show(null, null); // or it would hold a picture that is closed
  changed();
  look();
});

/** The same model at another threshold at first, which needs no other request; without thresholds another model. */
function begin(compare, { model, models, task }) {
  compare.conf = state.settings.conf_thres > 0.45 ? 0.25 : 0.6;
  showConf();
  $("other-model").replaceChildren(...models.map((m) => new Option(m, m)));
  $("other-model").value = hasThresholds(task) ? model : models.find((m) => m !== model);
  if ($("other-model").value !== model) chooseModel($("other-model").value);
}

async function chooseModel(name) {
  const { compare } = state;
  compare.asking?.abort();
  Object.assign(compare, { name, model: undefined, error: undefined, awaited: undefined });
  changed();
  try {
    const model = await describe(name);
    if (compare === state.compare && compare.name === name) compare.model = model;
  } catch (error) {
    if (compare.name === name) compare.error = error;
  }
  changed();
  look();
}

$("again-b").addEventListener("click", () => {
  const { compare } = state;
  $("stage").focus({ preventScroll: true }); // the button goes
  if (!compare.model) return chooseModel(compare.name);
  compare.error = compare.awaited = undefined;
  changed();
});

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
  if (fits(answerThere(compare), asked)) {
    if (compare.error) compare.error = compare.awaited = undefined; // of another request
    return;
  }
  const awaited = JSON.stringify([asked, state.pictures.indexOf(picture)]);
  if (compare.awaited === awaited) return;
  compare.awaited = awaited;
  compare.error = undefined;
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
    Object.assign(compare, { error, tries: 0 });
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

/** Pairs what both found, the surest first, from left to right; returns what only one side has, too. */
export function differences(left, right) {
  const free = new Set(right);
  const only = new Set();
  const twins = new Map();
  for (const d of left) {
    const twin = [...free].filter((o) => o.cls === d.cls).map((o) => ({ o, iou: overlap(o.box, d.box) }))
      .filter(({ iou }) => iou >= SAME).sort((a, b) => b.iou - a.iou)[0];
    if (twin) {
      free.delete(twin.o);
      twins.set(d, twin.o);
    } else only.add(d);
  }
  return { left: only, right: free, twins };
}

/** Intersection over union. */
function overlap([a, b, c, d], [e, f, g, h]) {
  const common = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return common / ((c - a) * (d - b) + (g - e) * (h - f) - common || 1);
}

/** Reports whether both sides have answered with detections, which can be paired. */
const bothBoxes = (here, there) => here && there && hasThresholds(here.reply.task) && hasThresholds(there.reply.task);

/** What a side found, where the two are of different kinds or of none with boxes. */
const inWords = (answer, detections) => (hasThresholds(answer.reply.task) ? `${detections.length} found.` : summary(answer));

function tell(compare, here, there, left, right, only) {
  if (current()?.error) return "A has no answer.";
  if (compare.error) return `B has no answer: ${compare.error.message}`;
  if (!current()) return "Choose a picture, and both look at it.";
  if (!here || !there) return "Looking…";
  if (!bothBoxes(here, there)) return `A: ${inWords(here, left)} B: ${inWords(there, right)}`;
  const both = left.length - only.left.size;
  if (!only.left.size && !only.right.size) return both ? `Both find the same ${both > 1 ? both : "thing"}.` : "Both find the same: nothing above their confidence.";
  return `${both} in both, ${only.left.size} only in A, ${only.right.size} only in B. Thick boxes are what one side alone found.`;
}

/** What a side shows: its letter, its count, and what its thick boxes are. Its model and its threshold stand below. */
function showCaption(caption, letter, answer, detections, only) {
  const words = answer && hasThresholds(answer.reply.task) ? ` ${detections.length} found${only?.size ? `, ${only.size} only here (thick boxes)` : ""}` : "";
  caption.replaceChildren(element("span", { className: "letter", textContent: letter }), words);
}

/** Shows on the button what it does, and why it does nothing. */
function showButton(compare) {
  const alone = !hasThresholds(state.model?.task); // there are no thresholds to compare
  const one = alone && state.model?.models.length < 2;
  const why = !state.model ? "When the function has told its models" : one ? "The function has no other model to compare with" :
    state.playing ? "Stop the video to compare what two models find in its last frame" : "";
  $("compare").textContent = compare ? "Stop comparing" : "Compare models";
  $("compare").disabled = !compare && !!why;
  $("compare").title = compare ? "Show this picture alone again" : why || `What two models${alone ? "" : ", or two confidences,"} find in a picture, side by side`;
}

onChange(() => {
  const { compare } = state;
  showButton(compare);
  if (!compare) return;
  look(); // an error is that of the last request
  const picture = current();
  const [here, there] = [picture?.answer, answerThere(compare)];
  const [left, right] = [shown(here), shown(there, compare.conf)];
  const only = differences(left, right);
  const boxes = bothBoxes(here, there);
  compare.there = there;
  compare.pairs = boxes ? only : undefined;
  const differ = boxes && (only.left.size || only.right.size);
  const words = tell(compare, here, there, left, right, only);
  side = { detections: right, seen: seen(there, compare.conf), words, marked: differ ? only.right : undefined };
  mark(differ ? only.left : undefined);
  const size = here?.reply.image ?? picture?.size ?? null;
  $("other").hidden = !picture || (!!picture.error && !size); // the invitation stands alone
  showCaption($("caption"), "A", here, left, differ && only.left);
  showCaption($("other-caption"), "B", there, right, differ && only.right);
  $("other-threshold").hidden = !hasThresholds(compare.model?.task);
  $("compare-summary").textContent = words;
  $("again-b").hidden = !mayPass(compare.error) || !!picture?.error;
  $("other-canvases").ariaLabel = `B: ${picture?.name ?? ""}`;
  other.show(picture?.image ?? picture?.thumb ?? null, size);
  draw();
});
