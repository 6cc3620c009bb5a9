// What the page knows, in one object. Whoever changes it calls `changed`, and
// every file that shows something of it draws it anew. Nothing else is shared.

import { ALL } from "./draw.js";

/**
 * A picture of the user's.
 *
 * @typedef {object} Picture
 * @property {string} name    its file's name
 * @property {Blob} file      as the user gave it; null for a frame of a video
 * @property {Blob} [blob]    what is sent; unset until it is prepared
 * @property {string} note    what was done to it before it is sent; may be empty
 * @property {*} [image]      what drawImage takes; null where the browser cannot show it. Of the
 *                            chosen picture alone: decoded pictures are large
 * @property {{width, height}} [size] of the picture in the reply's pixels
 * @property {HTMLCanvasElement} [thumb] a small copy for the strip
 * @property {Answer} [answer] the last one to it
 * @property {Error} [error]  why there is none
 * @property {string} [failed] the request that the error is about
 * @property {AbortController} [asking] ends the request under way
 * @property {{key, floor}} [awaited] what the request under way will answer
 */

/**
 * The function's reply.
 *
 * @typedef {object} Answer
 * @property {object} reply
 * @property {number} floor   the confidence it was asked with
 * @property {string} key     the request it answers, without its confidence
 * @property {number} elapsed milliseconds from asking to the reply
 * @property {{ms, elapsed, n}} [alike] the times of requests like this one, see timing.js
 */

export const state = {
  /** {url, region, max_picture}: what the proxy signs for. */
  endpoint: undefined,
  /** The metadata of the chosen model. */
  model: undefined,
  /** The function's options as the controls have them: see settings.js. */
  settings: {},
  /** @type {Picture[]} */
  pictures: [],
  /** Index of the picture that is shown. */
  at: -1,
  /** The detection that was chosen, an object of the reply. */
  selected: undefined,
  /** Ids of the classes that the user has hidden. */
  hidden: new Set(),
  /** What is drawn over the picture, see draw.js. */
  layers: { ...ALL },
  /** The webcam or the video: {stop, wake, video}. Its last frame is the picture. */
  playing: undefined,
  /**
   * The other side of a comparison: {model, conf, answer, error, there, pairs}. What is
   * there is the answer to this picture, its own or A's, if any. Its pairs are
   * {left, right, twins}: Sets of what A alone and B alone found, and a Map from A's
   * detections to their like in B; none until both sides have detections.
   */
  compare: undefined,
};

/** @returns {Picture | undefined} the picture that is shown */
export const current = () => state.pictures[state.at];

const listeners = [];

/** Calls the function after each change. */
export const onChange = (listener) => listeners.push(listener);

/** Shows the state as it is. */
export const changed = () => listeners.forEach((listener) => listener());

export const $ = (id) => document.getElementById(id);

/** Reports whether the function runs on this machine. */
export const isLocal = (endpoint) => /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint?.url ?? "");

/** A new element with its properties and its children. */
export function element(name, properties = {}, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}
