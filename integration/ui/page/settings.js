// The function's options: the controls, the state and the address bar say the
// same, so that a setting can be shared by its address.

import { address, fromAddress } from "./address.js";
import { hasThresholds, namedModel } from "./request.js";
import { $, changed, onChange, state } from "./state.js";

/** The options with their controls and what counts where nothing is asked. */
const FIELDS = {
  conf_thres: { id: "conf", initial: 0.3 },
  iou_thres: { id: "iou", initial: 0.3 },
  imgsz: { id: "imgsz" },
  tile: { id: "tile" },
  tile_overlap: { id: "tile_overlap" },
  max_det: { id: "max_det" },
  classes: { id: "classes-asked" },
  agnostic_nms: { id: "agnostic_nms" },
  letterbox: { id: "letterbox" },
  rect: { id: "rect" },
  mask: { id: "mask" },
};

/** Milliseconds that a control must rest before the function is asked again. */
export const REST = 200;

const controls = Object.entries(FIELDS).map(([name, { id, initial = "" }]) => ({ name, initial, input: $(id) }));

/** Writes into the address what differs from the initial settings. */
function writeAddress() {
  const query = new URLSearchParams();
  for (const { name, initial } of controls) if (state.settings[name] !== initial) query.set(name, state.settings[name]);
  const { pictures, at } = state;
  const model = namedModel(state.model);
  if (model) query.set("model", model);
  const name = pictures[at]?.file ? pictures[at].name : pictures.length ? "" : fromAddress("picture");
  if (name) query.set("picture", name);
  const text = query.toString();
  if (text !== location.search.slice(1)) history.replaceState(null, "", text ? "?" + text : location.pathname);
}

const readOne = (input) => {
  if (input.type === "checkbox") return input.checked ? "true" : "";
  if (["range", "number"].includes(input.type)) return input.value === "" ? "" : Number(input.value);
  return input.value.trim();
};

/** Shows a setting; a value that the control does not take leaves it as it is. */
function write(input, value) {
  if (input.type === "checkbox") input.checked = value === "true";
  else input.value = value;
  return input.checkValidity() && (input.value !== "" || value === "");
}

function read() {
  const wrong = controls.find(({ input }) => !input.checkValidity());
  $("more-error").hidden = !wrong;
  if (wrong) $("more-error").textContent = `${wrong.input.labels[0].firstChild.textContent.trim()}: ${wrong.input.validationMessage}`;
  for (const { name, input } of controls) if (input.checkValidity()) state.settings[name] = readOne(input);
}

/** Sets options as a user's hand would: {name: value}. */
export function set(values) {
  for (const { name, input } of controls) if (name in values) write(input, values[name]);
  read();
  changed();
}

/** Calls `rested` when the settings have changed and then rest. */
export function watchSettings(rested) {
  let timer;
  for (const { input } of controls) {
    input.addEventListener(input.type === "text" || input.type === "number" ? "change" : "input", () => {
      read();
      changed();
      clearTimeout(timer);
      timer = setTimeout(rested, REST);
    });
  }
  $("reset").addEventListener("click", () => {
    set(Object.fromEntries(controls.map(({ name, initial }) => [name, initial])));
    rested();
  });
}

/** Takes the settings of the address; what it cannot say leaves the initial one. */
export function readAddress() {
  const query = address();
  for (const { name, initial, input } of controls) if (!write(input, query.get(name) ?? initial)) write(input, initial);
  read();
  $("more").open = controls.slice(2).some(({ name, initial }) => state.settings[name] !== initial);
}

onChange(() => {
  const task = state.model?.task ?? "detect";
  for (const e of document.querySelectorAll("[data-tasks]")) e.hidden = !e.dataset.tasks.split(" ").includes(task);
  if (hasThresholds(task)) {
    $("conf-value").textContent = Number($("conf").value).toFixed(2);
    $("iou-value").textContent = Number($("iou").value).toFixed(2);
  }
  if (!state.playing) writeAddress();
});
