// The classes that were found, with counts, and which of them to show.

import { colourOf } from "./colours.js";
import { found } from "./request.js";
import { $, changed, current, element, onChange, state } from "./state.js";
import { summary } from "./summary.js";

/** From so many classes on there is a search. */
const MANY = 9;
/** So many are shown until the user asks for all. */
const FEW = 8;
let all = false;

const list = $("classes");
const rows = new Map(); // class id → {label, box, name, sure, number, cls}

list.addEventListener("change", (event) => {
  const id = Number(event.target.value);
  if (event.target.checked) state.hidden.delete(id);
  else state.hidden.add(id);
  changed();
});
$("class-search").addEventListener("input", search);
$("more-classes").addEventListener("click", () => {
  all = !all;
  search();
});
$("show-all").addEventListener("click", () => {
  state.hidden.clear();
  changed();
  (list.querySelector("label:not([hidden]) input") ?? $("stage")).focus({ preventScroll: true }); // as the button goes
});

onChange(() => {
  const answer = current()?.answer;
  const { compare } = state;
  const detections = found(answer);
  const there = compare?.pairs ? found(compare.there, compare.conf) : [];
  showRows([...countsOf(detections, there)].sort(([, a], [, b]) => sum(b) - sum(a) || surest(b) - surest(a)), !!compare?.pairs);
  const isClassify = answer?.reply.task === "classify";
  const isMap = answer?.reply.semantic || answer?.reply.depth;
  $("found-count").textContent = isMap || !answer ? "" : isClassify ? likeliest(answer.reply.classification.length) : compare?.pairs ? `${detections.length} in A, ${there.length} in B` : detections.length;
  $("found-none").hidden = detections.length + there.length > 0;
  $("found-none").textContent = !answer ? "Nothing yet." : isMap ? `${MAP_TEXT[answer.reply.task]} ${summary(answer)}` :
    isClassify ? `This model says what the picture shows as a whole, and not where: ${answer.reply.classification.map((c) => `${c.cls} ${c.conf.toFixed(2)}`).join(", ")}.` : "Nothing above this confidence. A lower one may find more.";
  // What has no boxes to count is told in words.
  $("found-other").hidden = !compare?.there || !!compare.pairs;
  $("found-other").textContent = compare?.there ? `This is what A found. B: ${summary(compare.there, compare.conf)}` : "";
  showHidden(detections);
});

/** Class id → {cls, confs, others}: the confidences of what was found, the highest first, and of what B of a comparison found. */
function countsOf(detections, there) {
  const counts = new Map();
  const of = ({ cls, cls_id }) => counts.get(cls_id) ?? counts.set(cls_id, { cls, confs: [], others: [] }).get(cls_id);
  for (const d of detections) of(d).confs.push(d.conf);
  for (const d of there) of(d).others.push(d.conf);
  return counts;
}
const sum = ({ confs, others }) => confs.length + others.length;
const surest = ({ confs, others }) => Math.max(...confs, ...others);

/** How sure the model is of one class: "0.31 to 0.94". */
function range(confs) {
  const [most, least] = [confs[0], confs.at(-1)].map((conf) => conf.toFixed(2));
  return most === least ? most : `${least} to ${most}`;
}

const MAP_TEXT = { semantic: "This model gives every pixel a class:", depth: "This model tells how far away every pixel is:" };

const likeliest = (n) => (n === 1 ? "the likeliest class" : `the ${n} likeliest classes`);

/** Lists the classes, with the counts of either side of a comparison; rows are kept, and the focus with them. */
function showRows(counts, comparing) {
  const present = new Set(counts.map(([id]) => id));
  for (const [id, { label }] of rows) {
    if (present.has(id)) continue;
    label.remove();
    rows.delete(id);
  }
  for (const [id, { cls, confs, others }] of counts) {
    if (!rows.has(id)) rows.set(id, newRow(id));
    const row = rows.get(id);
    row.cls = row.name.textContent = cls;
    row.sure.textContent = comparing ? "" : range(confs);
    row.number.textContent = comparing ? `A ${confs.length} · B ${others.length}` : confs.length > 1 ? `× ${confs.length}` : "";
    row.box.checked = !state.hidden.has(id);
    row.name.previousSibling.style.background = colourOf(id);
  }
  list.firstElementChild.textContent = `Classes to show, with ${comparing ? "" : "confidence and "}count`;
  const ordered = counts.map(([id]) => rows.get(id).label);
  if (ordered.some((label, i) => list.children[i + 1] !== label)) { // the first is the legend
    const focused = document.activeElement;
    list.append(...ordered);
    if (list.contains(focused)) focused.focus();
  }
  list.hidden = counts.length === 0;
  $("class-search").hidden = counts.length < MANY;
  search();
}

function newRow(id) {
  const box = element("input", { type: "checkbox", value: id });
  const name = element("span", { className: "name" });
  const [sure, number] = ["sure", "number"].map((className) => element("span", { className }));
  const label = element("label", {}, box, element("span", { className: "swatch" }), name, sure, number);
  return { label, box, name, sure, number };
}

/** Leaves the classes whose names have the text; without a search the most frequent, or all. */
function search() {
  const wanted = $("class-search").hidden ? "" : $("class-search").value.trim().toLowerCase();
  const labels = [...list.querySelectorAll("label")];
  const more = labels.length - FEW;
  labels.forEach((label, i) => {
    label.hidden = wanted ? !label.querySelector(".name").textContent.toLowerCase().includes(wanted) : !all && more > 1 && i >= FEW;
  });
  $("more-classes").hidden = !!wanted || more <= 1;
  $("more-classes").textContent = all ? "Show fewer classes" : `Show ${more} more classes`;
}

/** Says what is hidden, so that nothing stays away unseen. */
function showHidden(detections) {
  const away = detections.filter((d) => state.hidden.has(d.cls_id)).length;
  const names = [...state.hidden].map((id) => state.model?.names?.[id] ?? rows.get(id)?.cls ?? `class ${id}`);
  $("hidden-note").hidden = !names.length;
  $("hidden-names").textContent = `Hidden: ${names.join(", ")} (${away} here).`;
}
