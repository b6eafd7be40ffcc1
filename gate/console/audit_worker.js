// The audit, in a worker: reads the file, asks the gate batch by batch, keeps the answers and
// serves the table. The page never waits for it.
import { CatalogFault, readerFor } from './catalog.js';
import { AuditStore, BATCH_ROWS, lineBlob } from './audit_store.js';
import { setLang } from './words.js';

// The answers of a batch must stay far below what the sockets of browser and gate can buffer: over
// HTTP/1.1, browsers send a whole body before they read the first line of the answer.
const BATCHES_IN_FLIGHT = 3;
const PROGRESS_MS = 120;
const TRIES_MAX = 10;          // per batch, if the gate is behind or limits its callers
const WAIT_MAX_SECONDS = { 503: 5, 429: 60 };  // no caller has to wait for longer
const REPORT_ROWS_MAX = 1_000;  // per decision, as in `audit --output html`

let store = new AuditStore();
let stop = new AbortController();
let key = '';
let found = null;      // indexes that match the filter; null: all
let filterTurn = 0;
let readAt = 0;        // bytes read from the file
let isWhole = false;   // all of it was answered

class GateFault extends Error {
  constructor(status, problem) {
    super('gate');
    this.status = status;
    this.problem = problem;
  }
}

// Retries when told to, as `audit --url` does.
async function ask(body) {
  for (let tries = 1; ; ++tries) {
    let response;
    try {
      response = await fetch('/v1/checks:stream', {
        method: 'POST', body, signal: stop.signal, credentials: 'omit',
        headers: { 'Content-Type': 'application/x-ndjson', ...(key && { Authorization: `Bearer ${key}` }) },
      });
      if (response.ok) return (await response.text()).trimEnd().split('\n');
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new GateFault(0, {});
    }
    const problem = await response.json().catch(() => ({}));
    const most = WAIT_MAX_SECONDS[response.status];
    if (!most || tries === TRIES_MAX) throw new GateFault(response.status, problem);
    await pause(Math.min(Number(response.headers.get('Retry-After')) || 1, most));
  }
}

async function pause(seconds) {
  stop.signal.throwIfAborted();
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1_000);
    stop.signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
  stop.signal.throwIfAborted();
}

// Faults found by our own parsing are placed between the gate's answers, in row order.
async function judge(index, rows) {
  const asked = rows.filter((row) => !row.fault);
  const requests = lineBlob(rows.map((row) => row.json ?? ''));
  const given = asked.length > 0 ? await ask(lineBlob(asked.map((row) => row.json)).blob) : ['{"summary":{}}'];
  if (given.length !== asked.length + 1 || !given.at(-1).startsWith('{"summary"'))
    throw new CatalogFault('bad-answer');
  const lost = given.find((text) => /"problem":.*"status":5/.test(text));
  const problem = lost && JSON.parse(lost).problem;
  if (problem) throw new GateFault(problem.status, problem);  // not the row's fault
  let next = 0;
  const answers = rows.map((row) =>
    row.fault ? JSON.stringify({ id: null, problem: { fault: row.fault } }) : given[next++]);
  store.put(index, requests, Uint32Array.from(rows, (row) => row.line), answers,
            rows.map((row) => /"platform":"([^"\\]{0,40})"/.exec(row.json ?? '')?.[1].toLowerCase() ?? ''));
}

// The text of the file, decompressed and decoded. `auto` means UTF-8, or GB18030 if the beginning
// is not UTF-8.
async function* textOf(file, encoding) {
  const counted = new TransformStream({ transform(chunk, out) {
    readAt += chunk.length;
    out.enqueue(chunk);
  } });
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  let bytes = file.stream().pipeThrough(counted);
  if (isPacked) bytes = bytes.pipeThrough(new DecompressionStream('gzip'));
  let decoder = null;
  try {
    for await (const chunk of chunksOf(bytes)) {
      decoder ??= new TextDecoder(encoding === 'auto' ? guess(chunk) : encoding);
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new CatalogFault(isPacked ? 'bad-gzip' : 'bad-file');
  }
  yield decoder?.decode() ?? '';
}

// For browsers that cannot iterate streams.
async function* chunksOf(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    stop.signal.throwIfAborted();
    yield value;
  }
}

function guess(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}

async function run({ file, operation, encoding }) {
  const began = performance.now();
  let told = 0;
  const progress = (isDone) => {
    const now = performance.now();
    if (!isDone && now - told < PROGRESS_MS) return;
    told = now;
    postMessage({ kind: 'progress', bytes: readAt, seconds: (now - began) / 1000, ...store.summary() });
  };
  const flying = new Set();
  let failure = null;
  let index = 0;
  const launch = async (rows) => {
    while (flying.size >= BATCHES_IN_FLIGHT) await Promise.race(flying);
    if (failure) throw failure;
    const flight = judge(index++, rows).then(() => progress(false), (error) => { failure ??= error; })
        .finally(() => flying.delete(flight));
    flying.add(flight);
  };
  let batch = [];
  const takeRow = async (row) => {
    batch.push(row);
    if (batch.length < BATCH_ROWS) return;
    await launch(batch);
    batch = [];
  };
  try {
    let reader = null;
    for await (const text of textOf(file, encoding)) {
      if (text === '') continue;  // only the first bytes of a character
      reader ??= readerFor(text, operation);
      for (const row of reader.push(text, false)) await takeRow(row);
    }
    for (const row of reader?.push('', true) ?? []) await takeRow(row);
    if (batch.length > 0) await launch(batch);
    await Promise.all(flying);
    if (failure) throw failure;
    progress(true);
    isWhole = true;
    postMessage({ kind: 'done' });
  } catch (error) {
    const first = failure ?? error;
    stop.abort();
    await Promise.all(flying);
    progress(true);
    postMessage(first.name === 'AbortError' ? { kind: 'stopped', words: ['audit-cancelled'] }
        : first instanceof GateFault ? { kind: 'failed', status: first.status, problem: first.problem }
        : first instanceof CatalogFault ? { kind: 'stopped', words: [first.word, ...first.values] }
        : { kind: 'stopped', words: ['error-other'] });
    if (!(first instanceof GateFault || first instanceof CatalogFault || first.name === 'AbortError')) throw first;
  }
}

const allIndexes = () => Uint32Array.from({ length: store.rows }, (_, i) => i);

async function filter(message) {
  const turn = ++filterTurn;
  const isAll = !message.outcome && !message.code && !message.text.trim();
  const indexes = isAll ? null : await store.find(message, () => turn !== filterTurn);
  if (turn !== filterTurn) return;
  found = indexes;
  postMessage({ kind: 'filtered', count: found?.length ?? store.rows });
}

async function sendRows({ turn, from, to }) {
  const indexes = found ? found.subarray(from, to)
      : Array.from({ length: Math.max(Math.min(to, store.rows) - from, 0) }, (_, i) => from + i);
  postMessage({ kind: 'rows', turn, from, rows: await store.read(indexes) });
}

// What writes files is loaded only for an export.
async function exportCsv() {
  const { writeCsv } = await import('./report_writer.js');
  const indexes = allIndexes();
  const batches = function* () {
    for (let at = 0; at < indexes.length; at += BATCH_ROWS) yield store.read(indexes.subarray(at, at + BATCH_ROWS));
  };
  postMessage({ kind: 'file', name: 'decisions.csv', blob: await writeCsv(batches()) });
}

async function exportReport({ lang, catalog, facts, registry, isOther }) {
  setLang(lang);
  const { writeReport } = await import('./report_writer.js');
  const listed = store.firstOfEach(REPORT_ROWS_MAX);
  const rows = {};
  for (const [outcome, indexes] of Object.entries(listed)) rows[outcome] = await store.read(indexes);
  const blob = await writeReport({ catalog, facts, registry, isOther, rows, isWhole, summary: store.summary(), platforms: store.platforms });
  postMessage({ kind: 'file', name: 'audit.html', blob });
}

// What writes files is at the gate, which may have gone.
const exporting = (write) => (message) => write(message).catch((error) => {
  postMessage({ kind: 'unwritten', status: error.status ?? 0 });
  throw error;
});

const verbs = { start: run, stop: () => stop.abort(), filter, rows: sendRows, csv: exporting(exportCsv), report: exporting(exportReport) };
addEventListener('message', ({ data }) => {
  if (data.key !== undefined) key = data.key;
  verbs[data.kind](data);
});
