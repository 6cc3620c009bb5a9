// From a file of the user's to a picture to show and a Blob to send.

/**
 * Opens a picture file. One over `limit` bytes is scaled down to `side` pixels
 * of its longer side. The result has
 *
 *   image  what to show, upright; null for a format that the browser can't read
 *   size   {width, height} of the image; null for none
 *   blob   what to send
 *   note   what was done to it, for the user; may be empty
 */
export async function open(file, { limit, side }) {
  let image = null;
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    // The function reads formats that browsers don't, and tells what is broken.
  }
  if (file.size <= limit) {
    const note = image ? "" : "This browser can’t show the picture; the function may read it all the same.";
    return { image, size: sizeOf(image), blob: file, note };
  }
  if (!image) {
    throw new Error(`The file has ${megabytes(file.size)}, and a Lambda function takes ${megabytes(limit)}. ` +
      "This browser can’t read it to scale it down: save it as a smaller JPEG.");
  }
  const small = scale(image, side);
  const blob = await encode(small, 0.92);
  image.close();
  const note = `Scaled down from ${megabytes(file.size)} to ${small.width} × ${small.height} pixels, ` +
    `as a Lambda function takes ${megabytes(limit)} at most. Coordinates refer to the smaller picture.`;
  return { image: small, size: sizeOf(small), blob, note };
}

/** A canvas with the picture, its longer side at most `side` pixels. */
export function scale(image, side) {
  const width = image.videoWidth ?? image.width;
  const height = image.videoHeight ?? image.height;
  const gain = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * gain));
  canvas.height = Math.max(1, Math.round(height * gain));
  const ctx = canvas.getContext("2d");
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The canvas as a JPEG file. */
export const encode = (canvas, quality) =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser could not write the picture."))), "image/jpeg", quality);
  });

const sizeOf = (image) => (image ? { width: image.width, height: image.height } : null);
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
