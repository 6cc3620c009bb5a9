// Writes JSON for people: indented, but a list of plain values on one line.

export function pretty(value, indent = "") {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = indent + "  ";
  if (Array.isArray(value)) {
    if (!value.length || flat(value)) return JSON.stringify(value).replaceAll(",", ", ");
    return `[\n${value.map((v) => inner + pretty(v, inner)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value);
  if (!fields.length) return "{}";
  return `{\n${fields.map(([k, v]) => `${inner}${JSON.stringify(k)}: ${pretty(v, inner)}`).join(",\n")}\n${indent}}`;
}

/** Numbers, and lists of them such as a polygon's points. */
const flat = (list) => list.every((v) => typeof v === "number" || (Array.isArray(v) && flat(v)));
