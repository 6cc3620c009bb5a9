// Reads the grey values of a PNG with 16 bits each, of which a canvas would keep the
// upper 8 (https://www.w3.org/TR/png-3/).

const SIGNATURE = 8;
/** Bytes of a pixel. */
const PIXEL = 2;

/** {width, height, values} of a PNG, its values row by row; other kinds of PNG are refused. */
export async function grey16(bytes) {
  const { head, data } = chunksOf(bytes);
  const [width, height] = [head.getUint32(0), head.getUint32(4)];
  const [depth, colour, interlace] = [head.getUint8(8), head.getUint8(9), head.getUint8(12)];
  if (depth !== 16 || colour !== 0 || interlace !== 0) throw new Error("The PNG is not of 16 bits of grey.");
  const stream = new Blob(data).stream().pipeThrough(new DecompressionStream("deflate")); // which has zlib's frame
  const rows = new Uint8Array(await new Response(stream).arrayBuffer());
  if (rows.length !== height * (1 + width * PIXEL)) throw new Error("The PNG has more or less data than its size needs.");
  return { width, height, values: unfilter(rows, width, height) };
}

/** The header's and the data's chunks: length, name, content, checksum. */
function chunksOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = [];
  let head;
  for (let at = SIGNATURE; at < bytes.length;) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "IHDR") head = new DataView(view.buffer, view.byteOffset + at + 8, length);
    if (name === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return { head, data };
}

/** What a filter adds to a byte: of the pixel before, of the one above, of the one before that. */
const FILTERS = [() => 0, (left) => left, (_, up) => up, (left, up) => (left + up) >> 1, paeth];

function paeth(left, up, corner) {
  const l = Math.abs(up - corner);
  const u = Math.abs(left - corner);
  const c = Math.abs(left + up - 2 * corner);
  return l <= u && l <= c ? left : u <= c ? up : corner;
}

/** Each row has its filter's number before it; bytes of a value stand with the upper first. */
function unfilter(rows, width, height) {
  const stride = width * PIXEL;
  const values = new Uint16Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const add = FILTERS[rows[start]];
    const row = rows.subarray(start + 1, start + 1 + stride);
    for (let i = 0; i < stride; i++) row[i] += add(row[i - PIXEL] ?? 0, above[i], above[i - PIXEL] ?? 0);
    for (let x = 0; x < width; x++) values[y * width + x] = (row[2 * x] << 8) | row[2 * x + 1];
    above = row;
  }
  return values;
}
