// The results of an audit so far: rows and their answers, in batches. Texts are in blobs, which the
// browser may keep on disk; what is counted or filtered is in typed arrays. A million rows take
// some ten megabytes of memory here.

export const BATCH_ROWS = 500;
export const OUTCOMES = ['allow', 'review', 'unknown', 'deny', 'bad'];

// Where lines of these sizes begin when joined by line breaks; one more entry for the end.
function offsetsOf(sizes) {
  const offsets = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; ++i) offsets[i + 1] = offsets[i] + sizes[i] + 1;
  return offsets;
}

// UTF-8 lines joined by line breaks, and where each begins.
export function lineBlob(lines) {
  const encoder = new TextEncoder();
  const parts = lines.map((line) => encoder.encode(line));
  const offsets = offsetsOf(parts.map((part) => part.length));
  const bytes = new Uint8Array(offsets[lines.length]);
  parts.forEach((part, i) => {
    bytes.set(part, offsets[i]);
    bytes[offsets[i + 1] - 1] = 10;
  });
  return { blob: new Blob([bytes]), offsets };
}

const linesOf = async (part, from, to) =>
  (await part.blob.slice(part.offsets[from], Math.max(part.offsets[to] - 1, 0)).text()).split('\n');

export class AuditStore {
  rows = 0;
  counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
  findings = new Map();   // `CODE effect` -> rows
  platforms = new Map();  // platform -> counts by outcome
  serials = new Set();
  #batches = [];
  #waiting = new Map();   // index -> a batch that came too early
  #combinations = [];     // distinct sets of findings: so few that a row needs two bytes
  #combinationIds = new Map();

  // `requests`: lineBlob() of the rows; `lines`: their line numbers in the file; `answers`: JSON
  // texts; `briefs`: their platforms. A batch counts once all before it are here: what is counted
  // can be shown and exported, even if one never comes.
  put(index, requests, lines, answers, briefs) {
    this.#waiting.set(index, [requests, lines, answers, briefs]);
    for (let next = this.#batches.length; this.#waiting.has(next); ++next) {
      this.#add(...this.#waiting.get(next));
      this.#waiting.delete(next);
    }
  }

  #add(requests, lines, answers, briefs) {
    const count = answers.length;
    const outcomes = new Uint8Array(count);
    const combinations = new Uint16Array(count);
    answers.map((text) => JSON.parse(text)).forEach((answer, i) => {
      const outcome = answer.problem ? 'bad' : answer.decision;
      outcomes[i] = OUTCOMES.indexOf(outcome);
      combinations[i] = this.#combination(answer.findings ?? []);
      this.counts[outcome] += 1;
      if (answer.registry) this.serials.add(answer.registry.serial);
      if (outcome !== 'bad') this.#countPlatform(briefs[i], outcome);
    });
    this.#batches.push({ requests, lines, answers: lineBlob(answers), outcomes, combinations });
    this.rows += count;
  }

  #combination(findings) {
    const names = findings.map(({ code, effect }) => `${code} ${effect}`);
    for (const name of names) this.findings.set(name, (this.findings.get(name) ?? 0) + 1);
    const text = names.join(',');
    let id = this.#combinationIds.get(text);
    if (id === undefined) {
      id = this.#combinations.length;
      this.#combinationIds.set(text, id);
      this.#combinations.push(new Set(findings.map(({ code }) => code)));
    }
    return id;
  }

  #countPlatform(platform, outcome) {
    const name = this.platforms.has(platform) || this.platforms.size < 32 ? platform : '…';
    let counts = this.platforms.get(name);
    if (!counts) this.platforms.set(name, counts = Object.fromEntries(OUTCOMES.map((one) => [one, 0])));
    counts[outcome] += 1;
  }

  // Indexes of the matching rows, as far as batches have come. If `isStale` says so, ends early
  // with null.
  async find({ outcome, code, text }, isStale) {
    const fitting = [];
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = OUTCOMES.indexOf(outcome);
    const count = this.#batches.length;
    for (let b = 0; b < count; ++b) {
      const batch = this.#batches[b];
      const isListed = (i) => (wanted < 0 || batch.outcomes[i] === wanted) &&
                              (!code || this.#combinations[batch.combinations[i]].has(code));
      const lines = words.length > 0 ? await this.#searchable(batch, words) : null;
      if (isStale()) return null;
      if (words.length > 0 && lines === null) continue;
      for (let i = 0; i < batch.outcomes.length; ++i)
        if (isListed(i) && (!lines || words.every((word) => lines[i].includes(word))))
          fitting.push(b * BATCH_ROWS + i);
    }
    return Uint32Array.from(fitting);
  }

  // The values of a batch's rows in lower case; null if some word occurs in none of them.
  async #searchable({ requests }, words) {
    const whole = (await requests.blob.text()).toLowerCase();
    const isEscaped = whole.includes('\\u');
    if (!isEscaped && words.some((word) => !whole.includes(word))) return null;
    return whole.split('\n').map((line) => {
      let text = line;
      if (isEscaped) {
        try {
          text = JSON.stringify(JSON.parse(line));
        } catch { /* a bad row is searched as it is */ }
      }
      return text.replace(/"[a-z_]+":/g, ' ');
    });
  }

  // Reads rows by ascending index: what a table, file or report shows of them.
  async read(indexes) {
    const rows = [];
    for (let at = 0; at < indexes.length;) {
      const b = Math.floor(indexes[at] / BATCH_ROWS);
      let end = at + 1;
      while (end < indexes.length && Math.floor(indexes[end] / BATCH_ROWS) === b) end += 1;
      const batch = this.#batches[b];
      const first = indexes[at] - b * BATCH_ROWS;
      const last = indexes[end - 1] - b * BATCH_ROWS + 1;
      const [requests, answers] = await Promise.all([linesOf(batch.requests, first, last),
                                                     linesOf(batch.answers, first, last)]);
      for (; at < end; ++at) {
        const i = indexes[at] - b * BATCH_ROWS;
        rows.push(rowOf(indexes[at], batch.lines[i], requests[i - first], answers[i - first]));
      }
    }
    return rows;
  }

  // The first `most` indexes of each outcome.
  firstOfEach(most) {
    const found = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, []]));
    this.#batches.forEach((batch, b) =>
      batch.outcomes.forEach((outcome, i) => {
        const list = found[OUTCOMES[outcome]];
        if (list.length < most) list.push(b * BATCH_ROWS + i);
      }));
    return found;
  }

  summary() {
    const byCode = new Map();
    for (const [name, rows] of this.findings) {
      const [code, effect] = name.split(' ');
      const one = byCode.get(code) ?? { code, total: 0, by: {} };
      one.total += rows;
      one.by[effect] = rows;
      byCode.set(code, one);
    }
    const findings = [...byCode.values()].sort((a, b) => b.total - a.total);
    return { rows: this.rows, counts: { ...this.counts }, findings, serials: [...this.serials].sort((a, b) => a - b) };
  }
}

const textOf = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function rowOf(index, line, request, answerText) {
  const answer = JSON.parse(answerText);
  let given = {};
  try {
    given = JSON.parse(request) ?? {};
  } catch { /* a bad row has nothing to show but its problem */ }
  const app = typeof given.app === 'object' && given.app ? given.app : {};
  return {
    row: index + 1, line, request, outcome: answer.problem ? 'bad' : answer.decision,
    id: textOf(given.id), operation: textOf(given.operation), name: textOf(app.name), platform: textOf(app.platform),
    package: textOf(app.package), number: answer.filing_number ?? textOf(given.filing_number),
    assurance: answer.assurance ?? '', findings: answer.findings ?? [], problem: answer.problem ?? null,
  };
}
