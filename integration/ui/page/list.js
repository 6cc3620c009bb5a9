// The table of what was found, to sort and to choose from. Pointing at a row, or
// moving the focus to it, lights its detection on the picture.

import { colourOf } from "./colours.js";
import { areaOf } from "./masks.js";
import { shown } from "./request.js";
import { degrees } from "./oriented.js";
import { narrow } from "./places.js";
import { visible } from "./skeleton.js";
import { light, select } from "./stage.js";
import { $, changed, current, element, onChange, state } from "./state.js";

const size = (d) => (d.mask ? Math.round(areaOf(d.mask)) : 0);
const points = (d) => (d.keypoints ?? []).filter(visible).length;

/** The columns: what they sort by, falling at first where `down`, and what they show. The first has the row's button. */
const CLASS = { key: "cls", title: "Class", value: (d) => d.cls, text: (d) => d.cls };
/** In a comparison a row is a detection of A, with its like in B, or one that B alone has. */
const pairs = () => state.compare?.pairs;
const sideOf = (d) => (pairs()?.right.has(d) ? "B" : pairs()?.left.has(d) ? "A" : "");
const inA = (d) => (sideOf(d) === "B" ? undefined : d);
const inB = (d) => (sideOf(d) === "B" ? d : pairs().twins.get(d));
const side = (key, side, of) => ({ key, general: "Confidence in ", title: side, value: (d) => of(d)?.conf ?? -1, down: true, text: (d) => of(d)?.conf.toFixed(2) ?? "–", number: true });
const SIDES = [side("conf", "A", inA), side("other", "B", inB)];
const CONFIDENCE = { key: "conf", general: "Confidence", brief: "Conf.", title: "", value: (d) => d.conf, down: true, text: (d) => d.conf.toFixed(2), number: true };
const BOX = { key: "box", title: "x1, y1, x2, y2, pixels", value: (d) => d.box[1] * 1e6 + d.box[0], corners: ({ box: [x1, y1, x2, y2] }) => [`${x1},\u00a0${y1}`, `${x2},\u00a0${y2}`], number: true };
const BAR = { key: "bar", title: "From 0 to 1", value: (d) => d.conf, down: true, bar: (d) => d.conf };
const OF_TASK = {
  segment: [{ key: "area", title: "Area, pixels", value: size, down: true, text: (d) => size(d).toLocaleString("en"), number: true }],
  pose: [{ key: "points", title: "Key points", value: points, down: true, text: (d) => `${points(d)} of ${d.keypoints?.length ?? 0}`, number: true }],
  obb: [{ key: "angle", title: "Angle", value: (d) => d.obb?.xywhr[4] ?? 0, text: (d) => (d.obb ? degrees(d.obb.xywhr[4]) : ""), number: true }],
};
const SHARE = [
  CLASS,
  { key: "conf", title: "Share", value: (d) => d.share, down: true, text: (d) => `${(100 * d.share).toFixed(1)} %`, number: true },
  { key: "pixels", title: "Pixels", value: (d) => d.pixels, down: true, text: (d) => d.pixels.toLocaleString("en"), number: true },
  { key: "bar", title: "Of the picture", value: (d) => d.share, down: true, bar: (d) => d.share },
];

const columnsOf = (task) => (task === "semantic" ? SHARE : task === "classify" ? [CLASS, CONFIDENCE, BAR] :
  [CLASS, ...(pairs() ? SIDES : [CONFIDENCE]), BOX, ...(OF_TASK[task] ?? [])]);

/** What the numbers of a box mean. */
const UNITS = "x1, y1 is a box’s upper left corner and x2, y2 its lower right one, in pixels of the picture from its upper left.";
const ORIENTED = "x1, y1 and x2, y2 are the upper left and the lower right corner of the upright box around the turned one, in pixels of the picture from its upper left. The angle is that between the horizontal and the turned box’s width, in degrees clockwise; choose a row for its centre and its sides.";

/** What the tab is called where a task finds no things in places. */
const TABS = { classify: "Classes", semantic: "Classes", depth: "Distances" };

/** Depth has no rows: what its map holds, and where to read it. */
const wholeMap = ({ depth: { min, max }, image }) =>
  `The map has a distance for each pixel${image ? `, ${image.width} × ${image.height}` : ""}, from ${min.toFixed(2)} m (bright) to ${max.toFixed(2)} m (dark). Point at the picture, or tap it, to read one; Reply has the numbers for programs.`;

const table = $("list");

/** Rows until the user asks for all. */
const FEW = 10;
function toggleRows() {
  const all = table.classList.toggle("all");
  // The way back stands above all rows and stays in sight, and again at their end; the way on stands below the first ones.
  if (all) table.before($("more-bar"));
  else table.parentElement.append($("more-bar"));
  showMore();
  $("more-rows").focus({ preventScroll: true }); // which the move has taken
  $("more-rows").scrollIntoView({ block: "nearest" });
}
for (const id of ["more-rows", "fewer-rows"]) $(id).addEventListener("click", toggleRows);

/** Style.css hides the rows after these, but a chosen one. */
function showMore() {
  const all = table.classList.contains("all");
  $("more-bar").hidden = items.length <= FEW;
  $("fewer-bar").hidden = $("more-bar").hidden || !all;
  const fewer = `Show fewer: the first ${FEW}`;
  $("fewer-rows").textContent = fewer;
  const alone = pairs()?.right.size ? `, ${pairs().right.size} of them only in B` : "";
  $("more-rows").textContent = all ? fewer : `Show all ${items.length}${alone}`;
}

/** As the user sorts; until then the surest stand first, after what one side of a comparison alone found. */
let sort;
const order = () => sort ?? (pairs() ? {} : { key: "conf", falling: true });
let columns = [];
let items = [];

const itemOf = (element) => items[element?.closest("tbody tr")?.sectionRowIndex];
/** The mouse and the keyboard's focus each leave to the other what it lights. */
const hovered = () => itemOf(table.querySelector("tbody tr:hover"));
const focused = () => itemOf(table.querySelector("tbody :focus-visible"));
table.addEventListener("pointerover", (event) => light(itemOf(event.target) ?? focused()));
table.addEventListener("pointerleave", () => light(focused()));
table.addEventListener("focusin", () => light(focused() ?? hovered()));
table.addEventListener("focusout", () => light(hovered()));
table.tBodies[0].addEventListener("click", (event) => {
  const item = itemOf(event.target);
  if (!item?.box) return;
  select(item === state.selected ? undefined : item);
  // A narrow page has the picture out of sight. The keyboard's focus stays at the row, and is not scrolled away.
  if (state.selected && narrow.matches && event.detail) $(sideOf(item) === "B" ? "other" : "stage").scrollIntoView({ block: "nearest" });
});
table.tHead.addEventListener("click", (event) => {
  const key = event.target.closest("button")?.dataset.key;
  if (!key) return;
  const before = order();
  sort = { key, falling: before.key === key ? !before.falling : !!columns.find((c) => c.key === key).down };
  changed();
});

/** Sorts stably by the chosen column. */
function sorted(list) {
  const { key, falling = true } = order();
  const column = columns.find((c) => c.key === key) ?? columns[1];
  const compare = (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (falling ? -1 : 1);
  };
  const alone = (d) => !key && !!sideOf(d);
  return [...list].sort((a, b) => alone(b) - alone(a) || compare(a, b));
}

onChange(() => {
  const reply = current()?.answer?.reply;
  columns = columnsOf(reply?.task);
  items = sorted(reply?.semantic?.classes ?? reply?.classification ?? [...shown(current()?.answer), ...(pairs()?.right ?? [])]);
  showHead();
  const body = table.tBodies[0];
  while (body.rows.length > items.length) body.deleteRow(-1);
  while (body.rows.length < items.length) body.append(newRow());
  items.forEach((item, i) => showRow(body.rows[i], item));
  table.hidden = items.length === 0;
  $("tab-list").textContent = TABS[reply?.task ?? state.model?.task] ?? "Detections";
  $("sides-note").hidden = !state.compare || !items.length;
  $("sides-note").textContent = pairs() ? "A dash (–) means that a side did not find it. Reply and Request are A’s." : "The table, Reply and Request are A’s.";
  $("units").hidden = !items.length || !columns.includes(BOX);
  $("units").textContent = reply?.task === "obb" ? ORIENTED : UNITS;
  showMore();
  $("list-none").hidden = items.length > 0;
  $("list-none").textContent = reply?.depth ? wholeMap(reply) : reply ? "Nothing above this confidence." : "What the model finds is listed here.";
});

function showHead() {
  const row = table.tHead.rows[0];
  const keys = columns.map((c) => c.key).join();
  if (row.dataset.keys !== keys) {
    row.dataset.keys = keys;
    row.replaceChildren(...columns.map((c) => {
      const button = element("button", { type: "button", className: "sort" });
      // A narrow table has room for what tells the sides apart; a screen reader says all.
      button.append(element("span", { className: "general", textContent: c.general ?? "" }), c.title);
      button.dataset.key = c.key;
      if (c.brief) button.dataset.brief = c.brief; // stands in the general one's place
      const head = element("th", { scope: "col", className: c.number ? "number" : "" }, button);
      return head;
    }));
  }
  const { key, falling } = order();
  columns.forEach((c, i) => {
    if (c.key === key) row.cells[i].setAttribute("aria-sort", falling ? "descending" : "ascending");
    else row.cells[i].removeAttribute("aria-sort");
  });
}

function newRow() {
  const button = element("button", { type: "button", className: "row" },
    element("span", { className: "swatch" }), element("span", {}, element("span", { className: "name" }), element("span", { className: "side-note" })));
  return element("tr", {}, element("td", {}, button));
}

function showRow(row, item) {
  row.querySelector(".swatch").style.background = colourOf(item.cls_id);
  row.querySelector(".name").textContent = item.cls;
  row.querySelector(".side-note").textContent = sideOf(item) && `only in ${sideOf(item)}`;
  const chosen = item === state.selected;
  row.classList.toggle("chosen", chosen);
  row.querySelector(".row").setAttribute("aria-pressed", chosen);
  while (row.cells.length > columns.length) row.deleteCell(-1);
  while (row.cells.length < columns.length) row.insertCell();
  columns.slice(1).forEach((c, i) => {
    const cell = row.cells[i + 1];
    cell.className = c.corners ? `number box${columns.length > 3 ? " wraps" : ""}` : c.number ? "number" : c.bar ? "share" : "";
    if (c.corners) return showCorners(cell, c.corners(item));
    if (!c.bar) return (cell.textContent = c.text(item));
    const bar = element("span", { className: "share-bar" });
    bar.style.width = `${100 * c.bar(item)}%`;
    bar.style.background = colourOf(item.cls_id);
    cell.replaceChildren(bar);
  });
}

/** The corners stand in one line; beside more columns a narrow page has one below the other. */
function showCorners(cell, [first, last]) {
  cell.replaceChildren(element("span", { textContent: first }), element("span", { className: "comma", textContent: ",\u00a0" }), element("span", { textContent: last }));
}
