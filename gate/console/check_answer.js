// The answer to a check: decision, reasons, what was compared, the filing, what to try, and the
// same request as a command.
import { apiKey, reportFacts } from './api.js';
import { foreign, h, icon, pill, visibleJson } from './dom.js';
import { copyButton, terms } from './shell.js';
import { instant, lang, t } from './words.js';

const LADDER = ['none', 'number', 'name', 'package', 'certificate'];

export function drawAnswer({ decision, request, address, use }) {
  return [
    verdict(decision, address),
    offers(decision, use),
    h('section', { class: 'card', 'aria-labelledby': 'h-findings' }, h('h2', { id: 'h-findings' }, t('findings')),
      decision.findings.length === 0 ? h('p', { class: 'soft' }, t('findings-none'))
      : h('ul', { class: 'findings' }, decision.findings.map(finding))),
    h('section', { class: 'card', 'aria-labelledby': 'h-compared' }, h('h2', { id: 'h-compared' }, t('compared')),
      h('ul', { class: 'compared' }, Object.entries(decision.compared).map(([name, value]) =>
        h('li', { class: `c-${value}` }, icon(value === true ? 'allow' : value === false ? 'deny' : 'none'),
          h('span', {}, t(`c-${name}`)), h('span', { class: 'soft' }, t(name === 'number' && value === false ? 'c-no-number' : `c-${value}`))))),
      decision.filing && filing(decision)),
    h('section', { class: 'card', 'aria-label': 'curl' }, ...commands(decision, request)),
  ].filter(Boolean);
}

function verdict(decision, address) {
  const at = LADDER.indexOf(decision.assurance);
  const link = copyButton(() => new URL(address.hash, location.href).href, t('share'));
  link.textContent = t('share');
  return h('section', { class: `card verdict o-${decision.decision}`, 'aria-labelledby': 'h-verdict' },
    h('div', { class: 'line' }, icon(decision.decision),
      h('div', {}, h('h2', { id: 'h-verdict' }, t(`d-${decision.decision}`)), h('p', {}, t(`h-${decision.decision}`)),
        decision.would_be && h('p', {}, t('h-would', t(`d-${decision.would_be}`))))),
    decision.display && h('p', { class: 'display' }, h('span', {}, t('display')),
      h('strong', {}, foreign(decision.display)), copyButton(() => decision.display, decision.display)),
    h('div', { class: 'ladder' }, h('span', { id: 'l-ladder' }, t('assurance')),
      h('ol', { 'aria-labelledby': 'l-ladder' }, LADDER.slice(1).map((name, i) =>
        h('li', { class: i < at ? 'on' : '', 'aria-current': i === at - 1 && 'step' }, t(`a-${name}`)))),
      at <= 0 && h('span', {}, t('a-none'))),
    h('p', { class: 'small' },
      t('judged-by', decision.registry.serial, instant(decision.registry.as_of)), ' · ',
      h('span', { class: `state s-${decision.registry.state}` }, t(`state-${decision.registry.state}`)), ' · ',
      `${t('decision-id')} `, h('code', {}, decision.decision_id)),
    h('div', { class: 'actions' }, link,
      decision.query_url?.startsWith('https://') && h('a', { href: decision.query_url, target: '_blank', rel: 'noreferrer noopener' }, t('query-url'))),
    !address.isWhole && h('p', { class: 'small' }, t('share-long')));
}

function offers(decision, use) {
  const one = (number, name, why) => h('li', {}, h('button', { type: 'button', onclick: () => use(number) },
    h('strong', {}, foreign(number)), name && h('span', {}, foreign(name)), why && h('span', { class: 'soft' }, foreign(why)),
    h('span', { class: 'hidden' }, t('use', number))));
  const list = (title, items) => items.length > 0 &&
    h('section', { class: 'card', 'aria-label': t(title) }, h('h2', {}, t(title)), h('ul', { class: 'offers' }, items));
  return list('suggestions', (decision.suggestions ?? []).map((offer) => one(offer.filing_number, offer.name, offer.why))) ||
         list('candidates', (decision.candidates ?? []).map((number) => one(number)));
}

function finding(one) {
  const code = h('code', {}, one.code);
  const title = h('b', {}, code);
  // The title is added once it is known; the answer does not wait for it.
  reportFacts().then((facts) => {
    const known = facts.codes[one.code]?.[lang()];
    if (known) title.replaceChildren(known.title, ' ', code);
  }, () => {});
  const values = (list) => list.map((value, i) => [i > 0 && t('comma'), foreign(value, 160)]);
  return h('li', { class: `o-${one.effect}` },
    h('div', { class: 'line' }, pill(one.effect, t(`e-${one.effect}`)), title),
    h('p', {}, foreign(one.message, 2_000)),
    one.remedy && h('p', { class: 'remedy' }, h('span', { class: 'soft' }, `${t('remedy')} `), foreign(one.remedy, 2_000)),
    (one.given || one.expected?.length > 0) && terms([
      [t('given'), one.given ? foreign(one.given, 160) : null],
      [t('filed'), one.expected?.length > 0 ? h('span', {}, values(one.expected)) : null]]),
    one.basis && h('p', { class: 'small soft' }, `${t('basis')} · `, foreign(one.basis)));
}

function filing({ filing: one }) {
  return [h('h3', {}, t('filing')), terms([
    [t('number'), h('span', {}, foreign(one.number), ' ', copyButton(() => one.number, one.number))],
    [t('filing-names'), one.names?.length > 0 ? h('span', {}, one.names.map((name, i) => [i > 0 && t('comma'), foreign(name)])) : null],
    [t('filing-sponsor'), one.sponsor ? foreign(one.sponsor) : null],
    [t('filing-nature'), one.nature ? foreign(one.nature) : null],
    [t('filing-kind'), t(`k-${one.kind}`)], [t('filing-status'), t(`s-${one.status}`)],
    [t('filing-approved'), one.approved_on]])];
}

// For a POSIX shell. The key is not included: it stays in the caller's environment.
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function commands(decision, request) {
  const curl = (hasKey) => [`curl -s '${location.origin}/v1/check?lang=${lang()}'`,
    ...(hasKey ? ['-H "Authorization: Bearer $BEIAN_GATE_KEY"'] : []),
    "-H 'Content-Type: application/json'", `-d ${quote(visibleJson(request))}`].join(' \\\n  ');
  const block = (text, label, isOpen) => h('details', { class: 'more', open: isOpen },
    h('summary', {}, label), h('div', { class: 'code' }, copyButton(() => text, label),
      h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, h('code', {}, text))));
  return [block(curl(apiKey() !== ''), t('curl'), true),
          block(visibleJson(decision, 2), t('json'), false)];
}
