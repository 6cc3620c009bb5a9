// Ties the page together: what the user chose, what was asked, what is shown.

import { Refusal, describe as describeModel, endpoint as getEndpoint, predict } from "./api.js";
import { ClassFilter, describe } from "./found.js";
import { pretty } from "./json.js";
import { DetectionList } from "./list.js";
import { encode, open, scale } from "./picture.js";
import { snippet } from "./snippets.js";
import { makeTabs } from "./tabs.js";
import { FLOOR, above } from "./thresholds.js";
import { costOf, showStages, stagesOf } from "./timing.js";
import { eachFrame, videoFile, webcam } from "./video.js";
import { View } from "./view.js";

const $ = (id) => document.getElementById(id);

/** Milliseconds that a slider must rest before the function is asked again. */
const REST = 200;

let endpoint; // {url, region, max_picture}
let model; // the metadata of the chosen model
let picture; // {image, blob, name, note}: the one that is shown; image is null where the browser can't
let answer; // {reply, floor, elapsed}: the last one to it; floor is the confidence it was asked with
let asking = new AbortController(); // ends the request under way
let playing; // ends the webcam or the video
let tab = "tab-list";

const view = new View({ stage: $("stage"), frame: $("canvases"), picture: $("picture"), overlay: $("overlay") });
const classes = new ClassFilter($("classes"), refresh);
const list = new DetectionList($("list"), $("list-none"), (d) => view.light(d));

// ---- asking

const conf = () => Number($("conf").value);

/** What the user asks, as the function's options. */
const options = () => ({
  conf_thres: conf(),
  iou_thres: Number($("iou").value),
  model: model && model.model !== model.models[0] ? model.model : undefined,
});

/** Twice the model's input: whole-pixel boxes then lose nothing that it could tell. */
const enoughPixels = () => 2 * Math.max(...(model?.imgsz ?? [640, 640]));

const TOO_MANY = ["too_large", "invalid_request"];

/** Asks about a Blob with a confidence low enough to filter the answer. */
async function ask(blob, signal, sent) {
  const floor = Math.min(FLOOR, conf());
  const start = performance.now();
  const at = async (conf_thres) => {
    const reply = await predict(blob, { ...options(), conf_thres }, { signal, sent });
    return { reply, floor: conf_thres, elapsed: performance.now() - start };
  };
  try {
    return await at(floor);
  } catch (error) {
    // Weak detections can be too many for a reply (too_large) or their masks for
    // the function (invalid_request): ask for the wanted ones alone.
    if (TOO_MANY.includes(error.code) && floor < conf()) return at(conf());
    throw error;
  }
}

/** Asks about the picture that is shown, in place of any request under way. */
async function look() {
  if (!picture) return;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  busy("Looking…");
  fail(null);
  try {
    answer = await ask(picture.blob, signal, (part) => busy(part < 1 ? `Sending… ${Math.round(part * 100)} %` : "Looking…"));
    busy(null);
    if (!picture.image) {
      $("welcome").hidden = true;
      view.show(null, answer.reply.image); // the boxes, on an empty ground
    }
    refresh();
    if (conf() < answer.floor) lookSoon(); // the slider has moved meanwhile
  } catch (error) {
    if (signal.aborted) return; // a newer request has taken over
    busy(null);
    answer = undefined;
    refresh();
    fail(error);
  }
}

let resting;
function lookSoon() {
  clearTimeout(resting);
  resting = setTimeout(() => { if (!playing) look(); }, REST);
}

// ---- showing

/** Shows the answer at the present thresholds, less what the user has hidden. */
function refresh() {
  const reply = answer?.reply;
  const enough = above(reply?.detections ?? [], conf());
  classes.update(enough);
  const seen = { detections: classes.shown(enough), classification: reply?.classification ?? [] };
  const isClassify = reply?.task === "classify";
  const summary = !reply ? "" : isClassify ? describeClasses(seen.classification) : describe(seen.detections);
  view.see(seen, reply?.image ?? null, summary || "A picture, not looked at yet");
  list.update(isClassify ? seen.classification : seen.detections, reply ? "Nothing found at these thresholds." : "What the model finds is listed here.");
  $("found-count").textContent = reply ? (isClassify ? seen.classification.length : enough.length) : "";
  $("found-none").hidden = enough.length > 0;
  $("found-none").textContent = !reply ? "Nothing yet." : isClassify ? "This model tells the most probable classes; it finds no places." : "Nothing at these thresholds.";
  if (!playing) $("status").textContent = [summary, reply && picture.note].filter(Boolean).join(" ");
  $("save").disabled = !reply;
  showTime();
  showDetails();
}

const describeClasses = ([first]) => (first ? `Most probably ${first.cls}, ${(first.conf * 100).toFixed(0)} %.` : "");

function showTime() {
  const speed = answer?.reply.speed;
  $("time").hidden = !speed;
  $("time-none").hidden = !!speed;
  if (!speed) return;
  const spent = stagesOf(speed, answer.elapsed);
  showStages({ bar: $("stages-bar"), list: $("stages") }, spent, answer.elapsed, answer.reply.cold_start);
  const cost = costOf(spent.busy, Number($("memory").value), $("cpu").value);
  $("cost").textContent = (cost * 1e6).toLocaleString("en", { style: "currency", currency: "USD" });
  const here = /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint.url);
  $("cost-note").textContent = `${Math.ceil(spent.busy)} ms at list prices of us-east-1, without the free tier.` +
    (here ? " The time is this machine’s; Lambda’s differs." : "");
}

/** Writes the tab that is open; the others cost nothing. */
function showDetails() {
  if (tab === "tab-code") showCode();
  if (tab === "tab-json") showReply();
}

function showCode() {
  $("code").firstChild.textContent = snippet($("language").value, {
    url: endpoint?.url ?? "URL",
    region: endpoint?.region ?? "REGION",
    options: options(),
    file: picture?.name ?? "photo.jpg",
    type: picture?.blob.type || "application/octet-stream",
  });
}

let dialectAsked = new AbortController();
let dialectShown; // {key, answer}: what the text was made of

/**
 * The project's own dialect is at hand: the answer, less what is below the
 * threshold. The others are asked of the function.
 */
async function showReply() {
  const format = $("dialect").value;
  const text = $("json").firstChild;
  const key = JSON.stringify([format, options()]);
  if (answer && key === dialectShown?.key && answer === dialectShown.answer) return;
  dialectAsked.abort();
  dialectAsked = new AbortController();
  const { signal } = dialectAsked;
  dialectShown = { key, answer };
  if (!answer) {
    text.textContent = "No reply yet.";
  } else if (format === "yolambda") {
    text.textContent = pretty({ ...answer.reply, detections: above(answer.reply.detections, conf()) });
  } else if (playing) {
    text.textContent = "Stop the video to ask for this dialect.";
  } else {
    text.textContent = "Asking…";
    await new Promise((resolve) => setTimeout(resolve, REST)); // a slider may be moving
    if (signal.aborted) return;
    try {
      const reply = await predict(picture.blob, { ...options(), format }, { signal });
      text.textContent = pretty(reply);
    } catch (error) {
      if (signal.aborted) return;
      dialectShown = undefined; // to be asked again
      text.textContent = error.message;
    }
  }
}

function busy(text) {
  $("busy").hidden = !text;
  $("stage").setAttribute("aria-busy", !!text);
  if (text) $("busy-text").textContent = text;
}

/** What to do about a refusal, by its code. */
const ADVICE = {
  unsupported_picture: "Choose a picture file. Save AVIF, HEIC and JPEG 2000 as JPEG or PNG first.",
  broken_picture: "The file is damaged or cut off. Open it in a picture editor and save it again, or choose another.",
  too_large: "Choose a smaller picture, or raise the confidence.",
  deadline_exceeded: "Try again with a smaller picture, or give the function more time or memory.",
  internal: "The function’s log has the reason.",
  throttled: "Wait a moment and try again.",
  unreachable: "Is the function’s address right, and the network up? Then try again.",
  proxy_gone: "Start it again with “yolambda serve” or “yolambda proxy”, and open the address that it prints.",
};

function fail(error) {
  $("error").hidden = !error;
  if (!error) return;
  const advice = error instanceof Refusal ? ADVICE[error.code] : "";
  const title = Object.assign(document.createElement("strong"), { textContent: sentence(error.message) });
  $("error").replaceChildren(title, advice ?? "");
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");

// ---- pictures

/** Shows a file of the user's and asks about it. */
async function take(file) {
  if (!file) return;
  stopPlaying();
  fail(null);
  if (file.type.startsWith("video/")) {
    play(() => videoFile(file), file.name);
    return;
  }
  asking.abort();
  const { signal } = (asking = new AbortController());
  answer = undefined;
  try {
    const opened = await open(file, { limit: endpoint?.max_picture ?? Infinity, side: enoughPixels() });
    if (signal.aborted) return; // another file was chosen meanwhile
    picture = { image: opened.image, blob: opened.blob, name: file.name || "photo.jpg", note: opened.note };
    $("welcome").hidden = !!opened.image;
    view.show(opened.image, opened.size);
    refresh();
    await look();
  } catch (error) {
    fail(error);
  }
}

// ---- videos

/** Plays what `start` opens, {video, stop}, until it ends or is stopped. */
async function play(start, name) {
  stopPlaying();
  fail(null);
  asking.abort();
  const { signal } = (asking = playing = new AbortController());
  swap($("webcam"), $("stop"));
  let source;
  try {
    source = await start();
    if (signal.aborted) return;
    $("welcome").hidden = true;
    $("status").textContent = `Playing ${name}. Each frame is looked at when the last one is answered.`;
    $("rate").hidden = false;
    await eachFrame(source.video, {
      signal,
      look: async (video) => {
        const frame = scale(video, enoughPixels());
        const blob = await encode(frame, 0.9);
        const seen = await ask(blob, signal);
        picture = { image: frame, blob, name: "frame.jpg", note: "" };
        answer = seen;
        view.show(frame, { width: frame.width, height: frame.height });
        refresh();
      },
      rate: (fps) => ($("rate").textContent = `${fps.toFixed(1)} frames a second`),
    });
  } catch (error) {
    if (!signal.aborted) fail(cameraError(error));
  } finally {
    source?.stop();
    if (playing?.signal === signal) stopPlaying();
  }
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
function stopPlaying() {
  if (!playing) return;
  playing.abort();
  playing = undefined;
  swap($("stop"), $("webcam"));
  $("rate").hidden = true;
  refresh();
}

/** Shows one button in the other's place, and passes the focus on. */
function swap(from, to) {
  const focused = document.activeElement === from;
  to.hidden = false;
  from.hidden = true;
  if (focused) to.focus();
}

// ---- the endpoint

async function connect() {
  try {
    endpoint = await getEndpoint();
    $("endpoint").textContent = endpoint.url;
    $("endpoint").title = endpoint.url;
    await chooseModel("");
  } catch (error) {
    $("endpoint").textContent = endpoint?.url ?? "Not connected";
    fail(error);
  }
}

/** Takes the named model, the default one for an empty name. */
async function chooseModel(name) {
  const select = $("model");
  $("task").textContent = "…";
  try {
    model = await describeModel(name);
  } catch (error) {
    select.value = model?.model ?? "";
    $("task").textContent = model?.task ?? "";
    throw error;
  }
  select.replaceChildren(...model.models.map((m) => new Option(m, m, false, m === model.model)));
  select.disabled = false;
  $("task").textContent = model.task;
  $("task").hidden = false;
  classes.reset();
}

// ---- what the user does

$("choose").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => {
  take($("file").files[0]);
  $("file").value = ""; // the same file may be chosen again
});
addEventListener("paste", (event) => {
  const file = event.clipboardData?.files[0];
  if (file) take(file);
});
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
  take(event.dataTransfer.files[0]);
});
$("webcam").addEventListener("click", () => play(webcam, "the webcam"));
$("stop").addEventListener("click", stopPlaying);
$("conf").addEventListener("input", () => {
  $("conf-value").textContent = conf().toFixed(2);
  if (answer && conf() < answer.floor) lookSoon();
  else refresh();
});
$("iou").addEventListener("input", () => {
  $("iou-value").textContent = Number($("iou").value).toFixed(2);
  lookSoon();
  showDetails();
});
$("model").addEventListener("change", async () => {
  try {
    await chooseModel($("model").value);
    if (!playing) await look();
  } catch (error) {
    fail(error);
  }
});
for (const id of ["memory", "cpu"]) $(id).addEventListener("change", showTime);
for (const id of ["dialect", "language"]) $(id).addEventListener("change", showDetails);
for (const what of ["json", "code"]) {
  $(`copy-${what}`).addEventListener("click", async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText($(what).textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}
$("save").addEventListener("click", async () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await view.file());
  link.download = picture.name.replace(/\.[^.]*$/, "") + "-boxes.png";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});
makeTabs($("tabs"), (id) => {
  tab = id;
  showDetails();
});
connect();
