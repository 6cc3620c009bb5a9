// Asks about every picture that lacks an answer to the present settings: the one
// that is shown first, a few at a time, and fewer where the function is busy.

import { busy } from "./busy.js";
import { fail } from "./failure.js";
import { decode, pack, scale, sizeOf } from "./picture.js";
import { ask, fits, keyOf, leastOf, options } from "./request.js";
import { changed, current, isLocal, state } from "./state.js";

/** Requests at once, while the function has room for them. */
const AT_ONCE = 3;
/** On this machine one process answers, and keeps both cores busy with one request. */
const atOnce = () => (isLocal(state.endpoint) ? 1 : AT_ONCE);
/** How often a picture is asked about again that the function had no room for. */
const TRIES = 6;
/** Pixels of a thumbnail's longer side: twice what the strip shows. */
const THUMB = 144;

let room = Infinity; // or less, since the function refused
let paused = false;

/** Twice the model's input: whole-pixel boxes then lose nothing that it could tell. */
export const enoughPixels = () => 2 * Math.max(...(state.model?.imgsz ?? [640, 640]));

/** Looks for what is to be asked. Call it when settings or pictures have changed. */
export function wake() {
  state.playing?.wake();
  if (state.playing || !state.endpoint) return;
  const asked = options();
  const wanted = JSON.stringify(asked);
  for (const picture of state.pictures) {
    // A request that a newer setting has overtaken is of no use.
    if (picture.asking && !fits(picture.awaited, asked)) {
      picture.asking.abort();
      picture.asking = undefined;
    }
  }
  const missing = (p) => p && !p.asking && !fits(p.answer, asked) && p.failed !== wanted;
  while (!paused && state.pictures.filter((p) => p.asking).length < Math.min(room, atOnce())) {
    const next = missing(current()) ? current() : state.pictures.find(missing);
    if (!next) break;
    look(next, asked, wanted);
  }
  if (!current()?.asking) busy(null);
}

/** Prepares a picture, if it is not yet, and asks about it. */
async function look(picture, asked, wanted) {
  const asking = (picture.asking = new AbortController());
  picture.awaited = { key: keyOf(asked), floor: leastOf(asked) };
  const say = (text) => { if (picture === current()) busy(text); };
  try {
    say("Opening…");
    if (picture === current()) fail(null);
    await prepare(picture);
    say("Looking…");
    const sent = (part) => say(part < 1 ? `Sending… ${Math.round(part * 100)} %` : "Looking…");
    const answer = await ask(picture.blob, { asked, signal: asking.signal, sent });
    if (asking.signal.aborted) return;
    Object.assign(picture, { answer, error: undefined, failed: undefined, tries: 0 });
    room++;
  } catch (error) {
    if (!asking.signal.aborted) giveUp(picture, error, wanted);
  } finally {
    if (picture.asking === asking) picture.asking = undefined;
    if (state.pictures.includes(picture)) {
      changed();
      wake();
    }
  }
}

/** A busy function is asked again, more gently; other errors stay. */
function giveUp(picture, error, wanted) {
  picture.tries = (picture.tries ?? 0) + 1;
  if (error.code === "throttled" && picture.tries < TRIES) {
    room = 1;
    paused = true;
    setTimeout(() => {
      paused = false;
      wake();
    }, 250 * 2 ** picture.tries * (0.75 + Math.random() / 2));
    return;
  }
  Object.assign(picture, { error, failed: wanted, answer: undefined, tries: 0 });
  if (picture === current()) fail(error, picture.name);
}

/** Sets what is sent of a picture; what is shown of it follows when it is decoded. */
async function prepare(picture) {
  if (picture.blob) return;
  let image;
  const decoded = () => (image ??= decode(picture.file));
  const { endpoint } = state;
  const packed = await pack(picture.file, decoded, { limit: endpoint.max_picture, side: enoughPixels() });
  Object.assign(picture, { blob: packed.blob, note: packed.note, scaled: packed.image });
  reveal(picture, decoded());
}

/** Shows a picture as soon as it is decoded, in the strip and on the stage. */
export async function reveal(picture, decoded = decode(picture.file)) {
  const bitmap = await decoded;
  if (picture.error?.code === "too_large" && !picture.thumb) return bitmap?.close(); // refused meanwhile
  const image = picture.scaled ?? bitmap;
  if (image) picture.thumb ??= scale(image, THUMB);
  picture.size = sizeOf(image) ?? picture.size;
  picture.undecodable = !image;
  if (picture === current()) picture.image = image;
  else bitmap?.close();
  changed();
}
