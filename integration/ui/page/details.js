// The tabs: the reply in each dialect, and the request for other programs.

import { predict } from "./api.js";
import { pretty } from "./json.js";
import { found, options } from "./request.js";
import { REST } from "./settings.js";
import { snippet } from "./snippets.js";
import { $, current, onChange, state } from "./state.js";
import { makeTabs } from "./tabs.js";

let tab = "tab-list";

/** Writes the tab that is open; the others cost nothing. */
function show() {
  if (tab === "tab-code") showCode();
  if (tab === "tab-json") showReply();
}

function showCode() {
  const { endpoint } = state;
  const picture = current();
  $("code-key").textContent = endpoint?.development_key ? "It signs with the key of the function on this machine, which AWS does not know. For a deployed function leave the key out: your environment’s AWS credentials then count." :
    "It signs with the AWS credentials of your environment; none are on this page.";
  $("code").firstChild.textContent = snippet($("language").value, {
    url: endpoint?.url ?? "URL",
    region: endpoint?.region ?? "REGION",
    key: endpoint?.development_key,
    options: options(),
    file: picture?.name ?? "photo.jpg",
    type: picture?.blob?.type || "application/octet-stream",
  });
}

let asking = new AbortController();
let written; // {key, answer}: what the text was made of

/**
 * The project's own dialect is at hand: the answer, less what is below the
 * threshold. The others are asked of the function.
 */
async function showReply() {
  const answer = current()?.answer;
  const format = $("dialect").value;
  const text = $("json").firstChild;
  const key = JSON.stringify([format, options(), !!current()?.error]);
  if (answer && key === written?.key && answer === written.answer) return;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  written = { key, answer };
  if (!answer) {
    text.textContent = "No reply yet.";
  } else if (format === "yolambda") {
    const kept = new Set(found(answer));
    text.textContent = pretty({ ...answer.reply, detections: answer.reply.detections.filter((d) => kept.has(d)) });
  } else if (state.playing) {
    text.textContent = "Stop the video to ask for this dialect.";
  } else {
    text.textContent = "Asking…";
    await new Promise((resolve) => setTimeout(resolve, REST)); // a slider may be moving
    if (signal.aborted) return;
    try {
      const reply = await predict(current().blob, { ...options(), format }, { signal });
      text.textContent = pretty(reply);
    } catch (error) {
      if (signal.aborted) return;
      written = undefined; // to be asked again
      text.textContent = error.message;
    }
  }
}

/** Copies a text, and says so on the button. */
async function copy(button, text) {
  const said = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = said), 1500);
}

for (const id of ["dialect", "language"]) $(id).addEventListener("change", show);
for (const what of ["json", "code"]) {
  $(`copy-${what}`).addEventListener("click", (event) => copy(event.currentTarget, $(what).textContent));
}
// The address has every setting and the picture's name, see settings.js.
$("copy-link").addEventListener("click", (event) => {
  $("link-note").hidden = false;
  if (event.currentTarget.textContent !== "Copied") copy(event.currentTarget, location.href);
});
makeTabs($("tabs"), (id) => {
  tab = id;
  show();
});
onChange(show);

let linked; // the picture that the note on the link is beside
onChange(() => {
  if (linked !== current()) $("link-note").hidden = true;
  linked = current();
});
