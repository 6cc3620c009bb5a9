// Looks at the webcam or at a video file, frame by frame, and keeps what was seen.

import { drawChart } from "./chart.js";
import { download } from "./download.js";
import { fail } from "./failure.js";
import { encode, scale } from "./picture.js";
import { enoughPixels, wake } from "./queue.js";
import { ask, shown } from "./request.js";
import { $, changed, current, onChange, state } from "./state.js";
import { eachFrame, videoFile, webcam } from "./video.js";

/** Frames whose results are kept: an hour and more at two a second. */
const MOST_FRAMES = 10_000;

/** Frames that the chart shows: the latest. */
const CHARTED = 1000;

/** {name, frames: [{time, answer}]} of what plays, or played last. */
let film;

export const playFile = (file) => play(() => videoFile(file), file.name);

/** Plays what `start` opens, {video, stop}, until it ends or is stopped. */
async function play(start, name) {
  stopPlaying();
  fail(null);
  for (const p of state.pictures) p.asking?.abort();
  const abort = new AbortController();
  const playing = (state.playing = { stop: () => abort.abort() });
  const { signal } = abort;
  swap($("webcam"), $("stop"));
  let source;
  try {
    source = await start();
    if (signal.aborted) return;
    film = { name, frames: [] };
    state.hidden.clear();
    $("status").textContent = `Playing ${name}. Each frame is looked at when the last one is answered.`;
    $("rate").hidden = false;
    await eachFrame(source.video, {
      signal,
      look: (video) => look(video, signal),
      rate: (fps) => ($("rate").textContent = `${fps.toFixed(1)} frames a second`),
    });
  } catch (error) {
    if (!signal.aborted) fail(cameraError(error));
  } finally {
    source?.stop();
    if (state.playing === playing) stopPlaying();
  }
}

/** Asks about the frame that the video shows, and makes it the picture. */
async function look(video, signal) {
  const time = video.currentTime;
  const frame = scale(video, enoughPixels());
  const blob = await encode(frame, 0.9);
  const answer = await ask(blob, { signal });
  if (signal.aborted) return;
  state.pictures = [{ name: "frame.jpg", blob, image: frame, size: { width: frame.width, height: frame.height }, note: "", answer }];
  state.at = 0;
  state.selected = undefined; // an object of the last frame's reply
  film.frames.push({ time, answer });
  if (film.frames.length > MOST_FRAMES) film.frames.shift();
  changed();
}

/** The browser's own words for a missing camera help nobody. */
function cameraError(error) {
  const said = {
    NotAllowedError: "The browser may not use the camera. Allow it in the address bar, then try again.",
    NotFoundError: "There is no camera. Connect one, or choose a picture.",
    NotReadableError: "Another program uses the camera. Close it, then try again.",
  }[error.name];
  return said ? new Error(said) : error;
}

/** Stops where it is: the last frame stays as the picture. */
export function stopPlaying() {
  if (!state.playing) return;
  state.playing.stop();
  state.playing = undefined;
  swap($("stop"), $("webcam"));
  $("rate").hidden = true;
  changed();
  wake();
}

/** Shows one button in the other's place, and passes the focus on. */
function swap(from, to) {
  const focused = document.activeElement === from;
  to.hidden = false;
  from.hidden = true;
  if (focused) to.focus();
}

/** A frame with what the settings let show of it. */
const counted = ({ time, answer }) => ({ time, detections: shown(answer), classification: answer.reply.classification });

$("webcam").addEventListener("click", () => play(webcam, "the webcam"));
$("stop").addEventListener("click", stopPlaying);
$("save-frames").addEventListener("click", () => {
  const name = film.name.replace(/\.[^.]*$/, "").replaceAll(" ", "-");
  const frames = film.frames.map(counted);
  download(new Blob([JSON.stringify({ video: film.name, frames }, null, 1)], { type: "application/json" }), `${name}-frames.json`);
});

/** A turned phone makes the page higher or lower above the video: it stays in view. */
let top;
const place = () => $("stage").getBoundingClientRect().top;
addEventListener("scroll", () => (top = place()), { passive: true });
new ResizeObserver(() => {
  if (state.playing && top !== undefined) scrollBy({ top: place() - top, behavior: "instant" });
  top = place();
}).observe(document.body);

onChange(() => {
  const isFrame = current() && !current().file;
  $("video-panel").hidden = !isFrame || !film?.frames.length;
  if (!$("video-panel").hidden) drawChart($("chart"), $("chart-legend"), film.frames.slice(-CHARTED).map(counted));
});
