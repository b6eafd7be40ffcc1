// The view of the registry: what it is, its age, its counts, and how it is followed.
import { CallError, getJson } from './api.js';
import { foreign, h, svg } from './dom.js';
import { bars, card, errorCard, terms, tile } from './shell.js';
import { instant, num, PROVINCES, provinceName, span, t } from './words.js';

let place = null;
let shown = null;

export function draw({ registry }) {
  place = h('div', { class: 'stack' });
  shown = registry;
  if (shown) update();
  else refresh();
  return [h('h1', { class: 'page' }, t('registry-lead')), place];
}

export function onRegistry(registry) {
  // Does not disturb somebody who moves through it by keyboard or selects text to copy.
  if (!registry || !place?.isConnected || place.contains(document.activeElement) || !getSelection().isCollapsed) return;
  shown = registry;
  update();
}

async function refresh() {
  place.replaceChildren(h('p', { class: 'card skeleton', role: 'status' }, t('loading')));
  try {
    shown = await getJson('/v1/registry');
    update();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    place.replaceChildren(errorCard(error, refresh));
  }
}

function update() {
  const { counts } = shown;
  const by = (what, prefix) => card(`by-${what}`, bars(Object.entries(counts[`by_${what}`]), (name) => t(`${prefix}-${name}`), num));
  place.replaceChildren(
    h('section', { class: 'card', 'aria-label': t('registry') },
      h('div', { class: 'stats' }, tile(t('serial'), String(shown.serial)), tile(t('services'), counts.services),
        tile(t('subjects'), counts.subjects), tile(t('age'), span(shown.age_seconds), t(`state-${shown.state}`))),
      terms([
        [t('source'), foreign(shown.source)], [t('as-of'), instant(shown.as_of)],
        [t('sealed'), t(shown.sealed ? 'yes' : 'no')], [t('signature'), t(`sig-${shown.signature}`)],
        [t('test-identities'), t(shown.test_identities ? 'yes' : 'no')],
        [t('root-hash'), h('code', {}, shown.root_hash)]])),
    h('div', { class: 'columns half' },
      counts.by_province ? card('by-province', map(counts.by_province)) : null,
      h('div', { class: 'stack' }, by('kind', 'k'), by('status', 's'))),
    card('follower', shown.follower ? follower(shown.follower) : h('p', { class: 'soft' }, t('follower-none'))),
    card('changes', changes(shown.last_changes)));
}

// A tile per province, roughly where it lies, never so dark that its text becomes unreadable; also
// as a list, for those who cannot see it.
function map(counts) {
  const most = Math.max(...Object.values(counts), 0);
  if (most === 0) return h('p', { class: 'soft' }, t('province-none'));
  const tiles = PROVINCES.map(([character, , , column, row]) => {
    const count = counts[character] ?? 0;
    const share = count === 0 ? 0 : 0.08 + 0.42 * (Math.log(count + 1) / Math.log(most + 1));
    return svg('g', { transform: `translate(${column * 34 - 32} ${row * 34 + 2})` },
      svg('title', {}, `${provinceName(character)} ${num(count)}`),
      svg('rect', { class: 'back', width: 31, height: 31, rx: 5 }),
      svg('rect', { width: 31, height: 31, rx: 5, 'fill-opacity': share.toFixed(2) }),
      svg('text', { x: 15.5, y: 15 }, character), svg('text', { class: 'n', x: 15.5, y: 25 }, count === 0 ? '' : short(count)));
  });
  const list = PROVINCES.filter(([one]) => counts[one] > 0).sort((a, b) => counts[b[0]] - counts[a[0]]);
  return [h('p', { class: 'soft small' }, t('by-province-help')),
          svg('svg', { class: 'map', viewBox: '0 0 308 310', 'aria-hidden': 'true' }, tiles),
          h('ul', { class: 'hidden' }, list.map(([one]) => h('li', {}, `${provinceName(one)}: ${num(counts[one])}`)))];
}

const short = (count) => (count < 10_000 ? num(count) : count < 1e6 ? `${Math.round(count / 1e3)}k` : `${(count / 1e6).toFixed(1)}M`);

function follower(one) {
  return terms([
    [t('state'), t(`fs-${one.state}`)], [t('since'), instant(one.since)], ['Redis', foreign(one.url)],
    [t('epoch'), one.epoch], [t('serial'), one.serial],
    [t('lag'), one.lag_batches === null ? t('unknown') : num(one.lag_batches)],
    [t('last-contact'), one.last_contact ? instant(one.last_contact) : t('unknown')],
    [t('last-error'), one.last_error ? h('span', {}, foreign(one.last_error), ` · ${instant(one.last_error_at)}`) : null],
    [t('copy-error'), one.local_copy_error ? foreign(one.local_copy_error) : null]]);
}

function changes(list) {
  if (list.length === 0) return h('p', { class: 'soft' }, t('changes-none'));
  const head = ['serial', 'change-kind', 'records', 'as-of', 'at'].map((word) => h('th', { scope: 'col' }, t(word)));
  return h('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-labelledby': 'h-changes' },
    h('table', { class: 'plain' }, h('thead', {}, h('tr', {}, head)),
      h('tbody', {}, list.map((one) => h('tr', {}, h('td', {}, String(one.serial)), h('td', {}, t(`ch-${one.kind}`)),
        h('td', {}, num(one.records)), h('td', {}, instant(one.as_of)), h('td', {}, instant(one.at)))))));
}
