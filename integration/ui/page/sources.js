// Where files come from: the dialogues, the clipboard, a drop, the examples.

import { fromAddress } from "./address.js";
import { fail } from "./failure.js";
import { take } from "./pictures.js";
import { $, element } from "./state.js";

for (const [button, input] of [["choose", "file"], ["choose-folder", "folder"]]) {
  $(button).addEventListener("click", () => $(input).click());
  $(input).addEventListener("change", () => {
    const files = [...$(input).files];
    $(input).value = ""; // the same file may be chosen again
    take(files);
  });
}

addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));

addEventListener("dragover", (event) => {
  event.preventDefault();
  $("stage").classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) $("stage").classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  $("stage").classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((e) => e.isDirectory)) return take(event.dataTransfer.files);
  Promise.all(entries.map(filesOf)).then((found) => take(found.flat()), fail);
});

/** All files of a dropped file or folder, by their paths. */
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const inside = [];
  for (;;) { // a reader gives a part of the folder at a time
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) break;
    inside.push(...part);
  }
  inside.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(inside.map(filesOf))).flat();
}

const examples = [...document.querySelectorAll("[data-example]")];
for (const button of examples) button.addEventListener("click", () => takeExample(button.dataset.example));

/** Takes a picture that comes with the page. */
async function takeExample(name) {
  try {
    const response = await fetch(`examples/${name}`);
    if (!response.ok) throw new Error(`The example could not be loaded: ${response.status}.`);
    take([new File([await response.blob()], name, { type: "image/jpeg" })]);
  } catch (error) {
    fail(error);
  }
}

/** Takes the example that the address names; asks for a picture of the user's. */
export function takeFromAddress() {
  const name = fromAddress("picture");
  if (examples.some((b) => b.dataset.example === name)) return takeExample(name);
  if (!name) return;
  // The invitation has a text for the mouse and one for fingers.
  $("invitation").replaceChildren(`This link is about ${name}, but does not have the picture itself. `,
    element("span", { className: "mouse", textContent: "Drop it here, or choose it below." }), element("span", { className: "touch", textContent: "Choose it below." }));
}
