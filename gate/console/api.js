// Calls to this gate: same origin, JSON, with the API key if there is one. The key lives only in
// this variable: never in storage, the address or a log.

let key = '';
const watchers = new Set();

export const apiKey = () => key;
export function setApiKey(text) {
  key = text.trim();
  for (const watcher of watchers) watcher();
}
export const onApiKey = (watcher) => watchers.add(watcher);

// A call without an answer: `problem` as in RFC 9457; status 0 if nothing came back.
export class CallError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

export function headers(more = {}) {
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: 'omit', cache: 'no-store', ...options,
                                   headers: headers(options.headers) });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new CallError(0, {});
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new CallError(response.status, problem ?? {});
}

export const getJson = async (path, options) => (await send(path, options)).json();
export const getText = async (path, options) => (await send(path, options)).text();
export const postJson = (path, value, options) =>
  getJson(path, { ...options, method: 'POST', body: JSON.stringify(value),
                  headers: { 'Content-Type': 'application/json' } });
export const postBytes = (path, body, options) =>
  getJson(path, { ...options, method: 'POST', body,
                  headers: { 'Content-Type': 'application/octet-stream' } });

// How a number parses. Two texts, `.` and `..`, cannot be a path segment, since a URL removes them;
// and what exceeds the gate's own limit is not worth a request.
const NUMBER_BYTES_MAX = 512;
export async function parseNumber(text, options) {
  if (/^\.{1,2}$/.test(text))
    return { input: text, error: 'NUMBER_MALFORMED', reason: 'unknown_province', offset: 0 };
  if (new TextEncoder().encode(text).length > NUMBER_BYTES_MAX)
    return { input: text, error: 'NUMBER_MALFORMED', reason: 'too_long', offset: 0 };
  return getJson(`/v1/numbers/${encodeURIComponent(text)}`, options);
}

// Titles and help of the findings, and what an exported report needs; fetched once.
let facts = null;
export function reportFacts() {
  facts ??= getJson('/console/facts.json', { cache: 'no-cache' }).catch((error) => {
    facts = null;
    throw error;
  });
  return facts;
}
