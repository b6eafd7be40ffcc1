// The view of a package: dropped, read by the gate, and handed to the check with what it says.
import { CallError, postBytes } from './api.js';
import { foreign, h } from './dom.js';
import { shortName } from './fields.js';
import { dropZone, errorCard, terms } from './shell.js';
import { t } from './words.js';

let place = null;
let found = null;  // {file, value}

export function draw() {
  place = h('div', { class: 'stack' });
  redraw();
  return [h('h1', { class: 'page' }, t('package-lead')), place];
}

function redraw(error) {
  place.replaceChildren(...[
    error && errorCard(error, null), found && card(found),
    dropZone({ title: t('drop-package'), help: t('drop-package-help'), accept: '.apk,.hap,.ipa,.apks,.xapk', take }),
  ].filter(Boolean));
}

async function take(file) {
  found = null;
  place.replaceChildren(h('p', { class: 'card skeleton', role: 'status' }, t('package-busy', ''), foreign(file.name)));
  try {
    found = { file, value: await postBytes('/v1/packages:inspect', file) };
    redraw();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    redraw(error);
  }
}

const certificatesOf = (value) => (value.signers ?? value.signatures?.signers ?? []).map((signer) => signer.certificate ?? signer);

function card({ file, value }) {
  const certificates = certificatesOf(value);
  return h('section', { class: 'card', 'aria-labelledby': 'h-package' },
    h('div', { class: 'head-line' }, h('h2', { id: 'h-package' }, foreign(value.label || file.name)),
      h('div', { class: 'actions' }, h('a', { class: 'button primary', href: checkAddress(value, certificates) }, t('check-it')))),
    h('h3', {}, t('package-facts')), terms([
      [t('col-package'), foreign(value.package ?? '')], [t('platform'), foreign(value.platform ?? '')],
      [t('f-app.version'), value.version_name ? foreign(value.version_name) : null],
      [t('number'), value.filing_numbers?.length > 0 ? h('span', {}, value.filing_numbers.map((one, i) => [i > 0 && t('comma'), foreign(one.number)])) : null],
      [t('f-app.network_permission'), typeof value.network_permission === 'boolean' ? t(value.network_permission ? 'yes' : 'no') : null]]),
    certificates.length > 0 && [h('h3', {}, t('certificates')),
      terms(certificates.map((one) => ['SHA-256', h('code', {}, foreign(one.sha256 ?? ''))]))]);
}

function checkAddress(value, certificates) {
  const texts = { operation: 'preinstall', filing_number: value.filing_numbers?.[0]?.number, 'app.name': value.label, 'app.platform': value.platform,
                  'app.package': value.package, 'app.version': value.version_name,
                  'app.fingerprint': certificates.map((one) => one.sha256).filter(Boolean).join(','),
                  'app.network_permission': typeof value.network_permission === 'boolean' ? String(value.network_permission) : '' };
  const parameters = new URLSearchParams();
  for (const [path, text] of Object.entries(texts)) if (text) parameters.set(shortName(path), text);
  return `#/check?${parameters}`;
}
