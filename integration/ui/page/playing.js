// Looks at the webcam or at a video file, frame by frame, and keeps what was seen.

import { clock, drawChart } from "./chart.js";
import { download } from "./download.js";
import { fail } from "./failure.js";
import { encode, scale } from "./picture.js";
import { enoughPixels, wake } from "./queue.js";
import { ask, fits, shown } from "./request.js";
import { $, changed, current, onChange, state } from "./state.js";
import { eachFrame, videoFile, webcam } from "./video.js";

/** Frames whose results are kept: an hour and more at two a second. */
const MOST_FRAMES = 10_000;

/** Frames that the chart shows: the latest. */
const CHARTED = 1000;

/** {name, end, frames: [{time, answer}]}, times in seconds, of what plays, or played last. */
let film;

export const playFile = (file) => play(() => videoFile(file), file.name);

/** Plays what `start` opens, {video, stop}, until it ends or is stopped. */
async function play(start, name) {
  stopPlaying();
  fail(null);
  for (const p of state.pictures) p.asking?.abort();
  const abort = new AbortController();
  const playing = (state.playing = { stop: () => abort.abort(), wake() {} });
  const { signal } = abort;
  swap($("webcam"), $("stop"));
  let source;
  try {
    source = await start();
    if (signal.aborted) return;
    const { video } = source;
    film = { name, end: Number.isFinite(video.duration) ? video.duration : undefined, frames: [] };
    playing.video = video;
    playing.wake = () => video.dispatchEvent(new Event("wake"));
    $("pause").hidden = false;
    state.hidden.clear();
    const say = () => {
      $("pause").textContent = video.paused ? "Play" : "Pause";
      $("status").textContent = video.paused ? `Paused: ${name}. A changed setting looks at this frame again.` : `Playing ${name}. Each frame is looked at when the last one is answered.`;
    };
    for (const type of ["play", "pause"]) video.addEventListener(type, say, { signal });
    say();
    $("rate").hidden = false;
    await eachFrame(video, {
      signal,
      look: () => look(video, signal),
      stale: () => film.frames.length > 0 && !fits(film.frames.at(-1).answer),
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
  if (film.frames.at(-1)?.time === time) film.frames.pop(); // a paused frame, looked at again
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
  $("pause").hidden = true;
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
$("pause").addEventListener("click", () => {
  const { video } = state.playing;
  if (video.paused) video.play();
  else video.pause();
});
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

function showFilm() {
  const isFrame = current() && !current().file;
  $("video-panel").hidden = !isFrame || !film?.frames.length;
  $("frame-time").hidden = $("video-panel").hidden;
  if ($("video-panel").hidden) return;
  $("frame-time").textContent = clock(film.frames.at(-1).time) + (film.end ? ` of ${clock(film.end)}` : "");
  drawChart($("chart"), $("chart-legend"), film.frames.slice(-CHARTED).map(counted), film.end);
}
onChange(showFilm);
new ResizeObserver(showFilm).observe($("chart")); // its letters keep their shape, and below their colour
new MutationObserver(showFilm).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showFilm);
