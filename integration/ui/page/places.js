// What stands in another place at times: near what it changes. Places are the
// elements of class "slot".

import { $, current, onChange, state } from "./state.js";

/** A page of one column, as in style.css. */
export const narrow = matchMedia("(max-width: 900px)");

/** Puts an element into a slot, and leaves it the focus that a move takes. */
function put(id, slot) {
  const element = $(id);
  if (element.parentElement.id === slot) return;
  const { activeElement } = document;
  const focused = element.contains(activeElement) ? activeElement : undefined;
  const focusVisible = focused?.matches(":focus-visible");
  $(slot).append(element);
  focused?.focus({ focusVisible });
}

/**
 * In a comparison A has its model and its confidence above its picture, as B has. On a
 * narrow page the confidence and what was found stand right below a picture, which would
 * be out of sight at the settings, and the details come before those.
 */
function place() {
  const near = narrow.matches && current() && !current().error;
  put("served", state.compare ? "model-of-a" : "model-home");
  put("conf-control", state.compare ? "conf-of-a" : near ? "conf-near" : "conf-home");
  put("found", near ? "found-near" : "found-home");
  put("detail", narrow.matches ? "detail-near" : "detail-home");
}
narrow.addEventListener("change", place);
onChange(place);
