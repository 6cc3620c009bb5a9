// The picture on the stage, and over it what the model saw. Both canvases have
// as many pixels as the screen has under them, so that lines are crisp.

import { draw } from "./draw.js";

export class View {
  #stage; #frame; #picture; #overlay;
  #image; // what is shown: anything that drawImage takes; null for no picture that the browser can show
  #size; // of the picture in the reply's pixels: {width, height}
  #seen = { detections: [] };
  #lit;

  constructor({ stage, frame, picture, overlay }) {
    this.#stage = stage;
    this.#frame = frame;
    this.#picture = picture;
    this.#overlay = overlay;
    new ResizeObserver(() => this.#layout()).observe(stage);
    addEventListener("resize", () => this.#layout()); // also a changed pixel ratio
  }

  /** Shows a picture without detections; nothing, for no image and no size. */
  show(image, size) {
    this.#image = image;
    this.#size = size;
    this.#seen = { detections: [] };
    this.#lit = undefined;
    this.#frame.hidden = !size;
    this.#layout();
  }

  /** Draws what was seen; `size` is what its coordinates refer to, if it is known. */
  see(seen, size, description) {
    if (!this.#size) return; // no picture yet
    size ??= this.#size;
    const resized = size.width !== this.#size.width || size.height !== this.#size.height;
    this.#seen = seen;
    this.#size = size;
    this.#overlay.setAttribute("aria-label", description);
    if (resized) this.#layout();
    else this.#draw();
  }

  /** Sets one detection off from the others; none for undefined. */
  light(detection) {
    if (this.#lit === detection) return;
    this.#lit = detection;
    this.#draw();
  }

  /** The whole picture in its own size with what is drawn over it, as a Blob. */
  async file() {
    const canvas = new OffscreenCanvas(this.#size.width, this.#size.height);
    const ctx = canvas.getContext("2d");
    if (this.#image) ctx.drawImage(this.#image, 0, 0, canvas.width, canvas.height);
    const unit = Math.max(2, Math.round((canvas.width + canvas.height) * 0.0015));
    draw(ctx, this.#seen, { scale: 1, unit, text: 6 * unit });
    return canvas.convertToBlob({ type: "image/png" });
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
    const ctx = this.#picture.getContext("2d");
    ctx.imageSmoothingQuality = "high";
    if (this.#image) ctx.drawImage(this.#image, 0, 0, w, h);
    this.#draw();
  }

  #draw() {
    const { width, height } = this.#overlay;
    const ctx = this.#overlay.getContext("2d");
    ctx.clearRect(0, 0, width, height);
    const lit = this.#seen.detections.includes(this.#lit) ? this.#lit : undefined;
    draw(ctx, this.#seen, {
      scale: width / this.#size.width,
      unit: Math.round(2.5 * devicePixelRatio),
      text: Math.round(13 * devicePixelRatio),
      lit,
    });
  }
}
