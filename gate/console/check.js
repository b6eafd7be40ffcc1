// The view that checks one app: a form with the answer beside it. The address holds the question.
import { CallError, postJson } from './api.js';
import { h, pill } from './dom.js';
import { CheckForm } from './check_form.js';
import { drawAnswer } from './check_answer.js';
import { addressOf, joined, nest, pathOf, pathOfPointer } from './fields.js';
import { errorCard } from './shell.js';
import { lang, t } from './words.js';

const ADDRESS_CHARS_MAX = 4_000;  // chat programs cut longer ones; then only operation and number

let form = null;
let place = null;   // for the answer
let said = null;    // announced to screen readers: the decision, without all of its reasons
let asking = null;  // the call in flight
let asked = '';     // what the displayed answer is about
let texts = { operation: 'distribute' };

export function draw({ parameters, registry }) {
  const given = {};
  for (const [name, value] of parameters) {
    const path = pathOf(name);
    if (path && value) (given[path] ??= []).push(value);
  }
  for (const path in given) given[path] = joined(given[path]);
  if (parameters.size > 0) texts = { operation: 'distribute', ...given };
  place = h('div', { class: 'answer' });
  said = h('p', { class: 'hidden', role: 'status' });
  form = new CheckForm({ texts, hasTests: registry?.test_identities === true, submit, cleared });
  asked = '';
  if (Object.keys(texts).length > 1) run();
  else showEmpty();
  return [h('h1', { class: 'page' }, t('check-lead')),
          h('div', { class: 'columns check' }, form.element, place), said];
}

export function leave() {
  texts = form.texts();
  form.close();
  asking?.abort();
}

export const onRegistry = (registry) => form?.offerTests(registry?.test_identities === true);

function showEmpty() {
  place.removeAttribute('aria-busy');
  place.replaceChildren(h('div', { class: 'card empty' }, h('h2', {}, t('answer-empty')),
                          h('p', { class: 'soft' }, t('answer-empty-help')),
                          h('ul', { class: 'legend' }, ['allow', 'deny', 'review', 'unknown'].map((one) =>
                            h('li', {}, pill(one, t(`d-${one}`)), h('span', { class: 'soft' }, t(`h-${one}`)))))));
}

// The address of the question; only its operation and number if it would be too long.
function address() {
  const whole = addressOf(texts);
  return whole.length <= ADDRESS_CHARS_MAX ? { hash: whole, isWhole: true }
      : { hash: addressOf(texts, ['operation', 'filing_number']), isWhole: false };
}

async function submit() {
  texts = form.texts();
  history.replaceState(null, '', address().hash);
  await run();
  // On a narrow screen the answer is below the form, where it would go unseen.
  if (place.getBoundingClientRect().top > innerHeight * 0.8) place.scrollIntoView();
}

function cleared() {
  asking?.abort();
  texts = { operation: texts.operation ?? 'distribute' };
  asked = '';
  history.replaceState(null, '', '#/check');
  showEmpty();
}

async function run() {
  asking?.abort();
  const call = asking = new AbortController();
  const request = nest(texts);
  place.setAttribute('aria-busy', 'true');
  if (asked === '') place.replaceChildren(h('div', { class: 'card empty busy' }, h('p', {}, t('answer-busy'))));
  asked = JSON.stringify(request);
  form.flag(null);
  try {
    const decision = await postJson(`/v1/check?lang=${lang()}`, request, { signal: call.signal });
    place.replaceChildren(...drawAnswer({ decision, request, address: address(), use: useNumber }));
    said.textContent = `${t(`d-${decision.decision}`)}. ${t(`h-${decision.decision}`)}`;
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (!(error instanceof CallError)) throw error;
    place.replaceChildren(errorCard(error, run));
    form.flag(pathOfPointer(error.problem.pointer));
  }
  place.removeAttribute('aria-busy');
}

// Accepts a suggestion: replaces the given number with it.
function useNumber(number) {
  form.set('filing_number', number);
  submit();
  form.focusNumber();
}
