// Looks at a video frame by frame: the next frame is taken when the answer to
// the last one is there, so that a slow function drops frames instead of
// piling up requests.

/** Milliseconds over which the frame rate is averaged. */
const WINDOW = 3000;

/**
 * Calls `look`, which takes the playing video and returns a promise, until the
 * signal aborts or the video ends; `rate` gets the frames a second. A paused frame is
 * looked at again where `stale` says so; the video's event "wake" makes it be asked.
 */
export async function eachFrame(video, { signal, look, stale, rate }) {
  const done = [];
  do { // once at least: a short video may have ended before a busy machine comes here
    await nextFrame(video, signal, stale);
    if (signal.aborted) return;
    await look(video);
    const now = performance.now();
    done.push(now);
    while (now - done[0] > WINDOW) done.shift();
    if (done.length > 1 && !video.paused) rate(((done.length - 1) * 1000) / (now - done[0]));
  } while (!signal.aborted && !video.ended);
}

/** Resolves at a new frame, where the present one is stale, at the end, or at the abortion. */
async function nextFrame(video, signal, stale) {
  const over = new AbortController();
  const once = { signal: over.signal };
  await new Promise((resolve) => {
    const wake = () => { if (video.paused && stale()) resolve(); };
    if (video.ended) resolve();
    video.requestVideoFrameCallback(resolve);
    video.addEventListener("ended", resolve, once);
    video.addEventListener("wake", wake, once);
    signal.addEventListener("abort", resolve, once);
    wake();
  });
  over.abort();
}

/** A video that plays the webcam; stop ends it and turns the camera off. */
export async function webcam() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } }, audio: false });
  const video = await play((v) => (v.srcObject = stream));
  return { video, stop: () => stream.getTracks().forEach((track) => track.stop()) };
}

/** A video that plays a file. */
export async function videoFile(file) {
  const url = URL.createObjectURL(file);
  const stop = () => URL.revokeObjectURL(url);
  try {
    const video = await play((v) => (v.src = url));
    return { video, stop: () => { video.pause(); stop(); } };
  } catch {
    stop();
    throw new Error("This browser can’t play the video. Save it as MP4 (H.264) or WebM.");
  }
}

async function play(setSource) {
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  setSource(video);
  await video.play();
  return video;
}
