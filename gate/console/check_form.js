// The form of a check. It holds texts under the paths of fields.js, and explains the number as it
// is typed.
import { CallError, parseNumber } from './api.js';
import { debounced, foreign, h } from './dom.js';
import { FIELDS, flatten } from './fields.js';
import { copyButton } from './shell.js';
import { provinceName, t } from './words.js';

const TYPING_MS = 120;

const OPERATIONS = ['distribute', 'connect', 'preinstall'];
const MORE = ['app.sponsor.name', 'app.sponsor.certificate_number', 'app.fingerprint', 'app.public_key',
              'app.domains', 'app.ips', 'provider', 'app.categories', 'app.host_platform', 'app.version',
              'app.displayed_number', 'app.first_published', 'as_of', 'min_serial',
              'app.offline', 'app.network_permission', 'app.operator_overseas', 'app.servers_overseas'];
const FLAGS = MORE.slice(-4);
const DAYS = ['app.first_published', 'as_of'];
const LONG = ['app.fingerprint', 'app.public_key'];
const HELPS = { 'app.fingerprint': 'f-app.fingerprint-help', 'app.public_key': 'f-app.public_key-help',
                'app.domains': 'f-list-help', 'app.ips': 'f-list-help', 'app.categories': 'f-list-help',
                'app.displayed_number': 'f-app.displayed_number-help' };

const TRIES = [
  ['try-pass', { filing_number: '京ICP备2099000000号-1A', 'app.name': '测试应用', 'app.platform': 'android', 'app.package': 'cn.beian-gate.pass' }],
  ['try-cancelled', { filing_number: '京ICP备2099000000号-2A' }],
  ['try-website', { filing_number: '京ICP备2099000000号-5' }],
  ['try-typo', { filing_number: '京ＩＣＰ備案２０９９００００００－１ａ', 'app.name': '测试应用' }],
  ['try-none', { 'app.platform': 'android', 'app.package': 'cn.beian-gate.pass' }],
];

const idOf = (path) => `f-${path.replaceAll('.', '-')}`;

export class CheckForm {
  #inputs = new Map();  // path -> input, select or textarea, except `operation`
  #submit;
  #cleared;
  #explained = h('div', { id: 'number-explained', class: 'explained', 'aria-live': 'polite' });
  #tries = h('div', { class: 'tries', hidden: true });
  #more;
  #moreCount;
  #parse = null;
  #explainSoon = debounced(TYPING_MS, () => this.#explain());

  constructor({ texts, hasTests, submit, cleared }) {
    this.#submit = submit;
    this.#cleared = cleared;
    this.#drawTries();
    this.element = this.#draw();
    this.offerTests(hasTests);
    this.fill(texts);
  }

  close() {
    this.#parse?.abort();
  }

  texts() {
    const texts = { operation: this.element.querySelector('input[name=operation]:checked').value };
    for (const [path, input] of this.#inputs) if (input.value.trim()) texts[path] = input.value.trim();
    return texts;
  }

  fill(texts) {
    for (const path of FIELDS) if (path !== 'operation') this.set(path, texts[path] ?? '');
    const operation = OPERATIONS.includes(texts.operation) ? texts.operation : 'distribute';
    this.element.querySelector(`input[value=${operation}]`).checked = true;
    if (MORE.some((path) => texts[path])) this.#more.open = true;
    this.#countMore();
  }

  set(path, text) {
    const input = this.#inputs.get(path);
    if (!input) return;
    if (input.tagName === 'SELECT' && text && ![...input.options].some((one) => one.value === text))
      input.append(h('option', { value: text }, text));
    input.value = text;
    if (path === 'filing_number') this.#explain();
  }

  // Marks the field at fault; null: none.
  flag(path) {
    for (const [one, input] of this.#inputs) {
      if (one === path) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
    if (!this.#inputs.has(path)) return;
    if (MORE.includes(path)) this.#more.open = true;
    this.#inputs.get(path).focus();
  }

  focusNumber() {
    this.#inputs.get('filing_number').focus();
  }

  offerTests(hasTests) {
    this.#tries.hidden = !hasTests;
  }

  #draw() {
    const number = h('input', { id: idOf('filing_number'), class: 'number', autocomplete: 'off', spellcheck: 'false',
                                'aria-describedby': 'number-help number-explained', oninput: this.#explainSoon,
                                onpaste: (event) => this.#pasted(event) });
    this.#inputs.set('filing_number', number);
    const platform = this.#select('app.platform', ['', 'android', 'ios', 'harmonyos'],
                                  { '': t('not-given'), android: 'Android', ios: 'iOS', harmonyos: 'HarmonyOS' });
    const kind = this.#select('app.kind', ['', 'app', 'mini_program', 'quick_app'],
                              { '': t('not-given'), app: t('k-app'), mini_program: t('k-mini_program'), quick_app: t('k-quick_app') });
    this.#moreCount = h('summary', {});
    this.#more = h('details', { class: 'more' }, this.#moreCount,
                   h('div', { class: 'grid' }, MORE.map((path) => this.#row(path, this.#input(path)))));
    return h('form', { class: 'card form', onsubmit: (event) => {
      event.preventDefault();
      this.#submit();
    }, onchange: () => this.#countMore() },
      h('fieldset', { class: 'operations' }, h('legend', {}, t('operation')),
        OPERATIONS.map((name) => h('label', {},
          h('input', { type: 'radio', name: 'operation', value: name }),
          h('span', {}, h('b', {}, t(`o-${name}`)), h('span', { class: 'soft' }, t(`o-${name}-help`)))))),
      h('div', { class: 'field' }, h('label', { for: number.id }, t('f-filing_number')), number,
        h('p', { class: 'soft', id: 'number-help' }, t('f-filing_number-help')), this.#explained),
      h('fieldset', {}, h('legend', {}, t('app-part')),
        h('div', { class: 'grid' }, this.#row('app.name', this.#input('app.name')), this.#row('app.platform', platform),
          this.#row('app.package', this.#input('app.package')), this.#row('app.kind', kind))),
      this.#more, this.#pastePart(),
      h('div', { class: 'actions' }, h('button', { class: 'primary' }, t('submit')),
        h('button', { type: 'button', onclick: () => this.#clear() }, t('clear'))),
      this.#tries);
  }

  #row(path, input) {
    const help = HELPS[path];
    if (help) input.setAttribute('aria-describedby', `${input.id}-help`);
    return h('div', { class: LONG.includes(path) ? 'field whole' : 'field' }, h('label', { for: input.id }, t(`f-${path}`)), input,
             help && h('p', { class: 'soft', id: `${input.id}-help` }, t(help)));
  }

  #input(path) {
    if (FLAGS.includes(path))
      return this.#select(path, ['', 'true', 'false'], { '': t('not-given'), true: t('any-yes'), false: t('any-no') });
    const attributes = { id: idOf(path), autocomplete: 'off', spellcheck: 'false' };
    const input = LONG.includes(path) ? h('textarea', { ...attributes, rows: 2 })
        : h('input', { ...attributes, type: DAYS.includes(path) ? 'date' : 'text',
                       inputmode: path === 'min_serial' && 'numeric' });
    this.#inputs.set(path, input);
    return input;
  }

  #select(path, values, labels) {
    const select = h('select', { id: idOf(path) }, values.map((value) => h('option', { value }, labels[value])));
    this.#inputs.set(path, select);
    return select;
  }

  #countMore() {
    const count = MORE.filter((path) => this.#inputs.get(path).value).length;
    this.#moreCount.textContent = count === 0 ? t('more') : t('more-count', count);
  }

  #clear() {
    this.fill({ operation: this.texts().operation });
    this.flag(null);
    this.#cleared();
    this.focusNumber();
  }

  #drawTries() {
    this.#tries.append(h('span', { class: 'soft' }, t('try-title')), ...TRIES.map(([word, texts]) =>
      h('button', { type: 'button', class: 'small', onclick: () => {
        this.fill({ operation: this.texts().operation, ...texts });
        this.#submit();
      } }, t(word))));
  }

  // --- JSON instead of typing ---

  #pastePart() {
    const area = h('textarea', { id: 'paste', rows: 5, spellcheck: 'false', 'aria-describedby': 'paste-help paste-fault' });
    const fault = h('p', { id: 'paste-fault', class: 'fault', role: 'alert' });
    const details = h('details', { class: 'more' }, h('summary', {}, t('paste-title')),
      h('div', { class: 'field' }, h('label', { for: 'paste', class: 'hidden' }, 'JSON'), area,
        h('p', { class: 'soft', id: 'paste-help' }, t('paste-help')), fault,
        h('button', { type: 'button', onclick: () => {
          const word = this.#takeJson(area.value);
          fault.textContent = word ? t(word) : '';
          if (word) return;
          details.open = false;
          area.value = '';
          this.#submit();
        } }, t('paste-use'))));
    return details;
  }

  // Fills the form from JSON; returns the word for what is wrong with it, or null.
  #takeJson(text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return 'paste-bad';
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'paste-bad';
    const texts = flatten(value);
    if (Object.keys(texts).length === 0) return 'paste-none';
    this.fill({ operation: this.texts().operation, ...texts });
    return null;
  }

  // A request pasted into the number field is treated as a request.
  #pasted(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (!text.trimStart().startsWith('{') || this.#takeJson(text) !== null) return;
    event.preventDefault();
    this.#submit();
  }

  // --- the number, explained ---

  async #explain() {
    this.#parse?.abort();
    const text = this.#inputs.get('filing_number').value;
    this.#explained.className = 'explained';
    if (text.trim() === '') return this.#explained.replaceChildren();
    const call = this.#parse = new AbortController();
    try {
      const parsed = await parseNumber(text, { signal: call.signal });
      this.#explained.replaceChildren(...(parsed.error ? explainFault(parsed) : explainNumber(parsed)));
      this.#explained.className += parsed.error ? ' is-bad o-deny' : ' is-good';
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof CallError)) throw error;
      this.#explained.replaceChildren();  // the check itself will report the problem
    }
  }
}

const LETTERS = { app: 'A', mini_program: 'X', quick_app: 'K' };
const TOKENS = { filing: 'ICP备', icp_licence: 'ICP证' };

// The parts of the canonical text, each with its name: 京 | ICP备 | 2023000001号 | -1 | A.
function explainNumber(parsed) {
  const parts = [
    parsed.province && [parsed.province, provinceName(parsed.province)],
    [TOKENS[parsed.form] ?? (parsed.classes ?? []).join('.'), t(`form-${parsed.form}`)],
    [parsed.main + (parsed.canonical.includes('号') ? '号' : ''), t('n-main')],
    parsed.serial !== null && [`-${parsed.serial}`, t('n-serial')],
    parsed.kind && [LETTERS[parsed.kind] ?? '∅', t(`k-${parsed.kind}`)],
  ].filter(Boolean);
  return [
    h('p', { class: 'canonical' }, h('span', { class: 'soft' }, t('n-canonical')),
      h('strong', {}, foreign(parsed.canonical)), copyButton(() => parsed.canonical, parsed.canonical)),
    h('dl', { class: 'parts' }, parts.map(([text, name]) => h('div', {}, h('dt', {}, name), h('dd', {}, text)))),
    parsed.folded && h('p', { class: 'soft' }, t('n-folded')),
    parsed.repairs.length > 0 && h('p', {}, t('n-repaired', parsed.repairs.map((one) => t(`p-${one}`)).join(t('comma')))),
    parsed.serial === null && parsed.form === 'filing' && h('p', {}, t('n-subject')),
    !parsed.plausible && h('p', {}, t('n-implausible')),
  ].filter(Boolean);
}

// What is wrong, and where; the offset is in bytes.
function explainFault(parsed) {
  if (parsed.error === 'NOT_A_FILING') return [h('p', {}, t('n-other', t(`w-${parsed.what}`)))];
  const bytes = new TextEncoder().encode(parsed.input);
  const before = new TextDecoder().decode(bytes.subarray(0, parsed.offset));
  const after = parsed.input.slice(before.length);
  const length = after ? String.fromCodePoint(after.codePointAt(0)).length : 0;
  return [
    h('p', {}, t('n-bad', t(`r-${parsed.reason}`))),
    h('p', { class: 'where' }, foreign(before.slice(-40)), h('mark', {}, after ? foreign(after.slice(0, length)) : '␣'),
      foreign(after.slice(length, length + 40))),
  ];
}
