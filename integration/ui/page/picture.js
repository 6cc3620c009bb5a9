// From a file of the user's to a picture to show and a Blob to send.

/** How files that the function reads begin, by name. */
const READABLE = [
  ["ffd8ff"], // JPEG
  ["89504e47"], // PNG
  ["47494638"], // GIF
  ["424d"], // BMP
  ["49492a00"], ["4d4d002a"], ["49492b00"], ["4d4d002b"], // TIFF and BigTIFF
  ["52494646", "57454250"], // WebP: RIFF, four bytes of length, WEBP
];

/** Reports whether the function reads files that begin so, and how they are called otherwise. */
async function kindOf(file) {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const hex = [...head].map((b) => b.toString(16).padStart(2, "0")).join("");
  const readable = READABLE.some(([start, later = ""]) => hex.startsWith(start) && hex.startsWith(later, later ? 16 : 0));
  const brand = String.fromCharCode(...head.slice(8));
  const named = { avif: "AVIF", avis: "AVIF", heic: "HEIC", heix: "HEIC", mif1: "HEIF", msf1: "HEIF" }[brand];
  return { readable, name: named ?? (file.type.replace(/^image\/(x-)?/, "").toUpperCase() || "its format") };
}

/** The picture, upright; null for a format that the browser cannot show. */
export const decode = (file) => createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);

/**
 * What to send of a file: {blob, note, image}. One over `limit` bytes is scaled
 * down to `side` pixels of its longer side, one that the function cannot read is
 * written anew as JPEG; `note` tells the user so. `image` is set where coordinates
 * refer to it and not to the file's own pixels. `decoded` gives what [decode] does.
 */
export async function pack(file, decoded, { limit, side }) {
  const { readable, name } = await kindOf(file);
  if (readable && file.size <= limit) return { blob: file, note: "" };
  const image = await decoded();
  if (!image && file.size <= limit) return { blob: file, note: "" }; // the function tells what is wrong with it
  if (!image) {
    throw new Error(`The file has ${megabytes(file.size)}, and a Lambda function takes ${megabytes(limit)}. ` +
      "This browser can’t read it to scale it down: save it as a smaller JPEG.");
  }
  if (!readable) {
    const whole = await encode(scale(image, Infinity), 0.95);
    if (whole.size <= limit) {
      return { blob: whole, note: `Converted from ${name} to JPEG in this browser, as the function does not read ${name}.` };
    }
  }
  const small = scale(image, side);
  const note = `Scaled down from ${megabytes(file.size)} to ${small.width} × ${small.height} pixels, ` +
    `as a Lambda function takes ${megabytes(limit)} at most. Coordinates refer to the smaller picture.`;
  return { blob: await encode(small, 0.92), note, image: small };
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

export const sizeOf = (image) => (image ? { width: image.width, height: image.height } : null);
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
