// The function behind the proxy, and its models.

import { fromAddress } from "./address.js";
import { describe, endpoint } from "./api.js";
import { fail, mayPass } from "./failure.js";
import { wake } from "./queue.js";
import { $, changed, element, onChange, state } from "./state.js";

/** Asks which function it is, and takes the model that the address names. */
export async function connect() {
  try {
    state.endpoint = await endpoint();
    $("endpoint").textContent = $("endpoint").title = state.endpoint.url;
    await chooseModel(fromAddress("model")).catch((error) => {
      if (!fromAddress("model") || mayPass(error)) throw error;
      fail(error); // a link from elsewhere may name a model that is not here
      return chooseModel("");
    });
    wake();
  } catch (error) {
    $("endpoint").textContent = state.endpoint?.url ?? "Not connected";
    fail(error);
  }
}

/** What a model of each task does. */
const TASKS = {
  detect: "Finds things, and draws boxes around them", segment: "Finds things, and their outlines", pose: "Finds things, and their key points", obb: "Finds things, and draws turned boxes around them",
  classify: "Says what the picture as a whole shows", semantic: "Gives every pixel a class", depth: "Tells how far away every pixel is",
};

/** Takes the named model, the default one for an empty name. */
async function chooseModel(name) {
  const select = $("model");
  $("task").textContent = "…";
  try {
    state.model = await describe(name);
  } catch (error) {
    select.value = state.model?.model ?? "";
    $("task").textContent = state.model?.task ?? "";
    throw error;
  }
  const { model } = state;
  select.replaceChildren(...model.models.map((m) => new Option(m, m, false, m === model.model)));
  select.title = model.model; // a narrow page cuts long names off
  select.disabled = false;
  $("task").textContent = model.task;
  $("task-told").hidden = false;
  $("task-told").title = TASKS[model.task] ?? "";
  state.hidden.clear(); // class ids mean something else
  state.selected = undefined;
  changed();
}

$("model").addEventListener("change", async () => {
  try {
    await chooseModel($("model").value);
    fail(null);
    wake();
  } catch (error) {
    fail(error);
  }
});

/** The names of the model's classes, in the order of their ids. */
const classNames = () => Object.values(state.model?.names ?? {});

let told;
/** What the model knows, searchable, before there is a picture. */
function showKnowledge() {
  if (told === state.model) return;
  told = state.model;
  const names = classNames();
  $("knows").hidden = !names.length;
  $("knows-title").textContent = `What the model knows: ${names.length === 1 ? "one class" : `${names.length} classes`}`;
  $("knows-search").hidden = names.length < 9;
  $("class-names").replaceChildren(...names.map((n) => new Option(n)));
  $("knows-search").value = "";
  search();
}

function search() {
  const wanted = $("knows-search").value.trim().toLowerCase();
  const found = classNames().filter((n) => n.toLowerCase().includes(wanted));
  $("knows-list").replaceChildren(...(found.length ? found : ["It does not know that."]).map((n) => element("li", { textContent: n })));
}
$("knows-search").addEventListener("input", search);
onChange(showKnowledge);
