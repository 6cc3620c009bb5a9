// Zooming, moving and choosing on a picture: by wheel, by one or two fingers, by
// mouse and by keys.

/** Pixels that a pointer may move in a click. */
const SLIP = 6;
/** How far a double click goes in. */
const CLOSE = 2.5;

/**
 * Makes a view listen to its frame. `point` gets what is pointed at, `click` what
 * was clicked, both in the picture's pixels, `moved` each change of the view's
 * place, and `key` the keys that mean nothing to the view.
 */
export function makeGestures(frame, view, { point, click, moved, key }) {
  const move = (change) => {
    change();
    frame.classList.toggle("close", view.place.zoom > 1);
    moved();
  };
  watchPointers(frame, view, move, { point, click });
  frame.addEventListener("wheel", (event) => {
    // The page scrolls with the wheel until the picture was clicked or is close up.
    const meant = event.ctrlKey || event.metaKey || view.place.zoom > 1 || document.activeElement === frame;
    if (!meant || (view.place.zoom === 1 && event.deltaY > 0 && !event.ctrlKey)) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    move(() => view.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), view.at(event)));
  }, { passive: false });
  frame.addEventListener("dblclick", (event) => {
    move(() => (view.place.zoom > 1 ? view.zoom(0) : view.zoom(CLOSE, view.at(event))));
  });
  const STEP = 60;
  const KEYS = {
    "+": () => view.zoom(1.5), "=": () => view.zoom(1.5), "-": () => view.zoom(1 / 1.5), "0": () => view.zoom(0),
    ArrowLeft: () => view.pan(-STEP, 0), ArrowRight: () => view.pan(STEP, 0), ArrowUp: () => view.pan(0, -STEP), ArrowDown: () => view.pan(0, STEP),
  };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isArrow = event.key.startsWith("Arrow");
    if (KEYS[event.key] && !(isArrow && view.place.zoom === 1)) move(KEYS[event.key]);
    else if (!key(event.key)) return;
    event.preventDefault();
  });
}

function watchPointers(frame, view, move, { point, click }) {
  const down = new Map(); // pointer id → its last event
  let start; // where the one pointer went down; none after it moved away
  frame.addEventListener("pointerdown", (event) => {
    down.set(event.pointerId, event);
    start = down.size === 1 ? event : undefined;
    if (event.isTrusted) frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) return point(event.pointerType === "mouse" ? view.at(event) : undefined);
    if (start && apart(start, event) > SLIP) start = undefined;
    const other = [...down.values()].find((e) => e.pointerId !== event.pointerId);
    if (other) {
      const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
      const [dx, dy] = [(last.clientX - event.clientX) / 2, (last.clientY - event.clientY) / 2];
      move(() => {
        view.pan(dx, dy);
        view.zoom(apart(event, other) / Math.max(1, apart(last, other)), view.at(middle));
      });
    } else if (!start && view.place.zoom > 1) {
      move(() => view.pan(last.clientX - event.clientX, last.clientY - event.clientY));
    }
    down.set(event.pointerId, event);
  });
  frame.addEventListener("pointerup", (event) => {
    down.delete(event.pointerId);
    if (start?.pointerId === event.pointerId) click(view.at(event));
    start = undefined;
  });
  frame.addEventListener("pointercancel", (event) => {
    down.delete(event.pointerId);
    start = undefined;
  });
  frame.addEventListener("pointerleave", () => point(undefined));
}

const apart = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
