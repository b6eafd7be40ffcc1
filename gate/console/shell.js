// What surrounds every view: head, foot, the key dialog and the registry's state; also error cards
// and the drop zone.
import { apiKey, CallError, setApiKey } from './api.js';
import { bar, h, svg } from './dom.js';
import { lang, num, span, t } from './words.js';

export function drawHead({ names, current, switchLanguage }) {
  const link = (name) => h('a', { href: `#/${name}`, 'aria-current': name === current && 'page' }, t(name));
  document.getElementById('head').replaceChildren(
      h('a', { class: 'skip', href: '#main', onclick: skip }, t('skip')),
      h('div', { class: 'bar-top' },
        h('a', { class: 'brand', href: '#/check', 'aria-label': t('title') },
          h('img', { class: 'seal', src: '/console/icon.svg', alt: '' }), h('span', {}, t('title'))),
        h('nav', { 'aria-label': t('nav') }, names.map(link)),
        h('div', { class: 'tools' },
          h('a', { id: 'registry-chip', class: 'chip', href: '#/registry', hidden: true }),
          h('button', { type: 'button', id: 'key', class: 'quiet', 'aria-haspopup': 'dialog', onclick: askKey },
            t(apiKey() ? 'key-set' : 'key-button')),
          h('button', { type: 'button', id: 'language', class: 'quiet', onclick: switchLanguage,
                        lang: lang() === 'en' ? 'zh-CN' : 'en' }, t('other-language')))),
      h('div', { id: 'notice', role: 'status' }));
}

export function drawFoot() {
  document.getElementById('foot').replaceChildren(h('p', {}, t('foot')));
}

// Focuses the content without following the link, since the address holds the view.
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

// state: `known` with a value; `waiting`, `gone` or `locked` with the last value, if any.
export function showRegistryState({ state, value }) {
  const chip = document.getElementById('registry-chip');
  const notice = document.getElementById('notice');
  if (!chip) return;
  chip.hidden = state === 'waiting' || state === 'locked';
  notice.replaceChildren();
  if (chip.hidden) return;
  const word = state === 'gone' ? 'gone' : !value.sealed ? 'unsealed' : value.state;
  chip.className = `chip s-${word}`;
  const serial = h('span', { class: 'wide' }, state === 'gone' ? '' : `${t('registry-chip', value.serial)} · `);
  chip.replaceChildren(h('span', { class: 'dot' }), serial, t(`state-${word}`));
  const warning = word === 'stale' || word === 'expired' ? t(`${word}-warning`, span(value.age_seconds))
      : word === 'unsealed' ? t('unsealed-warning') : null;
  const outcome = { stale: 'review', expired: 'deny', unsealed: 'unknown' }[word];
  if (warning) notice.append(h('p', { class: `warning o-${outcome}` }, warning));
}

export function askKey() {
  const input = h('input', { id: 'key-input', type: 'password', autocomplete: 'off', spellcheck: 'false',
                             value: apiKey() });
  const use = (text) => {
    setApiKey(text);
    dialog.close();
  };
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'key-title' },
      h('form', { onsubmit: (event) => {
        event.preventDefault();
        use(input.value);
      } },
        h('h2', { id: 'key-title' }, t('key-title')),
        h('p', { class: 'soft' }, t('key-help')),
        h('label', { for: 'key-input' }, t('key-label')), input,
        h('div', { class: 'actions' },
          h('button', { class: 'primary' }, t('key-use')),
          apiKey() && h('button', { type: 'button', onclick: () => use('') }, t('key-forget')),
          h('button', { type: 'button', onclick: () => dialog.close() }, t('cancel')))));
  dialog.addEventListener('close', () => {
    dialog.remove();
    document.getElementById('key')?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// What went wrong and what to do about it; the button calls `retry`.
export function errorCard(error, retry) {
  if (!(error instanceof CallError)) throw error;
  const { status, problem } = error;
  const kind = status === 0 ? 'network' : status === 401 ? 'key' : status === 403 ? 'forbidden'
      : status === 429 || status === 503 ? 'busy' : status >= 400 && status < 500 ? 'request' : 'other';
  const help = ['network', 'key', 'busy'].includes(kind) ? t(`error-${kind}-help`) : null;
  return h('div', { class: 'card error', role: 'alert' },
      h('h2', {}, t(`error-${kind}`)),
      problem.detail && h('p', {}, h('bdi', {}, problem.detail.slice(0, 600))),
      problem.pointer && h('p', { class: 'soft' }, t('error-field', problem.pointer)),
      help && h('p', { class: 'soft' }, help),
      h('div', { class: 'actions' },
        status === 401 && h('button', { type: 'button', class: 'primary', onclick: askKey }, t('key-button')),
        retry && h('button', { type: 'button', onclick: retry }, t('retry'))));
}

// A place to drop or choose one file; calls `take(file)`.
export function dropZone({ title, help, accept, take, more }) {
  const input = h('input', { type: 'file', id: 'file', class: 'hidden', accept, tabindex: '-1',
                             'aria-label': title, onchange: () => input.files[0] && take(input.files[0]) });
  const zone = h('div', { class: 'card drop' },
      svg('svg', { viewBox: '0 0 48 48', 'aria-hidden': 'true' },
          svg('path', { d: 'M24 32V10m-9 9 9-9 9 9M8 30v8a3 3 0 0 0 3 3h26a3 3 0 0 0 3-3v-8' })),
      h('p', { class: 'lead' }, title), h('p', { class: 'soft' }, help),
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'primary', onclick: () => input.click() }, t('choose')), more),
      input);
  const over = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle('over', isOver);
    if (event.type === 'drop' && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  };
  for (const type of ['dragenter', 'dragover']) zone.addEventListener(type, over(true));
  for (const type of ['dragleave', 'drop']) zone.addEventListener(type, over(false));
  return zone;
}

// A button that copies, and confirms it.
export function copyButton(text, label) {
  const button = h('button', { type: 'button', class: 'quiet copy', 'aria-label': label && `${t('copy')}: ${label}`,
                               onclick: async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      // Without a secure origin there is no clipboard API: use the old way.
      const area = h('textarea', { class: 'hidden', value: text() });
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    button.textContent = t('copied');
    setTimeout(() => { button.textContent = t('copy'); }, 1500);
  } }, t('copy'));
  return button;
}

// [[label, value]] as a list of terms; null values are left out.
export function terms(pairs) {
  return h('dl', { class: 'terms' }, pairs.filter(([, value]) => value !== null && value !== undefined)
      .map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))));
}

// A card with its word as heading.
export const card = (word, ...children) => h('section', { class: 'card', 'aria-labelledby': `h-${word}` },
                                             h('h2', { id: `h-${word}` }, t(word)), ...children);

// Entries [name, value] as bars, largest first; leaves out zeros and everything after the twelfth.
export function bars(entries, nameOf, textOf, colourOf = () => 'main') {
  const shown = [...entries].filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]).slice(0, 12);
  if (shown.length === 0) return h('p', { class: 'soft' }, t('ops-none'));
  return h('ul', { class: 'bars one-column' }, shown.map(([name, value]) => h('li', { class: 'one' },
    h('span', {}, nameOf(name)), h('b', {}, textOf(value, name)),
    bar([{ name: colourOf(name), count: value }], shown[0][1], `${nameOf(name)} ${textOf(value, name)}`))));
}

export function tile(label, value, more) {
  return h('div', { class: 'stat' }, h('span', { class: 'soft' }, label),
           h('b', {}, typeof value === 'number' ? num(value) : value), more && h('span', { class: 'soft' }, more));
}
