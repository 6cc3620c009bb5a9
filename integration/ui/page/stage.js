// The picture on the stage: what of the state is drawn over it, and what the user
// points at and chooses on it.

import { makeGestures } from "./gestures.js";
import { shown } from "./request.js";
import { $, changed, current, onChange, state } from "./state.js";
import { distanceAt, mapOf, showLegend } from "./maps.js";
import { summary } from "./summary.js";
import { View } from "./view.js";

const labelled = new Map(); // by side: what draw tells of its labels
/** Says how many boxes have labels, on either side of a comparison. Where one detection is set off, the note keeps its place, unseen, for the page not to move. */
export const tellLabels = (side) => (labels) => {
  $("labels-note").classList.toggle("resting", !labels);
  if (!labels) return;
  labelled.set(side, labels);
  const sides = (state.compare ? ["A", "B"] : ["A"]).map((name) => ({ name, ...labelled.get(name) })).filter((l) => l.of);
  const counts = sides.map(({ name, n, of }) => `${state.compare ? `${name}: ` : ""}${n} of ${of}`).join(", ");
  const short = sides.some((l) => l.short) ? ", without confidence as it is crowded" : "";
  $("labels-count").textContent = `${counts} boxes have a label${short}.`;
  $("all-labels").textContent = state.layers.allLabels ? "Show fewer labels" : "Show all labels";
  // Pointing at the last box without a label does not take the note away.
  $("labels-note").hidden = !state.layers.labels || !sides.length || !(state.layers.allLabels || short || sides.some((l) => l.crowded));
};
$("all-labels").addEventListener("click", () => {
  state.layers.allLabels = !state.layers.allLabels;
  changed();
});

export const view = new View({ stage: $("stage"), frame: $("canvases"), picture: $("picture"), overlay: $("overlay"), labelled: tellLabels("A") });

let lit; // the detection whose row is pointed at
let pointed; // the one that is pointed at on the picture

/** Sets one detection off from the others; none for undefined. */
export function light(detection) {
  if (lit === detection) return;
  lit = detection;
  draw();
  lighters.forEach((also) => also(lit));
}
const lighters = [];
/** Calls the function with each detection that is set off. */
export const onLight = (also) => lighters.push(also);

/** Chooses a detection, or none. */
export function select(detection) {
  state.selected = detection;
  changed();
}

/** The detections around a point, the smallest first. */
export function around([x, y], detections) {
  const area = ({ box: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
  return detections.filter(({ box: [x1, y1, x2, y2] }) => x >= x1 && x <= x2 && y >= y1 && y <= y2)
    .sort((a, b) => area(a) - area(b));
}

/** Chooses the first of detections, or the one after that which is chosen already. */
export const selectNext = (all) => select(all[all.indexOf(state.selected) + 1]);

/** Chooses the next detection, the surest first, or the one before. */
function step(by) {
  const all = shown(current()?.answer);
  if (!all.length) return;
  const from = all.indexOf(state.selected);
  select(all.at(from < 0 ? (by > 0 ? 0 : -1) : (from + by) % all.length));
}

const KEYS = { n: () => step(1), p: () => step(-1), Escape: () => select(undefined) };

/** Tells how far away a point of a depth map is. */
function showDistance([x, y]) {
  const words = distanceAt(current()?.answer?.reply, x, y);
  if (words) $("distance").textContent = `${words} at x ${Math.floor(x)}, y ${Math.floor(y)} pixels.`;
}
let measured; // the reply that the distance is of

/** What a comparison marks, if there is one; and what hears of the view's place. */
let marked;
export function mark(detections) {
  marked = detections;
  draw();
}
const followers = [];
export const follow = (follower) => followers.push(follower);

makeGestures($("canvases"), view, {
  point: (point) => {
    if (point) showDistance(point);
    const next = point && around(point, shown(current()?.answer))[0];
    if (next === pointed) return;
    pointed = next;
    $("canvases").classList.toggle("pointing", !!pointed);
    draw();
  },
  click: (point) => {
    selectNext(around(point, shown(current()?.answer)));
    showDistance(point);
  },
  moved: showPlace,
  key: (key) => {
    KEYS[key]?.();
    return !!KEYS[key];
  },
});

/** Shows how close the picture is; call it when the view has moved. */
export function showPlace() {
  $("zoom-fit").textContent = `${Math.round(view.place.zoom * 100)} %`;
  $("zoom-out").disabled = view.place.zoom === 1;
  $("canvases").classList.toggle("close", view.place.zoom > 1);
  followers.forEach((f) => f(view.place));
}

for (const [id, factor] of [["zoom-in", 1.5], ["zoom-out", 1 / 1.5], ["zoom-fit", 0]]) {
  $(id).addEventListener("click", () => {
    view.zoom(factor);
    showPlace();
  });
}
for (const layer of ["boxes", "labels", "keypoints", "masks"]) {
  $(`show-${layer}`).addEventListener("change", (event) => {
    state.layers[layer] = event.target.checked;
    changed();
  });
}
$("mask-opacity").addEventListener("input", (event) => {
  state.layers[opacityOf(current()?.answer)] = Number(event.target.value);
  changed();
});

/** Which opacity the slider sets. */
const opacityOf = (answer) => (answer?.reply.depth || answer?.reply.semantic ? "mapOpacity" : "opacity");

/** What is drawn: the shown detections and the classification of an answer. */
export const seen = (answer, conf) => ({ detections: shown(answer, conf), classification: answer?.reply.classification ?? [], map: mapOf(answer?.reply) });

function draw() {
  const picture = current();
  const what = seen(picture?.answer);
  view.see(what, {
    layers: state.layers,
    terse: !state.compare, // the labels of both sides have the same parts
    // Among a comparison's thick boxes the chosen one is told by the others being faint.
    lit: [lit, state.compare && state.selected].find((d) => what.detections.includes(d)),
    marked,
    selected: [pointed, state.selected].filter((d) => what.detections.includes(d)),
  }, summary(picture?.answer) || "A picture, not looked at yet");
}

onChange(() => {
  const picture = current();
  $("canvases").ariaLabel = `${state.compare ? "A: " : ""}${picture?.name ?? ""}`;
  // What the browser cannot show has the reply's size, and an empty ground.
  const size = picture?.answer?.reply.image ?? picture?.size ?? null;
  $("welcome").hidden = !!size || (!!picture && !picture.error); // where one failed, for the next
  $("tools").hidden = !size;
  const reply = picture?.answer?.reply;
  $("masks-name").textContent = reply?.semantic || reply?.depth ? "Map" : "Masks";
  $("mask-opacity").value = state.layers[opacityOf(picture?.answer)];
  showLegend($("map-legend"), reply, state.layers);
  $("distance-note").hidden = !reply?.depth;
  if (measured !== reply) $("distance").textContent = "";
  measured = reply;
  view.show(picture?.image ?? picture?.thumb ?? null, size, !!state.playing);
  draw();
  showPlace();
});
