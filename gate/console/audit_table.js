// The rows of an audit: a filter, and a table in which only the visible part exists. It asks the
// worker for ranges of rows by their position among the matching ones.
import { debounced, foreign, h, pill } from './dom.js';
import { addressOf, FIELDS, flatten } from './fields.js';
import { num, t } from './words.js';

const OUTCOMES = ['deny', 'unknown', 'review', 'bad', 'allow'];
const TYPING_MS = 200;
const GROW_MS = 500;       // while rows come in, how often the filter runs again
const AROUND = 12;         // rows drawn beyond the visible ones
const PIXELS_MAX = 8e6;    // browsers miscount beyond some ten million pixels; then a pixel is more rows

export class AuditTable {
  outcome = '';
  code = '';
  #text = '';
  #codes = [];
  #ask;
  #titleOf;
  #picked;
  #count = 0;       // matching rows
  #rows = 0;        // all rows
  #turn = 0;
  #isGrowing = 0;
  #parts = null;
  #seen = { from: 0, rows: [] };

  constructor({ ask, titleOf, picked }) {
    this.#ask = ask;
    this.#titleOf = titleOf;
    this.#picked = picked;
  }

  draw() {
    const changed = () => {
      this.#text = text.value;
      this.outcome = outcome.value;
      this.code = code.value;
      this.refresh();
      this.#picked();
    };
    const field = (id, word, input) => h('div', {}, h('label', { for: id }, t(word)), input);
    const text = h('input', { id: 't-text', type: 'search', value: this.#text, placeholder: t('find-help'), autocomplete: 'off', oninput: debounced(TYPING_MS, changed) });
    const outcome = h('select', { id: 't-outcome', onchange: changed }, h('option', { value: '' }, t('all')),
      OUTCOMES.map((one) => h('option', { value: one }, t(`d-${one}`))));
    const code = h('select', { id: 't-code', onchange: changed });
    const before = h('td', { colspan: 6 });
    const after = h('td', { colspan: 6 });
    const space = (cell) => h('tbody', { 'aria-hidden': 'true' }, h('tr', { class: 'space' }, cell));
    const body = h('tbody', { role: 'rowgroup' });
    // Roles are explicit because a narrow window lays out rows and cells as blocks.
    const table = h('table', { role: 'table', 'aria-labelledby': 'h-rows' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ['row', 'decision', 'app', 'col-package', 'number', 'findings'].map((word) =>
        h('th', { role: 'columnheader', scope: 'col' }, t(word))))), space(before), body, space(after));
    const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('rows-table') }, table);
    scroll.addEventListener('scroll', () => this.#look(), { passive: true });
    const shown = h('span', { role: 'status' });
    const clear = h('button', { type: 'button', class: 'quiet copy', onclick: () => {
      text.value = outcome.value = code.value = '';
      changed();
      text.focus();
    } }, t('clear'));
    this.#parts = { text, outcome, code, before, after, body, table, scroll, shown, clear };
    this.#drawCodes();
    outcome.value = this.outcome;
    this.#resized?.disconnect();
    this.#resized = new ResizeObserver(() => this.#look());
    this.#resized.observe(scroll);
    this.#tell();
    requestAnimationFrame(() => this.#look(true));
    return h('div', {}, h('div', { class: 'filter', role: 'search' }, field('t-text', 'find', text),
      field('t-outcome', 'decision', outcome), field('t-code', 'finding', code)),
      h('div', { class: 'shown' }, shown, clear), scroll);
  }

  #resized = null;
  leave() {
    this.#resized?.disconnect();
  }

  offerCodes(codes) {
    if (codes.join() === this.#codes.join() && this.#parts.code.options.length > codes.length &&
        codes.every((one, i) => this.#parts.code.options[i + 1].text === this.#titleOf(one))) return;
    this.#codes = codes;
    this.#drawCodes();
  }

  #drawCodes() {
    this.#parts.code.replaceChildren(h('option', { value: '' }, t('all')),
      ...this.#codes.map((one) => h('option', { value: one }, this.#titleOf(one))));
    this.#parts.code.value = this.code;
  }

  // Filters by a clicked tile or bar; a second click undoes it.
  pick(name, value) {
    this[name] = this[name] === value ? '' : value;
    this.#parts.outcome.value = this.outcome;
    this.#parts.code.value = this.code;
    this.refresh();
  }

  refresh() {
    this.#parts.shown.textContent = t('searching');
    this.#ask({ kind: 'filter', outcome: this.outcome, code: this.code, text: this.#text });
  }

  grow(rows) {
    this.#rows = rows;
    const now = performance.now();
    if (now - this.#isGrowing < GROW_MS) return;
    this.#isGrowing = now;
    this.#ask({ kind: 'filter', outcome: this.outcome, code: this.code, text: this.#text });
  }

  take(data) {
    if (data.kind === 'filtered') {
      this.#count = data.count;
      this.#tell();
      this.#look(true);
    } else if (data.kind === 'rows' && data.turn === this.#turn) {
      this.#seen = data;
      this.#drawRows();
    }
  }

  #tell() {
    const isAll = !this.outcome && !this.code && !this.#text.trim();
    this.#parts.shown.textContent = this.#count === 0 && this.#rows > 0 ? t('rows-none')
        : isAll ? t('rows-shown', num(this.#count)) : t('rows-of', num(this.#count), num(this.#rows));
    this.#parts.clear.hidden = isAll;
    this.#parts.table.setAttribute('aria-rowcount', this.#count + 1);
  }

  // --- the visible part ---

  #rowPixels() {
    return matchMedia('(max-width: 640px)').matches ? 122 : 52;
  }

  // The height of the whole table, and how much of it one pixel of the scroll bar stands for.
  #measure() {
    const row = this.#rowPixels();
    const whole = this.#count * row;
    const height = Math.min(whole, PIXELS_MAX);
    const head = this.#parts.table.tHead.offsetHeight;
    const view = Math.max(this.#parts.scroll.clientHeight - head, 1);
    return { row, height, head, view, scale: height > view ? (whole - view) / (height - view) : 1,
             scrollTop: this.#parts.scroll.scrollTop };
  }

  #look(isNew = false) {
    if (!this.#parts?.scroll.isConnected) return;
    const measured = this.#measure();
    const { row, view, scale, scrollTop } = measured;
    const top = scrollTop * scale;
    const from = Math.max(Math.floor(top / row) - AROUND, 0);
    const to = Math.min(Math.ceil((top + view) / row) + AROUND, this.#count);
    const { rows, from: first } = this.#seen;
    if (!isNew && first <= Math.max(from + AROUND / 2, 0) && first + rows.length >= Math.min(to - AROUND / 2, this.#count))
      return this.#place(measured);
    this.#ask({ kind: 'rows', turn: ++this.#turn, from, to: Math.max(to, from) });
  }

  // Places the drawn rows where the scroll bar says, whatever one pixel stands for.
  #place({ row, height, head, scale, scrollTop }) {
    this.#parts.scroll.hidden = height === 0 && this.#rows > 0;
    this.#parts.scroll.style.maxHeight = `${height + head + 2}px`;  // no empty space below a few rows
    const drawn = this.#seen.rows.length * row;
    const at = this.#seen.from * row - scrollTop * scale + scrollTop;
    const before = Math.max(Math.min(at, height - drawn), 0);
    this.#parts.before.style.height = `${before}px`;
    this.#parts.after.style.height = `${Math.max(height - before - drawn, 0)}px`;
  }

  // Measures everything before changing anything: measuring a table that is too short for a moment
  // would make the browser scroll back, so that the last rows could never be reached.
  #drawRows() {
    const measured = this.#measure();
    const { from, rows } = this.#seen;
    const focused = this.#parts.body.contains(document.activeElement) ? document.activeElement.closest('tr').dataset.row : null;
    this.#parts.body.replaceChildren(...rows.map((row, i) => this.#row(row, from + i)));
    this.#place(measured);
    if (focused) this.#parts.body.querySelector(`[data-row="${focused}"] a`)?.focus({ preventScroll: true });
  }

  #row(row, at) {
    const cell = (main, sub) => h('td', { role: 'cell' }, main && h('div', {}, main), sub && h('div', { class: 'sub' }, sub));
    const short = (text) => text && foreign(text, 120);
    const title = row.name || row.id || t('untitled', num(row.row));
    const decisive = row.findings.filter(({ effect }) => effect !== 'note');
    const findings = (decisive.length > 0 || row.outcome !== 'allow' ? decisive : row.findings).map(({ code }) => this.#titleOf(code));
    const link = row.outcome === 'bad' ? short(title)
        : h('a', { href: checkAddress(row.request), 'aria-label': t('open-row', num(row.row)) }, short(title));
    return h('tr', { class: 'row', role: 'row', 'aria-rowindex': at + 2, 'data-row': row.row },
      cell(h('span', { class: 'sub' }, num(row.row))), cell(pill(row.outcome, t(`d-${row.outcome}`))),
      cell(link, row.name && short(row.id)), cell(short(row.package), short(row.platform)), cell(short(row.number)),
      cell(row.problem ? problemText(row.problem) : findings[0] && h('span', {}, findings[0]),
           row.problem?.pointer ? short(row.problem.pointer) : findings.length > 1 && findings.slice(1).join(t('comma'))));
  }
}

const problemText = (problem) => (problem.fault ? t(...problem.fault) : foreign(problem.detail ?? '', 200));

function checkAddress(request) {
  try {
    return addressOf(flatten(JSON.parse(request)), FIELDS.filter((path) => path !== 'id' && path !== 'detail'));
  } catch {
    return '#/check';
  }
}
