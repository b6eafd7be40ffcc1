// Writes an audit as a file; loaded only for an export. Either CSV, or the report:
// gate/audit/report.html, filled as `audit --output html` does, with what the page knows. Its text
// becomes markup elsewhere, so every value is escaped here.
import { num, percent, t, instant, lang } from './words.js';

const WORST_FIRST = ['deny', 'unknown', 'review', 'bad', 'allow'];
const EFFECTS = ['deny', 'unknown', 'review', 'allow', 'note'];
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const markup = (value) => String(value)
  .replace(HIDDEN, (c) => `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
  .replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
const isolated = (text) => `<bdi>${markup(text.length > 200 ? `${text.slice(0, 200)}…` : text)}</bdi>`;
const iconOf = (outcome) => `<svg class="icon" aria-hidden="true"><use href="#i-${outcome}"/></svg>`;
const pillOf = (outcome) => `<span class="pill o-${outcome}">${iconOf(outcome)}${t(`d-${outcome}`)}</span>`;

// parts: [{name, count}]
function barOf(parts, whole, label) {
  let at = 0;
  const rects = parts.filter(({ count }) => count > 0).map(({ name, count }) => {
    const width = Math.min(Math.max((100 * count) / Math.max(whole, 1), 0.6), 100 - at);
    const rect = `<rect class="e-${name}" x="${at.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    at += width;
    return rect;
  });
  return `<svg class="bar" role="img" aria-label="${markup(label)}">${rects.join('')}</svg>`;
}

// The parts, one after another around the circle, with gaps if there are several.
function donut({ counts, rows }, headline) {
  const parts = WORST_FIRST.filter((outcome) => counts[outcome] > 0);
  let at = 0;
  const circles = parts.map((outcome) => {
    const width = Math.max((100 * counts[outcome]) / rows, 0.6);
    const drawn = width - (parts.length > 1 ? Math.min(0.4, width / 2) : 0);
    const circle = `<circle class="k-${outcome}" cx="20" cy="20" r="16" pathLength="100" stroke-dasharray="${drawn.toFixed(2)} 100" stroke-dashoffset="-${at.toFixed(2)}" transform="rotate(-90 20 20)"/>`;
    at += width;
    return circle;
  });
  return `<svg class="donut" viewBox="0 0 40 40" role="img" aria-label="${markup(headline)}"><circle class="track" cx="20" cy="20" r="16"/>${circles.join('')}<text x="20" y="21.6">${percent(counts.allow, rows)}</text><text class="small" x="20" y="26">${t('d-allow')}</text></svg>`;
}

function findingsPanel(summary, facts) {
  const sorted = summary.findings;
  if (sorted.length === 0) return `<p class="soft">${t('findings-none')}</p>`;
  const most = sorted[0].total;
  return `<ul class="chart">${sorted.map((one) => {
    const words = facts.codes[one.code]?.[lang()] ?? { title: one.code, help: '', basis: '' };
    const label = EFFECTS.filter((effect) => one.by[effect]).map((effect) => `${t(`e-${effect}`)} ${num(one.by[effect])}`).join(', ');
    return `<li><details><summary><span class="what"><span class="title">${markup(words.title)}</span> <code>${markup(one.code)}</code></span>${
      barOf(EFFECTS.map((name) => ({ name, count: one.by[name] ?? 0 })), most, label)}<span class="n">${num(one.total)}</span></summary><div class="help"><p>${markup(words.help)}</p>${
      words.basis ? `<p class="basis">${t('basis')} · ${markup(words.basis)}</p>` : ''}<a href="#rows" data-code="${markup(one.code)}">${t('rows')} ↓</a></div></details></li>`;
  }).join('\n')}</ul>`;
}

function platformsPanel(platforms) {
  const bars = platforms.map(([name, counts]) => {
    const total = WORST_FIRST.reduce((sum, outcome) => sum + counts[outcome], 0);
    return `<li><div class="line"><b>${name ? isolated(name) : t('not-given')}</b><span class="soft">${num(total)} · ${t('d-allow')} ${percent(counts.allow, total)}</span></div>${
      barOf(WORST_FIRST.map((outcome) => ({ name: outcome, count: counts[outcome] })), total,
            WORST_FIRST.filter((outcome) => counts[outcome]).map((outcome) => `${t(`d-${outcome}`)} ${num(counts[outcome])}`).join(', '))}</li>`;
  });
  return `<ul class="bars">${bars.join('\n')}</ul>`;
}

function rowMarkup(row, platformAt, facts) {
  const title = (code) => markup(facts.codes[code]?.[lang()]?.title ?? code);
  const cell = (main, sub) => `<td>${main ? isolated(main) : ''}${sub ? `<span class="sub">${isolated(sub)}</span>` : ''}</td>`;
  const shown = row.findings.filter(({ effect }) => effect !== 'note' || row.outcome === 'allow');
  const problem = row.problem && `<div class="finding">${isolated(row.problem.fault ? t(...row.problem.fault) : row.problem.detail ?? '')}${
    row.problem.pointer ? `<span class="vs">${isolated(row.problem.pointer)}</span>` : ''}</div>`;
  return `<tr data-o="${row.outcome}"${row.outcome === 'bad' ? '' : ` data-p="${platformAt(row.platform.toLowerCase())}"`} data-c="${
    markup(row.findings.map(({ code }) => code).join(' '))}"><td class="num">${num(row.row)}</td><td>${pillOf(row.outcome)}</td>${
    cell(row.name || row.id, row.name && row.id)}${cell(row.package, row.platform)}${cell(row.number)}<td>${problem ?? ''}${
    shown.map(({ code }) => `<div class="finding"><b>${title(code)}</b> <code class="soft">${markup(code)}</code></div>`).join('')}</td></tr>`;
}

const option = (value, text, count) => `<option value="${markup(value)}">${markup(text)} (${num(count)})</option>`;

async function partOf(name) {
  const response = await fetch(`/console/report.${name}`);
  if (!response.ok) throw Object.assign(new Error(`report.${name}`), { status: response.status });
  return response.text();
}

// `rows`: {outcome: its first rows}; `isWhole`: no row of the catalog is missing; `registry`: that of now;
// `isOther`: not the one of when the audit began, although the serial is the same. Resolves to the file.
export async function writeReport({ catalog, facts, registry, isOther, rows, isWhole, summary, platforms }) {
  const [template, style, script] = await Promise.all(['html', 'css', 'js'].map(partOf));
  const { counts } = summary;
  const all = WORST_FIRST.flatMap((outcome) => rows[outcome]);
  const listed = [...platforms].sort((a, b) => a[0].localeCompare(b[0]));
  const places = new Map(listed.map(([name], i) => [name, i]));
  const platformAt = (name) => places.get(name) ?? places.get('…') ?? 0;
  const headline = summary.rows === 0 ? t('audit-empty') : t('audit-headline', num(summary.rows), num(counts.allow));
  const isOfNow = !isOther && (summary.serials.at(-1) ?? registry.serial) === registry.serial;
  const tally = (of) => all.reduce((map, row) => of(row).reduce((m, name) => m.set(name, (m.get(name) ?? 0) + 1), map), new Map());
  const cut = WORST_FIRST.filter((outcome) => rows[outcome].length < counts[outcome])
      .map((outcome) => `${t(`d-${outcome}`)} ${num(rows[outcome].length)} / ${num(counts[outcome])}`).join(t('comma'));
  const slots = {
    style: () => style, script: () => script, style_hash: () => facts.style_hash, script_hash: () => facts.script_hash,
    version: () => markup(facts.version), catalog: () => markup(catalog), rows_total: () => num(summary.rows),
    serial: () => summary.serials.join('–') || registry.serial,
    as_of: () => (!isOfNow ? '' : `<div><dt>${t('as-of')}</dt><dd>${markup(instant(registry.as_of))} <span class="state state-${markup(registry.state)}">${t(`state-${registry.state}`)}</span></dd></div>`),
    operations: () => '', headline: () => markup(isWhole ? headline : `${headline} ${t('audit-partial')}`), donut: () => (summary.rows === 0 ? '' : donut(summary, headline)),
    tiles: () => WORST_FIRST.map((outcome) => `<li><a class="tile o-${outcome}${counts[outcome] ? '' : ' none'}" href="#rows" data-outcome="${outcome}"><span class="label">${
      iconOf(outcome)}${t(`d-${outcome}`)}</span><b>${num(counts[outcome])}</b><span class="share">${percent(counts[outcome], summary.rows)}</span></a></li>`).join('\n'),
    findings: () => findingsPanel(summary, facts), platforms: () => platformsPanel(listed), subjects: () => '',
    outcome_options: () => WORST_FIRST.filter((one) => rows[one].length > 0).map((one) => option(one, t(`d-${one}`), rows[one].length)).join(''),
    code_options: () => [...tally((row) => row.findings.map(({ code }) => code))].map(([code, count]) => option(code, facts.codes[code]?.[lang()]?.title ?? code, count)).join(''),
    platform_options: () => [...tally((row) => (row.outcome === 'bad' ? [] : [platformAt(row.platform.toLowerCase())]))]
        .map(([at, count]) => option(at, listed[at]?.[0] || t('not-given'), count)).join(''),
    rows_cut: () => cut, rows: () => all.map((row) => rowMarkup(row, platformAt, facts)).join('\n'),
    legend: () => WORST_FIRST.filter((one) => one !== 'bad').map((one) => `<li>${pillOf(one)} ${t(`h-${one}`)}</li>`).join('\n'), about: () => '',
  };
  const text = template.replace(/\{\{(@?)(.*?)\}\}/gs, (_, isSlot, inner) =>
    isSlot ? slots[inner]() : inner.split('|')[lang() === 'en' ? 1 : 0]);
  return new Blob([text], { type: 'text/html' });
}

// A CSV cell, with a leading `'` if a spreadsheet would take it for a formula.
export function csvCell(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// `batches`: promises of rows, in order. Resolves to the file.
export async function writeCsv(batches) {
  const parts = ['\ufeffrow,line,id,operation,decision,assurance,filing_number,name,platform,package,findings,notes,problem\r\n'];
  const codes = (row, areNotes) => row.findings.filter(({ effect }) => (effect === 'note') === areNotes)
      .map(({ code }) => code).join(' ');
  for await (const rows of batches)
    parts.push(rows.map((row) => [row.row, row.line, row.id, row.operation, row.outcome, row.assurance, row.number,
        row.name, row.platform, row.package, codes(row, false), codes(row, true), problemText(row.problem)]
        .map(csvCell).join(',') + '\r\n').join(''));
  return new Blob(parts, { type: 'text/csv' });
}

// In English, like the gate's problems, whatever the page's language.
function problemText(problem) {
  if (!problem) return '';
  if (problem.fault) return problem.fault.join(' ');
  return problem.pointer ? `${problem.pointer}: ${problem.detail}` : problem.detail ?? '';
}
