// The colours of the classes, which look alike on the page and in the function's
// own drawings.

import { PALETTE, PALETTE_SHIFT } from "./shared.js";

/** Each further round through the palette starts some colours later. */
export const colourOf = (classID) => PALETTE[(classID + Math.floor(classID / PALETTE.length) * PALETTE_SHIFT) % PALETTE.length];

/** Black or white, whichever has more contrast on the ground (WCAG 2). */
export function textOn(ground) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = parseInt(ground.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > Math.sqrt(1.05 * 0.05) - 0.05 ? "#000000" : "#ffffff";
}
