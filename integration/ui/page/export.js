// The results of all pictures, as the settings let show them, in one file.

import { busy } from "./busy.js";
import { download } from "./download.js";
import { drawWhole } from "./draw.js";
import { fail } from "./failure.js";
import { areaOf } from "./masks.js";
import { decode } from "./picture.js";
import { shown } from "./request.js";
import { seen } from "./stage.js";
import { $, current, onChange, state } from "./state.js";
import { zip } from "./zip.js";

/** Of each picture its reply with the detections that are shown, or its error. */
const results = () => state.pictures.map(({ name, answer, error }) => ({
  picture: name,
  ...(answer ? { ...answer.reply, detections: shown(answer) } : { error: { code: error?.code ?? "not_asked", message: error?.message ?? "not asked yet" } }),
}));

const asJSON = () => JSON.stringify({ results: results() }, null, 1);

/** A field of CSV; one that a spreadsheet would take for a formula gets an apostrophe. */
function field(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function asCSV() {
  const rows = [["picture", "class", "class_id", "confidence", "x1", "y1", "x2", "y2", "error"]];
  for (const { picture, detections, classification, error } of results()) {
    if (error) rows.push([picture, "", "", "", "", "", "", "", error.message]);
    for (const c of classification ?? []) rows.push([picture, c.cls, c.cls_id, c.conf, "", "", "", "", ""]);
    for (const d of detections ?? []) rows.push([picture, d.cls, d.cls_id, d.conf, ...d.box, ""]);
  }
  return rows.map((row) => row.map(field).join(",") + "\r\n").join("");
}

/** A data set of COCO's form (https://cocodataset.org/#format-data), with scores as results have. */
function asCOCO() {
  const images = [];
  const annotations = [];
  const categories = Object.entries(state.model.names ?? {}).map(([id, name]) => ({ id: Number(id), name }));
  for (const { picture, image, detections } of results()) {
    const id = images.length + 1;
    images.push({ id, file_name: picture, width: image?.width, height: image?.height });
    for (const d of detections ?? []) annotations.push(annotation(annotations.length + 1, id, d));
  }
  return JSON.stringify({ images, annotations, categories }, null, 1);
}

function annotation(id, image_id, d) {
  const [x1, y1, x2, y2] = d.box;
  const out = { id, image_id, category_id: d.cls_id, bbox: [x1, y1, x2 - x1, y2 - y1], area: (x2 - x1) * (y2 - y1), score: d.conf, iscrowd: 0 };
  if (d.mask) {
    out.area = Math.round(areaOf(d.mask));
    out.segmentation = d.mask.rle ?? d.mask.polygons.filter((p) => p.length > 2).map((p) => p.flat());
  }
  if (d.obb) out.segmentation = [d.obb.corners.flat()];
  if (d.keypoints) {
    out.keypoints = d.keypoints.flatMap((k) => [k.x, k.y, (k.conf ?? 1) >= 0.5 ? 2 : 1]);
    out.num_keypoints = d.keypoints.length;
  }
  return out;
}

/** All pictures with what is shown drawn on them, and the results as JSON. */
async function asZIP() {
  const files = [{ name: "results.json", blob: new Blob([asJSON()]) }];
  const names = new Set();
  for (const [i, picture] of state.pictures.entries()) {
    if (!picture.answer) continue;
    busy(`Drawing ${i + 1} of ${state.pictures.length}…`);
    const { blob } = await drawnFile(picture, "image/jpeg");
    let name = picture.name.replace(/\.[^.]*$/, "");
    while (names.has(name)) name += "-2";
    names.add(name);
    files.push({ name: `${name}-boxes.jpg`, blob });
  }
  return zip(files);
}

/** A picture in its own size with what is shown of it. */
async function drawnFile({ image, file, scaled, answer, size }, type) {
  const shownImage = image ?? scaled ?? (await decode(file));
  const canvas = drawWhole(shownImage, answer.reply.image ?? size, seen(answer), state.layers);
  if (shownImage !== image && shownImage !== scaled) shownImage?.close();
  return { blob: await canvas.convertToBlob({ type, quality: 0.92 }) };
}

const FORMS = {
  json: [asJSON, "application/json", "results.json"],
  csv: [asCSV, "text/csv", "results.csv"],
  coco: [asCOCO, "application/json", "coco.json"],
  zip: [asZIP, "application/zip", "results.zip"],
};

$("export").addEventListener("click", async () => {
  const [make, type, name] = FORMS[$("export-form").value];
  $("export").disabled = true;
  try {
    download(new Blob([await make()], { type }), name);
  } catch (error) {
    fail(error);
  }
  busy(null);
  $("export").disabled = false;
});
$("save").addEventListener("click", async () => {
  const picture = current();
  const { blob } = await drawnFile(picture, "image/png");
  download(blob, picture.name.replace(/\.[^.]*$/, "") + "-boxes.png");
});
/** How many pictures have results, and how many have none. */
function countsOf(pictures) {
  const answered = pictures.filter((p) => p.answer).length;
  const failed = pictures.filter((p) => p.error && !p.answer).length;
  const waiting = pictures.length - answered - failed;
  return [`${answered} ${answered === 1 ? "picture" : "pictures"}`, failed && `${failed} failed`, waiting && `${waiting} waiting`].filter(Boolean).join(", ");
}

onChange(() => {
  const all = state.pictures.length;
  $("save").disabled = !current()?.answer;
  const whose = state.compare ? "A’s " : ""; // B's are not saved
  $("save").textContent = `Save ${whose || (all > 1 ? "this " : "")}picture`;
  $("export").textContent = `Save ${whose}results${all > 1 ? `: ${countsOf(state.pictures)}` : ""}`;
  $("export-choice").hidden = !state.pictures.some((p) => p.answer);
});
