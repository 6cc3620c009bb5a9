// The colours of the classes, which look alike on the page and in the function's
// own drawings.

import { PALETTE } from "./shared.js";

/** The class's colour, the same in every picture. */
export const colourOf = (classID) => PALETTE[classID % PALETTE.length];

/** White where it has the contrast that small text needs on the ground, 4.5 (WCAG 2), black elsewhere. */
export function textOn(ground) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = parseInt(ground.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 1.05 / 4.5 - 0.05 ? "#000000" : "#ffffff";
}
