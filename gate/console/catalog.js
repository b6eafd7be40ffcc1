// A catalog as it is read: characters in, rows out. A row is the JSON text of a check request, or a
// fault; lines are counted as an editor counts them. No I/O here: the worker reads, tests feed.
import { pathOf, put, valueOf } from './fields.js';

// The gate refuses rows of more than 64 KiB. What is longer is cut soon after, so that a file
// without line breaks costs no memory; the gate then says that the row is too large.
const ROW_CHARS_MAX = 66_000;

export class CatalogFault extends Error {
  constructor(word, ...values) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

// Rows are {json, line} or {fault: [word, …], line}.
export class NdjsonReader {
  #partial = '';
  #line = 1;
  #operation;

  constructor(operation) {
    this.#operation = operation;
  }

  *push(text, isLast) {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield* this.#take(this.#partial + text.slice(start, end));
      this.#partial = '';
      this.#line += 1;
      start = end + 1;
    }
    if (this.#partial.length < ROW_CHARS_MAX) this.#partial += text.slice(start);
    if (isLast && this.#partial !== '') yield* this.#take(this.#partial);
  }

  *#take(line) {
    const text = line.trim();
    if (text === '') return;
    yield { json: this.#withOperation(text.length > ROW_CHARS_MAX ? text.slice(0, ROW_CHARS_MAX) : text),
            line: this.#line };
  }

  // Parsing is for the few rows that may lack it; what is no object the gate will refuse.
  #withOperation(text) {
    if (text.includes('"operation"')) return text;
    const inner = text.startsWith('{') ? text.slice(1).trimStart() : '';
    if (inner === '') return text;
    return `{"operation":"${this.#operation}"${inner.startsWith('}') ? '' : ','}${inner}`;
  }
}

// RFC 4180 with a header of flat names (fields.js); columns of other names are ignored.
export class CsvReader {
  #partial = '';
  #line = 1;
  #columns = null;  // [{cell, path}]
  #cellCount = 0;
  #operation;

  constructor(operation) {
    this.#operation = operation;
  }

  *push(text, isLast) {
    let rest = this.#partial + text;
    let start = 0;
    for (;;) {
      const end = endOfRecord(rest, start);
      if (end < 0) break;
      yield* this.#take(rest.slice(start, end));
      start = end + 1;
    }
    rest = rest.slice(start);
    if (isLast && rest !== '') {
      yield* this.#take(rest);
      rest = '';
    } else if (rest.length > ROW_CHARS_MAX) {
      // A quote that is never closed would take the rest of the file: its line is the row at fault.
      const end = rest.indexOf('\n');
      yield* this.#take(rest.slice(0, end < 0 ? ROW_CHARS_MAX : end));
      rest = end < 0 ? '' : rest.slice(end + 1);
    }
    this.#partial = rest;
  }

  *#take(record) {
    const line = this.#line;
    this.#line += 1 + (record.includes('\n') ? record.split('\n').length - 1 : 0);
    const text = record.endsWith('\r') ? record.slice(0, -1) : record;
    if (text.trim() === '') return;
    const cells = text.includes('"') ? splitQuoted(text) : text.split(',').map((cell) => ({ text: cell }));
    if (this.#columns === null) return this.#header(cells);
    if (cells === null) yield { fault: ['bad-quote'], line };
    else if (cells.length !== this.#cellCount)
      yield { fault: ['bad-cells', cells.length, this.#cellCount], line };
    else yield { json: JSON.stringify(this.#request(cells)), line };
  }

  #header(cells) {
    this.#columns = [];
    this.#cellCount = cells?.length ?? 0;
    for (const [cell, { text }] of (cells ?? []).entries()) {
      const path = pathOf(text.trim().toLowerCase());
      if (path === null) continue;
      if (this.#columns.some((one) => one.path === path)) throw new CatalogFault('bad-csv-twice', path);
      this.#columns.push({ cell, path });
    }
    if (this.#columns.length === 0) throw new CatalogFault('bad-csv-header');
  }

  #request(cells) {
    const request = {};
    for (const { cell, path } of this.#columns) {
      const { text, isQuoted } = cells[cell];
      const value = text.trim();
      // `""` says that the app displays nothing; an empty cell, that this is not known.
      if (value !== '') put(request, path, valueOf(path, value));
      else if (isQuoted && path === 'app.displayed_number') put(request, path, '');
    }
    request.operation ??= this.#operation;
    return request;
  }
}

// The line break that ends the record beginning at `start`, or -1.
function endOfRecord(text, start) {
  let at = start;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return -1;
    let quote = text.indexOf('"', at);
    if (quote < 0 || quote > end) return end;
    // Quotes inside a quoted cell are doubled, so closing at each of them comes to the same.
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return -1;
    at = quote + 1;
  }
}

// Cells of a record with quotes, or null where one is not closed.
function splitQuoted(text) {
  const cells = [];
  let at = 0;
  for (;;) {
    const lead = /[^ \t]/.exec(text.slice(at))?.index ?? 0;
    if (text[at + lead] === '"') {
      let cell = '';
      let from = at + lead + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) return null;
        cell += text.slice(from, quote);
        from = quote + 1;
        if (text[from] !== '"') break;
        cell += '"';
        from += 1;
      }
      const comma = text.indexOf(',', from);
      cells.push({ text: cell + text.slice(from, comma < 0 ? undefined : comma).trim(), isQuoted: true });
      if (comma < 0) return cells;
      at = comma + 1;
    } else {
      const comma = text.indexOf(',', at);
      cells.push({ text: text.slice(at, comma < 0 ? undefined : comma) });
      if (comma < 0) return cells;
      at = comma + 1;
    }
  }
}

// What a catalog's beginning says of it: NDJSON begins with an object.
export const readerFor = (beginning, operation) =>
  beginning.trimStart().startsWith('{') ? new NdjsonReader(operation) : new CsvReader(operation);
