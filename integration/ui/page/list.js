// The table of detections. Pointing at a row, or moving the focus to it, lights
// its detection on the picture.

import { colourOf } from "./colours.js";

export class DetectionList {
  #table; #none; #items = [];

  constructor(table, none, light) {
    this.#table = table;
    this.#none = none;
    const item = (event) => this.#items[event.target.closest("tbody tr")?.sectionRowIndex];
    for (const type of ["pointerover", "focusin"]) table.addEventListener(type, (event) => light(item(event)));
    for (const type of ["pointerleave", "focusout"]) table.addEventListener(type, () => light(undefined));
  }

  /** Lists detections, or the classes of a classification, in their order. */
  update(items, none) {
    this.#items = items;
    const body = this.#table.tBodies[0];
    while (body.rows.length > items.length) body.deleteRow(-1);
    while (body.rows.length < items.length) body.append(newRow());
    items.forEach((item, i) => {
      const [name, conf, box] = body.rows[i].cells;
      name.querySelector(".swatch").style.background = colourOf(item.cls_id);
      name.querySelector(".name").textContent = item.cls;
      conf.textContent = item.conf.toFixed(3);
      box.textContent = item.box?.join(", ") ?? "";
    });
    this.#table.hidden = items.length === 0;
    this.#none.hidden = items.length > 0;
    this.#none.textContent = none;
  }
}

function newRow() {
  const row = document.createElement("tr");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "row" });
  button.append(
    Object.assign(document.createElement("span"), { className: "swatch" }),
    Object.assign(document.createElement("span"), { className: "name" }),
  );
  const head = document.createElement("td");
  head.append(button);
  const cells = [0, 1].map(() => Object.assign(document.createElement("td"), { className: "number" }));
  row.append(head, ...cells);
  return row;
}
