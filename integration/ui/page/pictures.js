// The user's pictures: taking them, choosing one, and the strip of thumbnails.

import { fail } from "./failure.js";
import { reveal, wake } from "./queue.js";
import { shown } from "./request.js";
import { $, changed, current, element, onChange, state } from "./state.js";
import { playFile, stopPlaying } from "./playing.js";

const SUFFIXES = /\.(jpe?g|png|gif|bmp|webp|tiff?|avif|hei[cf])$/i;

/** Takes files of the user's in place of those that were there. */
export function take(files) {
  files = [...files];
  if (!files.length) return;
  stopPlaying();
  fail(null);
  const video = files.find((f) => f.type.startsWith("video/"));
  if (video) return playFile(video);
  // A folder may hold anything; a single file was meant, whatever it is.
  const pictures = files.length > 1 ? files.filter((f) => f.type.startsWith("image/") || SUFFIXES.test(f.name)) : files;
  if (!pictures.length) return fail(new Error("There are no pictures among these files. Choose others."));
  drop();
  state.hidden.clear(); // or classes would stay away from the new pictures unseen
  state.pictures = pictures.map((file) => ({ file, name: file.name || "photo.jpg", note: "" }));
  state.at = 0;
  state.selected = undefined;
  changed();
  wake();
}

/** Gives back what the present pictures hold. */
function drop() {
  for (const p of state.pictures) {
    p.asking?.abort();
    if (p.image !== p.scaled) p.image?.close?.();
  }
}

/** Shows the picture at an index. */
export function choose(at) {
  if (at === state.at || !state.pictures[at]) return;
  const before = current();
  if (before?.image !== before?.scaled) before?.image?.close?.();
  if (before) before.image = undefined;
  state.at = at;
  state.selected = undefined;
  const picture = current();
  fail(picture.error ?? null);
  changed();
  if (picture.blob) reveal(picture);
  wake();
}

/** Shows the next picture, or the one before. */
export const step = (by) => choose((state.at + by + state.pictures.length) % state.pictures.length);

const TASK_TEXT = { classify: (reply) => reply.classification?.[0]?.cls ?? "" };

/** What a thumbnail says: a count, a class, a failure; nothing yet. */
function badge({ answer, error }) {
  if (error) return "!";
  if (!answer) return "…";
  return TASK_TEXT[answer.reply.task]?.(answer.reply) ?? String(shown(answer).length);
}

function describe({ name, answer, error }, text) {
  if (error) return `${name}, failed: ${error.message}`;
  if (!answer) return `${name}, waiting`;
  return TASK_TEXT[answer.reply.task] ? `${name}, ${text}` : `${name}, ${text} ${text === "1" ? "detection" : "detections"}`;
}

/** Draws the strip; buttons are kept, and the focus with them. */
function showStrip() {
  const strip = $("strip");
  strip.hidden = state.pictures.length < 2;
  if (strip.hidden) return strip.replaceChildren();
  while (strip.children.length > state.pictures.length) strip.lastChild.remove();
  while (strip.children.length < state.pictures.length) {
    strip.append(element("button", { type: "button" }, element("canvas", { width: 1, height: 1 }), element("span", { className: "badge" })));
  }
  state.pictures.forEach((picture, i) => {
    const button = strip.children[i];
    const text = badge(picture);
    const chosen = i === state.at;
    button.lastChild.textContent = text;
    button.lastChild.classList.toggle("failed", !!picture.error);
    button.setAttribute("aria-label", describe(picture, text));
    button.setAttribute("aria-current", chosen);
    button.title = picture.name;
    button.tabIndex = chosen ? 0 : -1;
    if (button.of !== picture.thumb) {
      const canvas = button.firstChild;
      button.of = picture.thumb;
      canvas.width = picture.thumb?.width ?? 1;
      canvas.height = picture.thumb?.height ?? 1;
      if (picture.thumb) canvas.getContext("2d").drawImage(picture.thumb, 0, 0);
    }
  });
}

$("strip").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) choose([...$("strip").children].indexOf(button));
});
$("strip").addEventListener("keydown", (event) => {
  const last = state.pictures.length - 1;
  const to = { ArrowRight: Math.min(state.at + 1, last), ArrowLeft: Math.max(state.at - 1, 0), Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
  $("strip").children[to].focus();
});
onChange(showStrip);
