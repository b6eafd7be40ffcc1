// The view of a package: dropped here, read by the gate, and passed on to the check.
import { CallError, postBytes } from './api.js';
import { foreign, h, pill } from './dom.js';
import { addressOf, textsOfPackage } from './fields.js';
import { dropZone, errorCard, terms } from './shell.js';
import { t } from './words.js';

const OFF = 'urn:beian-gate:problem:packages-off';

let place = null;
let found = null;  // {file, value}

export function draw() {
  place = h('div', { class: 'stack' });
  redraw();
  return [h('h1', { class: 'page' }, t('package-lead')), place];
}

function redraw(above) {
  place.replaceChildren(...[
    above, found && card(found),
    dropZone({ title: t('drop-package'), help: t('drop-package-help'), accept: '.apk,.hap,.ipa,.apks,.xapk', take }),
  ].filter(Boolean));
}

async function take(file) {
  found = null;
  place.replaceChildren(h('p', { class: 'card skeleton', role: 'status' }, t('package-busy', ''), foreign(file.name)));
  try {
    found = { file, value: await postBytes('/v1/packages:inspect?verify=true', file) };
    redraw();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    redraw(error.problem.type === OFF ? offCard(file.name) : errorCard(error, () => take(file)));
  }
}

// Not the user's fault: says what to do instead, and who can change it.
const offCard = (name) => h('section', { class: 'card warning o-review', role: 'alert' }, h('h2', {}, t('package-off')),
  h('p', {}, t('package-off-help')), h('pre', {}, h('code', {}, `beian-gate vet ${/^[\w.+-]+$/.test(name) ? name : 'FILE'}`)),
  h('p', {}, t('package-off-operator')), h('pre', {}, h('code', {}, '[packages]\ninspect = true')));

const yesOrNo = (value) => (typeof value === 'boolean' ? t(value ? 'yes' : 'no') : null);
// The certificates by which the platform identifies the app.
const certificatesOf = (value) => (value.signatures?.signers ?? []).filter((one) => one.counts !== false).map((one) => one.certificate ?? {});

// Contents that were not compared have a state of their own; an IPA's are never compared.
function signaturePill({ scheme, hold, digests_verified: isCompared }) {
  if (!scheme) return pill('review', t('package-unsigned'));
  if (!hold) return pill('deny', t('package-broken'));
  return isCompared ? pill('allow', t('package-holds')) : pill('review', t('package-uncompared'));
}

function card({ file, value }) {
  const certificates = certificatesOf(value);
  const texts = textsOfPackage(value);
  const numbers = value.filing_numbers ?? [];
  const details = (word, items) => items?.length > 0 && h('details', { class: 'more' }, h('summary', {}, `${t(word)} (${items.length})`),
    h('ul', { class: 'plain-list' }, items.map((one) => h('li', {}, one))));
  return h('section', { class: 'card', 'aria-labelledby': 'h-package' },
    h('div', { class: 'head-line' }, h('h2', { id: 'h-package' }, foreign(value.label || file.name, 200)),
      texts && h('div', { class: 'actions' }, h('a', { class: 'button', href: addressOf(texts) }, t('check-it')))),
    !texts && h('p', {}, t('package-unchecked')),
    h('h3', {}, t('package-facts')), terms([
      [t('col-package'), foreign(value.package ?? '')], [t('platform'), foreign(value.platform ?? '')],
      [t('f-app.version'), value.version_name ? foreign(value.version_name) : null],
      [t('number'), numbers.length > 0 ? h('span', {}, numbers.map((one, i) => [i > 0 && t('comma'), foreign(one.number)])) : t('package-no-number')],
      [t('f-app.network_permission'), yesOrNo(value.network_permission)],
      [t('signature'), value.signatures ? signaturePill(value.signatures) : null],
      ...certificates.map((one) => [t('certificate'), h('span', {}, foreign(one.subject ?? ''), ' ', h('code', {}, foreign(one.sha256 ?? '')))])]),
    value.oddities?.length > 0 && [h('h3', {}, t('oddities')), h('ul', { class: 'plain-list' }, value.oddities.map((one) =>
      h('li', {}, h('code', {}, foreign(one.code)), ' ', foreign(`${one.where ?? ''} ${one.detail ?? ''}`, 400))))],
    details('permissions', value.permissions?.map((one) => foreign(one.name))));
}
