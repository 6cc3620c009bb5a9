// Ties the page together. Each file shows its part of the state after a change;
// here is what belongs to no part alone.

import "./compare.js";
import { connect } from "./connect.js";
import "./details.js";
import "./export.js";
import { fail, mayPass } from "./failure.js";
import "./found.js";
import "./list.js";
import { step } from "./pictures.js";
import "./places.js";
import { wake } from "./queue.js";
import { hasThresholds, shown } from "./request.js";
import "./selection.js";
import { readAddress, set, watchSettings } from "./settings.js";
import { takeFromAddress } from "./sources.js";
import { $, changed, current, onChange, state } from "./state.js";
import { summary } from "./summary.js";
import { showTime } from "./timing.js";

/** The least confidence that the page suggests. */
const LOW = 0.05;

/** A tile that finds things a quarter as large. */
const tileOf = ({ width, height }) => Math.max(64, Math.round(Math.max(width, height) / 2));

onChange(() => {
  const picture = current();
  const { answer } = picture ?? {};
  if (!state.playing) {
    const unseen = answer && picture.undecodable ? "This browser can’t show the picture; the function read it all the same." : "";
    const { compare } = state;
    const words = compare?.there ? `A: ${summary(answer)} B: ${summary(compare.there, compare.conf)}` : summary(answer);
    $("status").textContent = [words, answer && picture.note, unseen].filter(Boolean).join(" ");
  }
  showTime(answer, state.compare?.there, state.endpoint);
  const nothing = answer && hasThresholds(answer.reply.task) && !shown(answer).length && !state.playing;
  $("try").hidden = !nothing;
  $("try-conf").hidden = state.settings.conf_thres <= LOW;
  $("try-tile").hidden = !!state.settings.tile || !answer?.reply.image;
  $("try-model").hidden = !state.model || state.model.models.length < 2;
});

/** The button that was pressed goes. */
const toStage = () => $("stage").focus({ preventScroll: true });
$("try-conf").addEventListener("click", () => {
  toStage();
  set({ conf_thres: LOW });
  wake();
});
$("try-tile").addEventListener("click", () => {
  toStage();
  set({ tile: tileOf(current().answer.reply.image) });
  $("more").open = true;
  wake();
});
$("try-model").addEventListener("click", () => $("model").focus());

/** Tries again what may have passed: the connection, or every picture that failed so. */
function tryAgain() {
  toStage();
  fail(null);
  for (const picture of state.pictures) if (mayPass(picture.error)) picture.error = picture.failed = undefined;
  if (!state.model) return connect();
  changed();
  wake();
}
$("error").addEventListener("click", (event) => {
  if (event.target.id === "again") tryAgain();
});
for (const id of ["memory", "cpu"]) $(id).addEventListener("change", changed);

// Where no field or picture takes them, the arrow keys change the picture.
addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.defaultPrevented || state.pictures.length < 2 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [role=tab], pre, #canvases.close")) return;
  event.preventDefault();
  step(by);
});

watchSettings(() => {
  fail(current()?.error ?? null, current()?.name);
  wake();
});
readAddress();
changed();
connect().then(takeFromAddress);
