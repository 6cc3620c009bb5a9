// A picture on the stage, and over it what the model saw. Both canvases have
// as many pixels as the screen has under them, so that lines are crisp.

import { draw } from "./draw.js";

/** The greatest zoom, in times the fitted picture. */
const MOST = 24;

export class View {
  #stage; #frame; #picture; #overlay;
  #image; // what is shown: anything that drawImage takes; null for no picture that the browser can show
  #size; // of the picture in the reply's pixels: {width, height}
  #seen = { detections: [] };
  #marks = {}; // lit, marked, selected and layers, as draw takes them
  #zoom = 1;
  #labelled; // told what draw returns of labels, and undefined where one alone is set off
  #left = 0; #top = 0; // what of the picture is at the canvas's corner, in the reply's pixels

  constructor({ stage, frame, picture, overlay, labelled }) {
    this.#labelled = labelled;
    this.#stage = stage;
    this.#frame = frame;
    this.#picture = picture;
    this.#overlay = overlay;
    new ResizeObserver(() => this.#layout()).observe(stage);
    addEventListener("resize", () => this.#layout()); // also a changed pixel ratio
  }

  /** Shows a picture, or nothing, for no image and no size. The zoom stays where `keep` says so. */
  show(image, size, keep = false) {
    if (this.#image === image && same(this.#size, size)) return;
    const resized = !same(this.#size, size);
    this.#image = image;
    this.#size = size;
    this.#frame.hidden = !size;
    if (!keep) [this.#zoom, this.#left, this.#top] = [1, 0, 0];
    if (resized) this.#layout();
    else this.#paint();
  }

  /** Draws what was seen; `marks` are lit, marked, selected, layers and terse as [draw] takes them. */
  see(seen, marks, description) {
    this.#seen = seen;
    this.#marks = marks;
    this.#overlay.setAttribute("aria-label", description);
    this.#draw();
  }

  /** {zoom, left, top}: how far in, and what of the picture is at the corner. */
  get place() {
    return { zoom: this.#zoom, left: this.#left, top: this.#top };
  }

  set place({ zoom, left, top }) {
    if (!this.#size) return;
    this.#zoom = Math.min(MOST, Math.max(1, zoom));
    const { width, height } = this.#size;
    this.#left = Math.min(Math.max(0, left), width - width / this.#zoom);
    this.#top = Math.min(Math.max(0, top), height - height / this.#zoom);
    this.#paint();
  }

  /** Zooms by a factor so that the point, in the picture's pixels, stays where it is. */
  zoom(factor, [x, y] = this.centre) {
    const { zoom, left, top } = this.place;
    const next = Math.min(MOST, Math.max(1, zoom * factor));
    this.place = { zoom: next, left: x - ((x - left) * zoom) / next, top: y - ((y - top) * zoom) / next };
  }

  /** Moves by so many CSS pixels. */
  pan(dx, dy) {
    const { zoom, left, top } = this.place;
    const scale = this.#scale / devicePixelRatio;
    this.place = { zoom, left: left + dx / scale, top: top + dy / scale };
  }

  /** Brings a box to the middle, with some of what is around. */
  zoomTo([x1, y1, x2, y2]) {
    const { width, height } = this.#size;
    const zoom = Math.min(MOST, Math.max(1, 0.6 * Math.min(width / Math.max(1, x2 - x1), height / Math.max(1, y2 - y1))));
    this.place = { zoom, left: (x1 + x2 - width / zoom) / 2, top: (y1 + y2 - height / zoom) / 2 };
  }

  /** The middle of what is seen, in the picture's pixels. */
  get centre() {
    const { width, height } = this.#size ?? { width: 0, height: 0 };
    return [this.#left + width / this.#zoom / 2, this.#top + height / this.#zoom / 2];
  }

  /** A point of the window in the picture's pixels. */
  at({ clientX, clientY }) {
    const { left, top } = this.#overlay.getBoundingClientRect();
    const scale = this.#scale / devicePixelRatio;
    return [this.#left + (clientX - left) / scale, this.#top + (clientY - top) / scale];
  }

  /** Canvas pixels for one of the picture's. */
  get #scale() {
    return (this.#overlay.width / this.#size.width) * this.#zoom;
  }

  /** Fits the picture to the stage's width and to most of the window's height. */
  #layout() {
    if (!this.#size) return;
    const ratio = devicePixelRatio;
    const { width, height } = this.#size;
    const fit = Math.min(this.#stage.clientWidth / width, Math.max(240, innerHeight * 0.72) / height);
    const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * fit * ratio)));
    for (const canvas of [this.#picture, this.#overlay]) {
      canvas.width = w; // also clears it
      canvas.height = h;
      canvas.style.width = `${w / ratio}px`;
      canvas.style.height = `${h / ratio}px`;
    }
    this.#paint();
  }

  #paint() {
    if (!this.#size) return;
    const ctx = this.#picture.getContext("2d");
    ctx.clearRect(0, 0, this.#picture.width, this.#picture.height);
    if (this.#image) {
      const scale = this.#scale;
      ctx.imageSmoothingEnabled = scale < 6 * devicePixelRatio; // closer, its pixels are of interest
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(this.#image, -this.#left * scale, -this.#top * scale, this.#size.width * scale, this.#size.height * scale);
    }
    this.#draw();
  }

  #draw() {
    if (!this.#size) return;
    const { width, height } = this.#overlay;
    const ctx = this.#overlay.getContext("2d");
    const scale = this.#scale;
    const [x, y] = [Math.round(this.#left * scale), Math.round(this.#top * scale)];
    ctx.clearRect(0, 0, width, height);
    ctx.save();
    ctx.translate(-x, -y);
    const narrow = width / devicePixelRatio < 480;
    const left = draw(ctx, this.#seen, {
      terse: true, // pointing at a detection tells the rest
      ...this.#marks,
      scale,
      bounds: { x, y, width, height },
      unit: Math.round((narrow ? 2 : 2.5) * devicePixelRatio),
      text: Math.round((narrow ? 11 : 13) * devicePixelRatio),
    });
    ctx.restore();
    this.#labelled(this.#marks.lit ? undefined : left); // lit, one detection alone has its label
  }
}

const same = (a, b) => a?.width === b?.width && a?.height === b?.height;
