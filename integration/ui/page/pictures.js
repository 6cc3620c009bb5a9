// The user's pictures: taking them, choosing one, and the strip of thumbnails.

import { fail, tell } from "./failure.js";
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
  const before = state.pictures;
  state.hidden.clear(); // or classes would stay away from the new pictures unseen
  state.pictures = pictures.map((file) => ({ file, name: file.name || "photo.jpg", note: "" }));
  state.at = 0;
  state.selected = undefined;
  changed();
  for (const p of before) {
    p.asking?.abort();
    giveBack(p);
  }
  wake();
}

/** Closes the image of a picture that is shown no more, on either side of a comparison: call it after `changed`. */
function giveBack(picture) {
  if (picture.image !== picture.scaled) picture.image?.close?.();
  picture.image = undefined;
}

/** Shows the picture at an index. */
export function choose(at) {
  if (at === state.at || !state.pictures[at]) return;
  const before = current();
  state.at = at;
  state.selected = undefined;
  const picture = current();
  fail(picture.error ?? null, picture.name);
  changed();
  if (before) giveBack(before);
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
  if (error) return `Failed: ${tell(error, name)}`;
  if (!answer) return `${name}, waiting`;
  return TASK_TEXT[answer.reply.task] ? `${name}, ${text}` : `${name}, ${text} ${text === "1" ? "detection" : "detections"}`;
}

/** A picture's name, and why there is no answer to it. */
const titleOf = ({ name, error }) => (error ? tell(error, name) : name);

/** Draws the strip; buttons are kept, and the focus with them. */
function showStrip() {
  const strip = $("strip");
  strip.hidden = $("strip-note").hidden = state.pictures.length < 2;
  if (strip.hidden) return strip.replaceChildren();
  $("strip-note").textContent = `Picture ${state.at + 1} of ${state.pictures.length}: ${current().name}`; // why it failed stands below
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
    button.title = titleOf(picture);
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

/** Fades the strip's ends behind which there are more pictures. */
function showEnds() {
  const strip = $("strip");
  strip.classList.toggle("more-left", strip.scrollLeft > 1);
  strip.classList.toggle("more-right", strip.scrollLeft + strip.clientWidth < strip.scrollWidth - 1);
}
$("strip").addEventListener("scroll", showEnds);
onChange(showEnds);

/** CSS pixels of the strip's ends that fade, as in style.css. */
const FADE = 44;
/** Brings the chosen picture's thumbnail into sight, by moving the strip alone. */
function showChosen() {
  const strip = $("strip");
  const button = strip.children[state.at];
  if (!button) return;
  const left = button.offsetLeft - strip.offsetLeft - strip.scrollLeft;
  if (left < FADE || left + button.offsetWidth > strip.clientWidth - FADE) strip.scrollLeft += left - strip.clientWidth / 2 + button.offsetWidth / 2;
}
let inSight; // the picture whose thumbnail was brought into sight
onChange(() => {
  if (inSight === current()) return;
  inSight = current();
  showChosen();
});
new ResizeObserver(() => {
  showChosen();
  showEnds();
}).observe($("strip"));
