// Shows that something is under way, and for how long it has been.

import { $ } from "./state.js";

let timer;

/** Says what the page does; nothing for null. */
export function busy(text) {
  clearInterval(timer);
  $("busy").hidden = !text;
  $("stage").setAttribute("aria-busy", !!text);
  if (!text) return;
  const start = performance.now();
  const say = () => {
    const seconds = Math.floor((performance.now() - start) / 1000);
    $("busy-text").textContent = seconds < 2 ? text : `${text} ${seconds} s`;
  };
  say();
  timer = setInterval(say, 1000);
}
