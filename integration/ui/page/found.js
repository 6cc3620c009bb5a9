// The classes that were found, with counts, and which of them to show.

import { colourOf } from "./colours.js";
import { found } from "./request.js";
import { $, changed, current, element, onChange, state } from "./state.js";

/** From so many classes on there is a search. */
const MANY = 9;
/** So many are shown until the user asks for all. */
const FEW = 8;
let all = false;

const list = $("classes");
const rows = new Map(); // class id → {label, number, box, cls}

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
});

onChange(() => {
  const answer = current()?.answer;
  const detections = found(answer);
  const counts = new Map();
  for (const d of detections) counts.set(d.cls_id, { cls: d.cls, n: (counts.get(d.cls_id)?.n ?? 0) + 1 });
  showRows([...counts].sort(([, a], [, b]) => b.n - a.n || (a.cls < b.cls ? -1 : 1)));
  const isClassify = answer?.reply.task === "classify";
  const isMap = answer?.reply.semantic || answer?.reply.depth;
  $("found-count").textContent = isMap ? "" : answer ? (isClassify ? answer.reply.classification.length : detections.length) : "";
  $("found-none").hidden = detections.length > 0;
  $("found-none").textContent = !answer ? "Nothing yet." : isMap ? "This model looks at the picture as a whole." : isClassify ? "This model tells the most probable classes; it finds no places." : "Nothing at these thresholds.";
  showHidden(detections);
});

/** Lists the classes; rows are kept, and the focus with them. */
function showRows(counts) {
  const present = new Set(counts.map(([id]) => id));
  for (const [id, { label }] of rows) {
    if (present.has(id)) continue;
    label.remove();
    rows.delete(id);
  }
  for (const [id, { cls, n }] of counts) {
    if (!rows.has(id)) rows.set(id, newRow(id));
    const row = rows.get(id);
    row.cls = row.name.textContent = cls;
    row.name.nextSibling.textContent = n;
    row.box.checked = !state.hidden.has(id);
    row.name.previousSibling.style.background = colourOf(id);
  }
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
  const label = element("label", {}, box, element("span", { className: "swatch" }), name, element("span", { className: "number" }));
  return { label, box, name };
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
