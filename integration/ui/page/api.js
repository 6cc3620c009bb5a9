// What the page asks of the proxy that serves it. Nothing else leaves the page.

/** A refusal: of the function, of AWS, or of the proxy. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const endpoint = (signal) => getJSON("api/endpoint", signal);

/** The metadata of the named model; of the default one for an empty name. */
export const describe = (name, signal) => getJSON("api/model" + query({ model: name }), signal);

/** Bytes from which on the proxy is asked to tell how much it has sent. */
const LARGE = 256 * 1024;

/**
 * Asks what the model sees in a picture, a Blob. `sent` is called with a
 * fraction from 0 to 1 while a large one is on its way.
 */
export async function predict(picture, options, { signal, sent } = {}) {
  const large = sent && picture.size >= LARGE;
  const response = await request("api/predict" + query(options), {
    method: "POST",
    body: picture,
    headers: {
      "Content-Type": picture.type || "application/octet-stream",
      Accept: large ? "application/x-ndjson" : "application/json",
    },
    signal,
  });
  if (!response.headers.get("Content-Type")?.startsWith("application/x-ndjson")) return reply(response);
  for await (const line of lines(response.body)) {
    if (line.status === undefined) sent(line.sent / line.total);
    else if (line.status === 200) return line.body;
    else throw refusal(line.status, line.body);
  }
  throw new Refusal(502, "unreachable", "The proxy broke off.");
}

/** Query string of the options that are set. */
export function query(options) {
  const set = Object.entries(options).filter(([, value]) => value !== undefined && value !== "");
  return set.length ? "?" + new URLSearchParams(set) : "";
}

const getJSON = async (path, signal) => reply(await request(path, { signal }));

async function request(path, init) {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "proxy_gone", "The proxy on this machine does not answer.");
  }
}

async function reply(response) {
  let body;
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (!response.ok || body === undefined) throw refusal(response.status, body);
  return body;
}

const refusal = (status, body) =>
  new Refusal(status, body?.error?.code ?? "unexpected", body?.error?.message ?? `The proxy answered ${status}.`);

/** The objects of a stream of JSON lines. */
async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}
