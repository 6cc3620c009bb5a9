// Tells the user what went wrong and what to do about it.

import { Refusal } from "./api.js";
import { $ } from "./state.js";

/** What to do about a refusal, by its code. */
const ADVICE = {
  unsupported_picture: "Choose a picture file. Save HEIC and JPEG 2000 as JPEG or PNG first.",
  broken_picture: "The file is damaged or cut off. Open it in a picture editor and save it again, or choose another.",
  too_large: "Choose a smaller picture, or raise the confidence.",
  deadline_exceeded: "Try again with a smaller picture, or give the function more time or memory.",
  internal: "The function’s log has the reason.",
  throttled: "Wait a moment and try again.",
  unreachable: "Is the function’s address right, and the network up? Then try again.",
  proxy_gone: "Start it again with “yolambda serve” or “yolambda proxy”, and open the address that it prints.",
};

/** Shows an error, the last one alone; none for null. */
export function fail(error) {
  $("error").hidden = !error;
  if (!error) return;
  const advice = error instanceof Refusal ? ADVICE[error.code] : "";
  const title = Object.assign(document.createElement("strong"), { textContent: sentence(error.message) });
  $("error").replaceChildren(title, advice ?? "");
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");
