// The colours of the classes: those of package annotate, so that a class looks
// alike on the page and in the function's own drawings.

const PALETTE = [
  "#ff4b3c", "#2dff87", "#0069f0", "#2d872d", "#ffc3ff", "#b42db4", "#00c3e1", "#ffc33c", "#a587ff", "#a5691e",
  "#ff69c3", "#87b469", "#0f87a5", "#87f0e1", "#e19678", "#b44b69", "#7869b4", "#00b40f", "#b4d200", "#3c96f0",
];

/** Each further round through the palette starts some colours later. */
export const colourOf = (classID) => PALETTE[(classID + Math.floor(classID / PALETTE.length) * 7) % PALETTE.length];

/** Black or white, whichever has more contrast on the ground (WCAG 2). */
export function textOn(ground) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = parseInt(ground.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > Math.sqrt(1.05 * 0.05) - 0.05 ? "#000000" : "#ffffff";
}
