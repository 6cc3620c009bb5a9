// Looks at a video frame by frame: the next frame is taken when the answer to
// the last one is there, so that a slow function drops frames instead of
// piling up requests.

/** Milliseconds over which the frame rate is averaged. */
const WINDOW = 3000;

/**
 * Calls `look`, which takes the playing video and returns a promise, until the
 * signal aborts or the video ends; `rate` gets the frames a second.
 */
export async function eachFrame(video, { signal, look, rate }) {
  const done = [];
  while (!signal.aborted && !video.ended) {
    await nextFrame(video, signal);
    if (signal.aborted) return;
    await look(video);
    const now = performance.now();
    done.push(now);
    while (now - done[0] > WINDOW) done.shift();
    if (done.length > 1) rate(((done.length - 1) * 1000) / (now - done[0]));
  }
}

/** Resolves at a new frame, at the end, or at the abortion. */
function nextFrame(video, signal) {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback(resolve);
    video.addEventListener("ended", resolve, { once: true, signal });
    signal.addEventListener("abort", resolve, { once: true });
  });
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
