// The picture on the stage: what of the state is drawn over it, and what the user
// points at and chooses on it.

import { makeGestures } from "./gestures.js";
import { shown } from "./request.js";
import { $, changed, current, onChange, state } from "./state.js";
import { mapOf, showLegend } from "./maps.js";
import { summary } from "./summary.js";
import { View } from "./view.js";

export const view = new View({ stage: $("stage"), frame: $("canvases"), picture: $("picture"), overlay: $("overlay") });

let lit; // the detection whose row is pointed at
let pointed; // the one that is pointed at on the picture

/** Sets one detection off from the others; none for undefined. */
export function light(detection) {
  if (lit === detection) return;
  lit = detection;
  draw();
}

/** Chooses a detection, or none. */
export function select(detection) {
  state.selected = detection;
  changed();
}

/** The smallest box around a point, then the next larger one where that is chosen already. */
function at([x, y]) {
  const area = ({ box: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
  const around = shown(current()?.answer)
    .filter(({ box: [x1, y1, x2, y2] }) => x >= x1 && x <= x2 && y >= y1 && y <= y2)
    .sort((a, b) => area(a) - area(b));
  return { next: around[around.indexOf(state.selected) + 1], first: around[0] };
}

/** Chooses the next detection, the surest first, or the one before. */
function step(by) {
  const all = shown(current()?.answer);
  if (!all.length) return;
  const from = all.indexOf(state.selected);
  select(all.at(from < 0 ? (by > 0 ? 0 : -1) : (from + by) % all.length));
}

const KEYS = { n: () => step(1), p: () => step(-1), Escape: () => select(undefined) };

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
    const next = point && at(point).first;
    if (next === pointed) return;
    pointed = next;
    $("canvases").classList.toggle("pointing", !!pointed);
    draw();
  },
  click: (point) => {
    const { next, first } = at(point);
    select(state.selected === first ? next : first);
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
for (const layer of ["boxes", "labels", "masks"]) {
  $(`show-${layer}`).addEventListener("change", (event) => {
    state.layers[layer] = event.target.checked;
    changed();
  });
}
$("mask-opacity").addEventListener("input", (event) => {
  state.layers.opacity = Number(event.target.value);
  changed();
});

/** What is drawn: the shown detections and the classification of an answer. */
export const seen = (answer, conf) => ({ detections: shown(answer, conf), classification: answer?.reply.classification ?? [], map: mapOf(answer?.reply) });

function draw() {
  const picture = current();
  const what = seen(picture?.answer);
  view.see(what, {
    layers: state.layers,
    lit: what.detections.includes(lit) ? lit : undefined,
    marked,
    only: "only in A",
    selected: [pointed, state.selected].filter((d) => what.detections.includes(d)),
  }, summary(picture?.answer) || "A picture, not looked at yet");
}

onChange(() => {
  const picture = current();
  // What the browser cannot show has the reply's size, and an empty ground.
  const size = picture?.answer?.reply.image ?? picture?.size ?? null;
  $("welcome").hidden = !!size || (!!picture && !picture.error);
  $("tools").hidden = !size;
  $("mask-tools").hidden = !shown(picture?.answer).some((d) => d.mask) && !mapOf(picture?.answer?.reply);
  showLegend($("map-legend"), picture?.answer?.reply);
  view.show(picture?.image ?? picture?.thumb ?? null, size, !!state.playing);
  draw();
  showPlace();
});
