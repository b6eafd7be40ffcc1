// Parses a catalog: characters in, rows out. A row is the JSON text of a check request, or a fault.
// Lines are counted as an editor counts them. No I/O: the worker reads, tests feed.
import { isList, pathOf, put, valueOf } from './fields.js';

// The gate refuses rows of more than 64 KiB. A longer row is cut soon after that, so that a file
// without line breaks costs no memory; the gate then reports that the row is too large.
const ROW_CHARS_MAX = 66_000;

export class CatalogFault extends Error {
  constructor(word, ...values) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

// Yields rows as {json, line} or {fault: [word, …], line}.
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

  // Adds the operation to a row without one, as text, so that nothing needs parsing; the gate
  // refuses what is not an object.
  #withOperation(text) {
    if (/"operation"\s*:/.test(text)) return text;  // a key; as a value no colon follows
    const inner = text.startsWith('{') ? text.slice(1).trimStart() : '';
    if (inner === '') return text;
    return `{"operation":"${this.#operation}"${inner.startsWith('}') ? '' : ','}${inner}`;
  }
}

const trimmed = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

// A list in a cell, split as gate/audit does: an item may have lines, as PEM has.
const listIn = (cell) => cell.split(/[;,]/).map(trimmed).filter(Boolean);

// RFC 4180 with a header of flat names (fields.js); other columns are ignored. Finds the same rows
// as gate/audit.
export class CsvReader {
  #partial = '';
  #isDropping = false;  // until the end of a line that was given up
  #line = 1;
  #columns = null;  // [{cell, path}]
  #cellCount = 0;
  #operation;

  constructor(operation) {
    this.#operation = operation;
  }

  *push(text, isLast) {
    const rest = this.#partial + text;
    let start = 0;
    if (this.#isDropping) {
      const end = rest.indexOf('\n');
      this.#isDropping = end < 0;
      start = end < 0 ? rest.length : end + 1;
    }
    while (start < rest.length) {
      const { end, isOpen } = endOfRecord(rest, start);
      if (end < rest.length || (isLast && !isOpen)) {
        yield* this.#take(rest.slice(start, end));
        start = end + 1;
        continue;
      }
      if (!isLast && rest.length - start <= ROW_CHARS_MAX) break;
      // Too long, or a quote that would swallow the rest of the file: only the row's first line is
      // given up.
      const line = rest.indexOf('\n', start);
      yield* this.#take(rest.slice(start, line < 0 ? start + ROW_CHARS_MAX : line));
      this.#isDropping = line < 0;
      start = line < 0 ? rest.length : line + 1;
    }
    this.#partial = rest.slice(start);
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
    else yield { json: this.#json(cells), line };
  }

  #header(cells) {
    this.#columns = [];
    this.#cellCount = cells?.length ?? 0;
    for (const [cell, { text }] of (cells ?? []).entries()) {
      const path = pathOf(trimmed(text));
      if (path === null) continue;
      if (this.#columns.some((one) => one.path === path)) throw new CatalogFault('bad-csv-twice', path);
      this.#columns.push({ cell, path });
    }
    if (this.#columns.length === 0) throw new CatalogFault('bad-csv-header');
  }

  #json(cells) {
    const request = {};
    let serial = null;  // as digits: a number would round more than 15 of them
    for (const { cell, path } of this.#columns) {
      const { text, isQuoted } = cells[cell];
      const value = trimmed(text);
      // `""` says that the app displays nothing; an empty cell, that this is unknown.
      if (path === 'min_serial' && /^0*[0-9]{1,19}$/.test(value)) serial = value.replace(/^0+(?=[0-9])/, '');
      else if (value !== '') put(request, path, isList(path) ? listIn(value) : valueOf(path, value));
      else if (isQuoted && path === 'app.displayed_number') put(request, path, '');
    }
    request.operation ??= this.#operation;
    const json = JSON.stringify(request);
    return serial === null ? json : `${json.slice(0, -1)},"min_serial":${serial}}`;
  }
}

// A cell, as far as needed to find the end of its record: a quote opens a cell only at its start;
// elsewhere it must not swallow the following records.
const PART = /(?:"[^"]*(?:""[^"]*)*("|$))?([^,\n]*)(,|\n|$)/y;

// Where the record at `start` ends: at its line break or at the end of the text, maybe inside
// quotes. A quote that a later line seems to close, with text behind it, was never closed: that
// one opens a cell there. Then the record is its first line.
function endOfRecord(text, start) {
  const line = text.indexOf('\n', start);
  if (line >= 0 && !text.slice(start, line).includes('"')) return { end: line, isOpen: false };
  PART.lastIndex = start;
  for (;;) {
    const [, close, tail, stop] = PART.exec(text);
    const closed = PART.lastIndex - stop.length - tail.length;
    const isClosed = tail === '' || tail.startsWith('\r');
    if (close === '"' && !isClosed && line >= 0 && closed > line) return { end: line, isOpen: false };
    if (stop !== ',') return { end: PART.lastIndex - stop.length, isOpen: close === '' };
  }
}

const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;

// The cells of a record with quotes; null if a quote neither opens nor closes a cell.
function splitQuoted(text) {
  const cells = [];
  CELL.lastIndex = 0;
  for (;;) {
    const found = CELL.exec(text);
    if (found === null) return null;
    const [, quoted, plain, stop] = found;
    cells.push({ text: quoted?.replaceAll('""', '"') ?? plain, isQuoted: quoted !== undefined });
    if (stop === '') return cells;
  }
}

// Guesses the format from the catalog's beginning: NDJSON begins with an object.
export const readerFor = (beginning, operation) =>
  beginning.trimStart().startsWith('{') ? new NdjsonReader(operation) : new CsvReader(operation);
