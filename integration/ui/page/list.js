// The table of what was found, to sort and to choose from. Pointing at a row, or
// moving the focus to it, lights its detection on the picture.

import { colourOf } from "./colours.js";
import { areaOf } from "./masks.js";
import { shown } from "./request.js";
import { visible } from "./skeleton.js";
import { light, select } from "./stage.js";
import { summary } from "./summary.js";
import { $, changed, current, element, onChange, state } from "./state.js";

const degrees = (radians) => ((radians * 180) / Math.PI).toFixed(1);

const size = (d) => (d.mask ? Math.round(areaOf(d.mask)) : 0);
const points = (d) => (d.keypoints ?? []).filter(visible).length;

/** The columns: what they sort by, falling at first where `down`, and what they show. The first has the row's button. */
const CLASS = { key: "cls", title: "Class", value: (d) => d.cls, text: (d) => d.cls };
const CONFIDENCE = { key: "conf", title: "Confidence", value: (d) => d.conf, down: true, text: (d) => d.conf.toFixed(2), number: true };
const BOX = { key: "box", title: "x1, y1, x2, y2", value: (d) => d.box[1] * 1e6 + d.box[0], text: (d) => d.box.join(", "), number: true };
const BAR = { key: "bar", title: "Share", value: (d) => d.conf, down: true, bar: (d) => d.conf };
const OF_TASK = {
  segment: [{ key: "area", title: "Area, pixels", value: size, down: true, text: (d) => size(d).toLocaleString("en"), number: true }],
  pose: [{ key: "points", title: "Key points", value: points, down: true, text: (d) => `${points(d)} of ${d.keypoints?.length ?? 0}`, number: true }],
  obb: [{ key: "angle", title: "Angle", value: (d) => d.obb?.xywhr[4] ?? 0, text: (d) => (d.obb ? `${degrees(d.obb.xywhr[4])}°` : ""), number: true }],
};
const SHARE = [
  CLASS,
  { key: "conf", title: "Share", value: (d) => d.share, down: true, text: (d) => `${(100 * d.share).toFixed(1)} %`, number: true },
  { key: "pixels", title: "Pixels", value: (d) => d.pixels, down: true, text: (d) => d.pixels.toLocaleString("en"), number: true },
  { key: "bar", title: "Of the picture", value: (d) => d.share, down: true, bar: (d) => d.share },
];

const columnsOf = (task) => (task === "semantic" ? SHARE : task === "classify" ? [CLASS, CONFIDENCE, BAR] : [CLASS, CONFIDENCE, BOX, ...(OF_TASK[task] ?? [])]);

const table = $("list");

/** Rows that a narrow page shows until the user asks for all. */
const FEW = 10;
$("more-rows").addEventListener("click", () => {
  table.classList.toggle("all");
  showMore();
});

/** Style.css hides the rows after these on a narrow page alone, and the button on a wide one. */
function showMore() {
  const all = table.classList.contains("all");
  $("more-rows").hidden = items.length <= FEW;
  $("more-rows").textContent = all ? `Show the first ${FEW} alone` : `Show all ${items.length}`;
}

let sort = { key: "conf", falling: true };
let columns = [];
let items = [];

const itemOf = (event) => items[event.target.closest("tbody tr")?.sectionRowIndex];
for (const type of ["pointerover", "focusin"]) table.addEventListener(type, (event) => light(itemOf(event)));
for (const type of ["pointerleave", "focusout"]) table.addEventListener(type, () => light(undefined));
table.tBodies[0].addEventListener("click", (event) => {
  const item = itemOf(event);
  if (item?.box) select(item === state.selected ? undefined : item);
});
table.tHead.addEventListener("click", (event) => {
  const key = event.target.closest("button")?.dataset.key;
  if (!key) return;
  sort = { key, falling: sort.key === key ? !sort.falling : !!columns.find((c) => c.key === key).down };
  changed();
});

/** Sorts stably by the chosen column. */
function sorted(list) {
  const column = columns.find((c) => c.key === sort.key) ?? columns[1];
  const compare = (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (sort.falling ? -1 : 1);
  };
  return [...list].sort(compare);
}

onChange(() => {
  const reply = current()?.answer?.reply;
  columns = columnsOf(reply?.task);
  items = sorted(reply?.semantic?.classes ?? reply?.classification ?? shown(current()?.answer));
  showHead();
  const body = table.tBodies[0];
  while (body.rows.length > items.length) body.deleteRow(-1);
  while (body.rows.length < items.length) body.append(newRow());
  items.forEach((item, i) => showRow(body.rows[i], item));
  table.hidden = items.length === 0;
  showMore();
  $("list-none").hidden = items.length > 0;
  $("list-none").textContent = reply?.depth ? summary(current().answer) : reply ? "Nothing found at these thresholds." : "What the model finds is listed here.";
});

function showHead() {
  const row = table.tHead.rows[0];
  const keys = columns.map((c) => c.key).join();
  if (row.dataset.keys !== keys) {
    row.dataset.keys = keys;
    row.replaceChildren(...columns.map((c) => {
      const button = element("button", { type: "button", className: "sort", textContent: c.title });
      button.dataset.key = c.key;
      const head = element("th", { scope: "col", className: c.number ? "number" : "" }, button);
      return head;
    }));
  }
  columns.forEach((c, i) => {
    if (c.key === sort.key) row.cells[i].setAttribute("aria-sort", sort.falling ? "descending" : "ascending");
    else row.cells[i].removeAttribute("aria-sort");
  });
}

function newRow() {
  const button = element("button", { type: "button", className: "row" },
    element("span", { className: "swatch" }), element("span", { className: "name" }));
  return element("tr", {}, element("td", {}, button));
}

function showRow(row, item) {
  row.querySelector(".swatch").style.background = colourOf(item.cls_id);
  row.querySelector(".name").textContent = item.cls;
  const chosen = item === state.selected;
  row.classList.toggle("chosen", chosen);
  row.querySelector(".row").setAttribute("aria-pressed", chosen);
  while (row.cells.length > columns.length) row.deleteCell(-1);
  while (row.cells.length < columns.length) row.insertCell();
  columns.slice(1).forEach((c, i) => {
    const cell = row.cells[i + 1];
    cell.className = c.number ? "number" : c.bar ? "share" : "";
    if (!c.bar) return (cell.textContent = c.text(item));
    const bar = element("span", { className: "share-bar" });
    bar.style.width = `${100 * c.bar(item)}%`;
    bar.style.background = colourOf(item.cls_id);
    cell.replaceChildren(bar);
  });
}
