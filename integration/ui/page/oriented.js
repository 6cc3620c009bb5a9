// The angle of an oriented box.

/** In degrees from the x axis towards the y axis, which is clockwise as y grows downwards; the reply has radians. */
export const degrees = (radians) => `${((radians * 180) / Math.PI).toFixed(1)}°`.replace("-", "−");
