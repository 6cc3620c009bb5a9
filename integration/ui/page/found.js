// The classes that were found, with counts, and which of them to show.

import { colourOf } from "./colours.js";

export class ClassFilter {
  #list; #rows = new Map(); // class id → {label, number}
  #hidden = new Set(); // class ids that are not shown

  constructor(list, changed) {
    this.#list = list;
    list.addEventListener("change", (event) => {
      const id = Number(event.target.value);
      if (event.target.checked) this.#hidden.delete(id);
      else this.#hidden.add(id);
      changed();
    });
  }

  /** The detections of the classes that are to be shown. */
  shown = (detections) => detections.filter((d) => !this.#hidden.has(d.cls_id));

  /** Lists the classes of the detections. Rows are kept, and focus with them. */
  update(detections) {
    const counts = new Map();
    for (const d of detections) counts.set(d.cls_id, { cls: d.cls, n: (counts.get(d.cls_id)?.n ?? 0) + 1 });
    for (const [id, row] of this.#rows) {
      if (!counts.has(id)) {
        row.label.remove();
        this.#rows.delete(id);
      }
    }
    for (const [id, { cls, n }] of counts) {
      if (!this.#rows.has(id)) this.#rows.set(id, this.#row(id, cls));
      this.#rows.get(id).number.textContent = n;
    }
    this.#list.hidden = counts.size === 0;
  }

  /** Another model: its class ids mean something else. */
  reset() {
    this.#hidden.clear();
    this.update([]);
  }

  #row(id, cls) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: id, checked: !this.#hidden.has(id) });
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colourOf(id);
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: cls });
    const number = Object.assign(document.createElement("span"), { className: "number" });
    label.append(box, swatch, name, number);
    this.#list.append(label);
    return { label, number };
  }
}

/** "2 cups" is no plural that works for every class: "cup × 2, chair". */
export function describe(detections) {
  if (!detections.length) return "Nothing found at these thresholds.";
  const counts = new Map();
  for (const d of detections) counts.set(d.cls, (counts.get(d.cls) ?? 0) + 1);
  const parts = [...counts].map(([cls, n]) => (n > 1 ? `${cls} × ${n}` : cls));
  return `${detections.length} ${detections.length === 1 ? "detection" : "detections"}: ${parts.join(", ")}.`;
}
