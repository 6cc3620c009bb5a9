// Tells the user what went wrong and what to do about it.

import { Refusal } from "./api.js";
import { $, element, state } from "./state.js";

/** What to do about a refusal, by its code. */
const ADVICE = {
  unsupported_picture: "Choose a JPEG, PNG, WebP, GIF, BMP or TIFF file. Save HEIC and JPEG 2000 as JPEG or PNG first.",
  broken_picture: "Open it in a picture editor and save it again, or choose another.",
  too_large: "Choose a smaller picture, or raise the confidence.",
  deadline_exceeded: "Try again with a smaller picture, or give the function more time or memory.",
  internal: "The function’s log has the reason.",
  throttled: "Wait a moment and try again.",
  unreachable: "Is the function’s address right, and the network up? Then try again.",
  proxy_gone: "Start it again with “yolambda serve” or “yolambda proxy”, and open the address that it prints.",
};

/** What may pass, so that the same request is worth another try. */
const PASSING = ["deadline_exceeded", "internal", "throttled", "unreachable", "proxy_gone"];
export const mayPass = (error) => PASSING.includes(error?.code);

/** What is wrong with a file; the function's own words are for programs. */
const PLAIN = {
  unsupported_picture: "is not a picture that the function can read",
  broken_picture: "is damaged or cut off",
};

/** An error in a sentence, about the picture of that name where there is one. */
export function tell(error, name) {
  const plain = PLAIN[error.code];
  if (plain) return sentence(`${name ?? "the file"} ${plain}`, !name);
  return sentence(name ? `${name}: ${error.message}` : error.message, !name);
}

/** Shows an error, the last one alone, about the picture of that name; none for null. Main.js hears the button. */
export function fail(error, name) {
  $("error").hidden = !error;
  if (!error) return;
  const advice = error instanceof Refusal ? ADVICE[error.code] : "";
  const parts = [element("strong", { textContent: tell(error, name) }), advice ?? ""];
  if (PLAIN[error.code]) parts.push(element("details", {}, element("summary", { textContent: "What the function said" }), sentence(error.message)));
  // Another model is tried again by choosing it.
  if (mayPass(error) && (name || !state.model)) parts.push(element("button", { id: "again", type: "button", className: "small", textContent: "Try again" }));
  $("error").replaceChildren(...parts);
}

const sentence = (text, upper = true) => (upper ? text.charAt(0).toUpperCase() + text.slice(1) : text) + (/[.?!]$/.test(text) ? "" : ".");
