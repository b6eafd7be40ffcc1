// The view for a whole catalog: a file to take in, progress, counts, a chart of findings, a table
// to filter, and files to export. audit_worker.js does the work; changing the language only
// redraws.
import { apiKey, CallError, getJson, reportFacts } from './api.js';
import { AuditTable } from './audit_table.js';
import { bar, download, foreign, h, icon } from './dom.js';
import { dropZone, errorCard } from './shell.js';
import { lang, num, percent, t } from './words.js';

const WORST_FIRST = ['deny', 'unknown', 'review', 'bad', 'allow'];
const EFFECTS = ['deny', 'unknown', 'review', 'allow', 'note'];

// Uses the registry's test identities, to show each kind of answer.
const SAMPLE = [
  'operation,filing_number,name,platform,package',
  'distribute,京ICP备2099000000号-1A,测试应用,android,cn.beian-gate.pass',
  'distribute,京ICP备2099000000号-1A,别的应用,android,cn.beian-gate.other',
  'distribute,京ICP备2099000000号-2A,,,', 'distribute,京ICP备2099000000号-3A,,,',
  'distribute,京ICP备2099000000号-4A,,,', 'distribute,京ICP备2099000000号-5,,,',
  'distribute,京ICP备2099000000号-8A,,,', 'distribute,京ICP备2099000000号-99A,,,',
  'distribute,,,android,cn.beian-gate.pass', 'distribute,京公网安备11010502025545号,,,',
  'distribute,京ＩＣＰ備案２０９９００００００－１ａ,测试应用,,', 'preinstall,京ICP备2099000000,,,', 'sell,,,,',
].join('\n');

let audit = null;  // {file, options, worker, state, summary, error, table, began, isReplaced}
let options = { operation: 'distribute', encoding: 'auto' };
let titles = {};
let place = null;

export function draw() {
  place = h('div', { class: 'stack' });
  redraw();
  reportFacts().then((facts) => {
    titles = facts.codes;
    if (audit) update();
  }, () => {});
  return [h('h1', { class: 'page' }, t('audit-lead')), place];
}

export const leave = () => audit?.table?.leave();

function redraw() {
  place.replaceChildren(...(audit ? drawAudit() : drawStart()));
  if (audit) update();
}

// --- before ---

function drawStart() {
  const select = (name, values) => h('div', {}, h('label', { for: `a-${name}` }, t(name === 'operation' ? 'row-operation' : name)),
    h('select', { id: `a-${name}`, onchange: (event) => { options = { ...options, [name]: event.target.value }; } },
      values.map(([value, text]) => h('option', { value, selected: options[name] === value }, text))));
  return [
    dropZone({ title: t('drop'), help: t('drop-help'), accept: '.csv,.ndjson,.jsonl,.gz,text/csv', take: start,
               more: h('button', { type: 'button', onclick: () => start(new File([SAMPLE], 'sample.csv')) }, t('sample')) }),
    h('div', { class: 'options' },
      select('operation', ['distribute', 'connect', 'preinstall'].map((one) => [one, t(`o-${one}`)])),
      select('encoding', [['auto', t('encoding-auto')], ['utf-8', 'UTF-8'], ['gb18030', 'GB18030']])),
  ];
}

// The only script URL created in this page; Trusted Types blocks all others.
const policy = globalThis.trustedTypes?.createPolicy('console', { createScriptURL: (url) => url });
const workerUrl = '/console/audit_worker.js';

function start(file) {
  audit?.worker.terminate();
  const worker = new Worker(policy ? policy.createScriptURL(workerUrl) : workerUrl, { type: 'module' });
  audit = { file, worker, state: 'running', error: null, bytes: 0, seconds: 0, exporting: '',
            summary: { rows: 0, counts: {}, findings: [], serials: [] } };
  audit.table = new AuditTable({ ask: (message) => worker.postMessage(message), titleOf, picked: update });
  worker.addEventListener('message', ({ data }) => audit?.worker === worker && take(data));
  worker.addEventListener('error', ({ message }) => {
    if (audit?.worker !== worker) return;
    // An error without a message: the worker could not even be loaded.
    take(message ? { kind: 'stopped', words: ['error-other'] } : { kind: 'failed', status: 0, problem: {} });
  });
  audit.began = registryNow();
  worker.postMessage({ kind: 'start', file, ...options, key: apiKey() });
  redraw();
}

// Null where this caller may not ask for it: then nothing can be told.
const registryNow = () => getJson('/v1/registry').catch(() => null);

// Answers name only the serial of their registry, and after a rollback a serial comes again. The
// root hash does not cover the batches on top of a snapshot.
const contents = (registry) => registry.follower?.chain ?? registry.root_hash;
const isReplaced = (began, now) =>
  began !== null && now !== null && began.serial === now.serial && contents(began) !== contents(now);

async function lookAtRegistry(one) {
  const [began, now] = await Promise.all([one.began, registryNow()]);
  one.isReplaced = isReplaced(began, now);
  if (one === audit) update();
}

function end() {
  audit.worker.terminate();
  audit = null;
  redraw();
}

function take(data) {
  switch (data.kind) {
    case 'progress':
      audit = Object.assign(audit, { bytes: data.bytes, seconds: data.seconds, summary: data });
      audit.table.grow(data.rows);
      break;
    case 'done':
    case 'stopped':
      audit.state = data.kind;
      audit.words = data.words;
      ended();
      return;
    case 'failed':
      audit.state = 'stopped';
      audit.error = new CallError(data.status, data.problem);
      ended();
      return;
    case 'file':
      audit.exporting = '';
      download(data.blob, `${audit.file.name.replace(/\.(csv|ndjson|jsonl)?(\.gz)?$/i, '')}.${data.name}`);
      break;
    case 'unwritten':
      notExported(new CallError(data.status, {}));
      return;
    default:
      audit.table.take(data);
      return;
  }
  update();
}

function ended() {
  lookAtRegistry(audit);
  redraw();
  if (!hasNothing()) audit.table.refresh();
}

// --- while and after ---

let parts = {};

function drawAudit() {
  const isRunning = audit.state === 'running';
  const again = audit.error && errorCard(audit.error, () => start(audit.file));
  if (hasNothing()) return [again ?? h('p', { class: 'card warning o-bad', role: 'alert' }, stopText()), ...drawStart()];
  parts = { title: h('h2', { id: 'h-audit' }), status: h('p', { class: 'soft', role: 'status' }), tiles: h('ul', { class: 'tiles' }),
            findings: h('div', { class: 'bars' }), changed: h('p', { class: 'small soft' }),
            progress: h('progress', { class: 'progress', max: Math.max(audit.file.size, 1), 'aria-label': t('audit-progress-label') }) };
  const button = (word, run, more) => h('button', { type: 'button', onclick: run, ...more }, t(word));
  parts.csv = button('export-csv', () => exportFile('csv'), { class: 'primary' });
  parts.html = button('export-html', () => exportFile('report'));
  return [
    again,
    h('section', { class: 'card', 'aria-labelledby': 'h-audit' },
      h('div', { class: 'head-line' }, h('div', {}, parts.title, parts.status),
        h('div', { class: 'actions' }, isRunning ? button('stop', () => audit.worker.postMessage({ kind: 'stop' }))
          : [parts.csv, parts.html, button('another', end)])),
      isRunning && parts.progress, parts.tiles, parts.changed),
    h('section', { class: 'card', 'aria-labelledby': 'h-chart' }, h('h2', { id: 'h-chart' }, t('findings-chart')), parts.findings),
    h('section', { class: 'card', 'aria-labelledby': 'h-rows' }, h('h2', { id: 'h-rows' }, t('rows')), audit.table.draw()),
  ].filter(Boolean);
}

// Ended before any row was answered: there is no table to show, but another file can be tried.
const hasNothing = () => audit.state !== 'running' && audit.summary.rows === 0;

const stopText = () => (audit.state === 'done' ? t('audit-empty') : t('audit-stopped', audit.words ? t(...audit.words) : audit.file.name));

const titleOf = (code) => titles[code]?.[lang()]?.title ?? code;

function update() {
  if (hasNothing()) return;
  const { summary, state } = audit;
  const { rows, counts } = summary;
  parts.title.replaceChildren(...(state === 'running' ? [t('audit-running', ''), foreign(audit.file.name)]
      : state === 'stopped' ? [stopText()] : [t('audit-headline', num(rows), num(counts.allow ?? 0))]));
  parts.status.replaceChildren(...(state === 'done' ? [foreign(audit.file.name), ' · '] : []),
      t('audit-progress', num(rows), num(Math.round(rows / Math.max(audit.seconds, 0.001)))));
  parts.progress.value = audit.bytes;
  parts.csv.disabled = parts.html.disabled = rows === 0 || audit.exporting !== '';
  parts.csv.textContent = t(audit.exporting === 'csv' ? 'exporting' : 'export-csv');
  parts.html.textContent = t(audit.exporting === 'report' ? 'exporting' : 'export-html');
  const { serials } = summary;
  parts.changed.textContent = serials.length > 1 ? t('audit-changed', serials[0], serials.at(-1))
      : serials.length === 1 && audit.isReplaced ? t('audit-replaced', serials[0]) : '';
  drawTiles(rows, counts);
  drawFindings(summary.findings);
}

// A pressed button keeps its focus when the buttons are redrawn.
function pick(name, value) {
  audit.table.pick(name, value);
  update();
}

function keepFocus(place, children) {
  const name = place.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  place.replaceChildren(...children);
  if (name) place.querySelector(`[data-name="${CSS.escape(name)}"]`)?.focus();
}

function drawTiles(rows, counts) {
  keepFocus(parts.tiles, WORST_FIRST.map((outcome) => h('li', {},
    h('button', { type: 'button', class: `tile o-${outcome}`, 'data-name': outcome,
                  'aria-pressed': String(audit.table.outcome === outcome), onclick: () => pick('outcome', outcome) },
      h('span', { class: 'label' }, icon(outcome), t(`d-${outcome}`)), h('b', {}, num(counts[outcome] ?? 0)),
      h('span', { class: 'share' }, percent(counts[outcome] ?? 0, rows))))));
}

// One bar per code, worst effect first; codes that affect the decision come before notes.
function drawFindings(findings) {
  const isNote = (one) => EFFECTS.slice(0, 4).every((effect) => !one.by[effect]);
  const sorted = findings.toSorted((a, b) => isNote(a) - isNote(b));
  const most = Math.max(...sorted.map((one) => one.total), 1);
  keepFocus(parts.findings, sorted.length === 0 ? [h('p', { class: 'soft' }, t('findings-none'))] : sorted.map((one) =>
    h('button', { type: 'button', 'data-name': one.code, 'aria-pressed': String(audit.table.code === one.code),
                  title: one.code, onclick: () => pick('code', one.code) },
      h('span', {}, titleOf(one.code)), h('b', {}, num(one.total)),
      bar(EFFECTS.map((effect) => ({ name: effect, count: one.by[effect] ?? 0 })), most,
          EFFECTS.filter((effect) => one.by[effect]).map((effect) => `${t(`e-${effect}`)} ${num(one.by[effect])}`).join(t('comma'))))));
  audit.table.offerCodes(sorted.map((one) => one.code));
}

async function exportFile(kind) {
  audit.exporting = kind;
  update();
  if (kind === 'csv') return audit.worker.postMessage({ kind });
  try {
    const [facts, registry, began] = await Promise.all([reportFacts(), getJson('/v1/registry'), audit.began]);
    audit.worker.postMessage({ kind, lang: lang(), catalog: audit.file.name, facts, registry,
                               isOther: isReplaced(began, registry) });
  } catch (error) {
    notExported(error);
  }
}

function notExported(error) {
  audit.exporting = '';
  place.prepend(errorCard(error, null));
  update();
}
