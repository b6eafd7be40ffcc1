// The view of the running process: rates and latency between two samples of /metrics, and totals
// since the start.
import { CallError, getText, reportFacts } from './api.js';
import { h, svg } from './dom.js';
import { growth, parseMetrics, pick, quantile, sum, sumBy } from './metrics.js';
import { bars, card, errorCard, terms, tile } from './shell.js';
import { knows, lang, num, percent, span, t } from './words.js';

const POLL_MS = 2_000;
const KEPT = 60;  // samples: two minutes

// Metric families, see gate/http/API.md.
const REQUESTS = 'beian_gate_http_requests_total';
const LATENCY = 'beian_gate_http_request_duration_seconds_bucket';
const DECISIONS = 'beian_gate_decisions_total';
const FINDINGS = 'beian_gate_findings_total';
const TURNED_AWAY = 'beian_gate_turned_away_total';
const REFUSED = 'beian_gate_http_refusals_total';
const CONNECTIONS = 'beian_gate_http_connections';
const OVER_LIMIT = 'beian_gate_http_connections_over_limit_total';
const TIMEOUTS = 'beian_gate_http_timeouts_total';
const STREAMS = 'beian_gate_streams_in_flight';
const WORKERS = 'beian_gate_workers';
const CPU = 'process_cpu_seconds_total';
const MEMORY = 'process_resident_memory_bytes';
// Only on a gate with a decision log.
const LOG_ACCEPTING = 'beian_gate_log_accepting';
const LOG_QUEUE = 'beian_gate_log_queue_bytes';

let samples = [];
let timer = 0;
let place = null;
let titles = {};

export function draw() {
  place = h('div', { class: 'stack' }, h('p', { class: 'card skeleton', role: 'status' }, t('loading')));
  clearTimeout(timer);
  poll();
  reportFacts().then((facts) => {
    titles = facts.codes;
    if (samples.length > 0) update();
  }, () => {});
  return [h('h1', { class: 'page' }, t('operations')), h('p', { class: 'soft' }, t('ops-lead')), place];
}

export function leave() {
  clearTimeout(timer);
  samples = [];
}

async function poll() {
  try {
    if (!document.hidden || samples.length === 0) {
      const values = parseMetrics(await getText('/metrics'));
      samples = [...samples.slice(1 - KEPT), { at: performance.now(), values }];
      update();
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (!place.isConnected) return;
    place.replaceChildren(errorCard(error, poll));
    return;
  }
  if (place.isConnected) timer = setTimeout(poll, POLL_MS);
}

const grown = (from, to, family, label, isOf = () => true) =>
  growth(...[from, to].map((one) => sumBy(pick(one.values, family).filter(isOf), label)));
const totalOf = (map) => [...map.values()].reduce((a, b) => a + b, 0);
const perSecond = (value) => (value >= 100 ? num(Math.round(value)) : value.toFixed(1));
const mebibytes = (bytes) => `${num(Math.round(bytes / 2 ** 20))} MiB`;
const milliseconds = (seconds) => (seconds === null ? '–' : seconds < 0.001 ? `${Math.round(seconds * 1e6)} µs` : `${(seconds * 1e3).toFixed(1)} ms`);

function update() {
  const now = samples.at(-1);
  const before = samples.at(-Math.min(samples.length, 6));  // ten seconds, to smooth the figures
  const seconds = (now.at - before.at) / 1000;
  const rate = (value) => (seconds > 0 ? perSecond(value / seconds) : '–');
  const requests = grown(before, now, REQUESTS, 'status');
  const faults = [...requests].filter(([status]) => status.startsWith('5')).reduce((total, [, value]) => total + value, 0);
  const buckets = grown(before, now, LATENCY, 'le');
  const gauge = (family) => sum(pick(now.values, family));
  const slowest = (route) => milliseconds(quantile(0.99, grown(before, now, LATENCY, 'le', ({ labels }) => labels.route === route)));
  place.replaceChildren(
    h('section', { class: 'card', 'aria-label': t('operations') }, h('div', { class: 'stats' },
      tile(t('ops-rate'), rate(totalOf(requests))),
      [['p50', 0.5], ['p99', 0.99]].map(([name, share]) => tile(t('ops-latency', name), milliseconds(quantile(share, buckets)))),
      tile(t('ops-errors'), percent(faults, totalOf(requests))),
      tile(t('ops-connections'), num(gauge(CONNECTIONS))),
      tile(t('ops-cpu'), seconds > 0 ? `${(totalOf(grown(before, now, CPU, '')) / seconds).toFixed(2)} / ${gauge(WORKERS)}` : '–'),
      tile(t('ops-memory'), mebibytes(gauge(MEMORY)))),
      samples.length < 3 ? h('p', { class: 'soft small', role: 'status' }, t('ops-waiting')) : history()),
    h('div', { class: 'columns half' },
      card('ops-decisions', bars(grown(before, now, DECISIONS, 'decision'), (name) => t(`d-${name}`), rate, (name) => name)),
      card('ops-admission', admission(now.values, gauge)),
      card('ops-routes', bars(grown(before, now, REQUESTS, 'route'), (name) => name || '–', (value, name) => `${rate(value)} · p99 ${slowest(name)}`)),
      card('ops-findings', bars(sumBy(pick(now.values, FINDINGS), 'code'), (name) => titles[name]?.[lang()]?.title ?? name, num))));
}

// What comes in: streams in flight, and what was turned away since the start: callers before their
// request was examined, by reason; invalid requests, by status.
function admission(values, gauge) {
  const refused = [...sumBy(pick(values, TURNED_AWAY), 'reason'),
                   ...[...sumBy(pick(values, REFUSED), 'status')].map(([status, count]) => [`HTTP ${status}`, count])];
  return [
    terms([[t('ops-streams'), num(gauge(STREAMS))], [t('ops-over-limit'), num(gauge(OVER_LIMIT))], [t('ops-timeouts'), num(gauge(TIMEOUTS))],
           [t('ops-log'), pick(values, LOG_ACCEPTING).length === 0 ? null
             : `${t(gauge(LOG_ACCEPTING) ? 'ops-log-takes' : 'ops-log-full')} · ${t('ops-log-queue', mebibytes(gauge(LOG_QUEUE)))}`]]),
    h('h3', {}, t('ops-refused')),
    bars(refused, (name) => (knows(`t-${name}`) ? t(`t-${name}`) : name), num, () => 'bad')];
}

// Requests per second, sample by sample; even the first few fill the width.
function history() {
  const rates = samples.slice(1).map((one, i) =>
    totalOf(grown(samples[i], one, REQUESTS, 'status')) / ((one.at - samples[i].at) / 1000));
  const most = Math.max(...rates, 1);
  const points = rates.map((rate, i) => `${(i * 100) / (rates.length - 1)} ${39 - (rate * 36) / most}`);
  const caption = t('ops-history', span((samples.at(-1).at - samples[0].at) / 1000), perSecond(Math.max(...rates)));
  return h('figure', { class: 'history' }, svg('svg', { class: 'spark', viewBox: '0 0 100 40', preserveAspectRatio: 'none', role: 'img',
      'aria-label': caption },
    svg('path', { class: 'area', d: `M0 40L${points.join('L')}L100 40z` }), svg('path', { d: `M${points.join('L')}` })),
    h('figcaption', { class: 'soft small' }, caption));
}
