// Every state that a view of the page can be in, and how it is reached: what shots.mjs takes pictures
// of. A state is {gate, hash, intercept?, reach?, complains?}: `reach` ends when there is nothing more to
// wait for; `complains` where the browser has a word on a status of its own.
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { folder, GATE, HOSTILE, PATIENCE, ROOT, run, startGate, startRedis, SYNTH } from './harness.mjs';

const FEED = path.join(ROOT, 'fixtures/registry.ndjson');
const file = (name) => path.join(folder, name);

export function ago(days) {
  return new Date(Date.now() - days * 86_400_000).toISOString().replace(/\.\d+/, '');
}

// A gate of the fixtures' registry as `flags` of `registry build` make it.
export function startGateOf(name, ...flags) {
  run(GATE, 'registry', 'build', FEED, '-o', file(`${name}.snap`), '--with-test-identities', ...flags);
  return startGate('--registry', file(`${name}.snap`));
}

// A Redis with a snapshot and a delta on top of it, and a gate that follows it.
export async function startFollower(name) {
  const redis = await startRedis();
  writeFileSync(file(`${name}.toml`), `[registry]\nurl = "${redis.url}"\nallow_unsigned = true\n`);
  run(GATE, 'registry', 'build', FEED, '-o', file('first.snap'), '--serial', '48212', '--with-test-identities');
  run(GATE, 'registry', 'publish', file('first.snap'), '--to', redis.url);
  const gate = await startGate('--config', file(`${name}.toml`));
  await follows(gate, 'following', 48212);
  writeFileSync(file('day.ndjson'), '{"record":"subject","id":990001,"number":"京ICP备2024000099号","sponsor":"示例","status":"filed"}\n');
  run(GATE, 'registry', 'delta', file('day.ndjson'), '--to', redis.url);
  await follows(gate, 'following', 48213);
  return { ...gate, redis };
}

// Until a gate says that its follower is in `state`, and serves `serial`.
export async function follows(gate, state, serial) {
  let said = null;
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    said = await (await fetch(`${gate.url}/v1/registry`)).json();
    if (said.serial === serial && said.follower?.state === state) return;
  }
  throw new Error(`not ${state} at ${serial}: ${JSON.stringify(said.follower ?? said.serial)}`);
}

// As a busy gate would tell; views.test.mjs holds the names to a real one.
export const metricsAt = (step) => `# TYPE beian_gate_http_requests_total counter
beian_gate_http_requests_total{route="/v1/check",status="2xx"} ${1000 + step * 400}
beian_gate_http_requests_total{route="/v1/checks",status="5xx"} ${10 + step * 4}
beian_gate_decisions_total{operation="distribute",decision="allow"} ${800 + step * 300}
beian_gate_decisions_total{operation="distribute",decision="deny"} ${200 + step * 100}
beian_gate_findings_total{code="NOT_FILED"} 120
beian_gate_findings_total{code="PACKAGE_NOT_FILED"} 80
beian_gate_http_request_duration_seconds_bucket{route="/v1/check",le="0.0001"} ${900 + step * 350}
beian_gate_http_request_duration_seconds_bucket{route="/v1/check",le="0.001"} ${1000 + step * 399}
beian_gate_http_request_duration_seconds_bucket{route="/v1/check",le="+Inf"} ${1000 + step * 400}
beian_gate_turned_away_total{reason="rate"} 3
beian_gate_http_refusals_total{status="413"} 2
beian_gate_http_connections 17
beian_gate_http_connections_over_limit_total 4
beian_gate_http_timeouts_total 31
beian_gate_streams_in_flight 2
beian_gate_workers 4
process_cpu_seconds_total ${40 + step * 3}
process_resident_memory_bytes 214000000
`;

export const offer = (...routes) => (route) => route.fulfill({ json: { version: 'x', routes } });
export const problem = (status, detail, type = 'x') => (route) => route.fulfill({ status, contentType: 'application/problem+json',
  body: JSON.stringify({ type: `urn:beian-gate:problem:${type}`, status, detail }) });

export const packagesOff = problem(403, 'off', 'packages-off');

const on = (pattern, answer) => (page) => page.route(pattern, answer);
const never = () => {};
const address = (values) => `#/check?${new URLSearchParams(values)}`;
const PASS = { number: '京ICP备2099000000号-1A', name: '测试应用', platform: 'android', package: 'cn.beian-gate.pass' };

const verdict = (page) => page.locator('#h-verdict').waitFor();
const error = (page) => page.locator('.error').waitFor();
const typed = (text) => async (page) => {
  await page.locator('#f-filing_number').fill(text);
  await page.locator('.explained.is-good, .explained.is-bad').waitFor();
};

// The one that is running, or done, of what `give` hands over.
const sample = (page) => page.locator('.drop .actions button').nth(1).click();
const give = (name, text) => (page) => page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const done = (hand, then) => async (page) => {
  await hand(page);
  await page.locator('.head-line .primary:enabled').waitFor();
  await page.locator('tr.row').first().waitFor();
  await then?.(page);
};

const INSPECTED = {
  kind: 'apk', platform: 'android', app_kind: 'app', package: 'cn.beian-gate.pass', version_name: '1.0', label: '测试应用', network_permission: true,
  filing_numbers: [{ number: '京ICP备2099000000号-1A', where: 'res/values', app: true, kind: 'app' }],
  signatures: { hold: true, scheme: 'v3', digests_verified: true, signers: [{ scheme: 'v3', counts: true, signature_ok: true,
    certificate: { subject: 'CN=测试', sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' } }] }, oddities: [],
  permissions: [{ name: 'android.permission.INTERNET' }, { name: 'android.permission.CAMERA' }],
};

function checkStates(gate, stale, expired, unsealed) {
  const check = (values, reach = verdict, more = {}) => ({ gate, hash: address(values), reach, ...more });
  const failing = (answer) => check(PASS, error, { intercept: on(/\/v1\/check\?/, answer), complains: true });
  return {
    'check-empty': { gate, hash: '' },
    'check-typed': { gate, hash: '', reach: typed('京ＩＣＰ備案2023000001－2a') },
    'check-malformed': { gate, hash: '', reach: typed('京ICP备202300793号-10A') },
    'check-other-register': { gate, hash: '', reach: typed('京公网安备11010502025545号') },
    'check-allow': check(PASS),
    'check-deny': check({ number: '京ICP备2023000001号-2A', name: '示例应用', platform: 'android', package: 'cn.example.app2' }),
    'check-suggestions': check({ number: '京ICP备2023000001号-22A', name: '示例应用' }),
    'check-review': check({ platform: 'android', package: 'cn.beian-gate.pass' }),
    'check-unreadable': check({ number: '京ICP备202300793号-10A' }),
    'check-unknown': { gate: unsealed, hash: address({ number: '京ICP备2023000009号-1A' }), reach: verdict },
    'check-stale': { gate: stale, hash: address(PASS), reach: verdict },
    'check-expired': { gate: expired, hash: address(PASS), reach: verdict },
    'check-more': check({ ...PASS, domains: 'example.cn,a.example.cn', fingerprint: 'ab:cd', first_published: '2024-01-02' }, error, { complains: true }),
    'check-hostile': check({ number: HOSTILE.bidi, name: HOSTILE.script, package: HOSTILE.long }),
    'check-loading': check(PASS, (page) => page.locator('.busy').waitFor(), { intercept: on(/\/v1\/check\?/, never) }),
    'check-gone': failing((route) => route.abort()),
    'check-locked': failing(problem(401, 'no key')),
    'check-busy': failing(problem(503, 'shed')),
    'key-dialog': { gate, hash: '', reach: (page) => page.locator('#key').click() },
  };
}

function auditStates(gate) {
  const hash = '#/audit';
  const hostile = ['name,package,id', ...Object.values(HOSTILE).map((name) => `"${name.replaceAll('"', '""')}",${name.slice(0, 20).replace(/[",]/g, '')},x`)].join('\n');
  let turn = 0;
  return {
    'audit-empty': { gate, hash, reach: (page) => page.locator('.drop').waitFor() },
    'audit-running': { gate, hash, intercept: on('**/v1/checks:stream', (route) => (turn++ % 9 < 4 ? route.continue() : never())), reach: async (page) => {
      turn = 0;
      await page.locator('#file').setInputFiles(file('catalog.ndjson'));
      await page.locator('tr.row').first().waitFor();
    } },
    'audit-done': { gate, hash, reach: done(sample) },
    'audit-filtered': { gate, hash, reach: done(sample, async (page) => {
      await page.locator('[data-name=deny]').click();
      await page.locator('[data-name=PACKAGE_NOT_FILED]').click();
      await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 1);
    }) },
    'audit-none-fits': { gate, hash, reach: done(sample, async (page) => {
      await page.locator('#t-text').fill('no such row');
      await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 0);
    }) },
    'audit-scrolled': { gate, hash, reach: done((page) => page.locator('#file').setInputFiles(file('catalog.ndjson')), async (page) => {
      await page.locator('.scroll').evaluate((one) => one.scrollTo(0, 26.5 * one.querySelector('tr.row').offsetHeight));
      await page.waitForFunction(() => document.querySelector('[data-row="32"]'));
    }) },
    'audit-hostile': { gate, hash, reach: done(give('<b>hostile</b>.csv', hostile)) },
    'audit-no-rows': { gate, hash, reach: async (page) => {
      await give('empty.csv', '')(page);
      await page.locator('.card.warning').waitFor();
    } },
    'audit-unreadable': { gate, hash, reach: async (page) => {
      await give('colours.csv', 'colour\nred\n')(page);
      await page.locator('.card.warning').waitFor();
    } },
    'audit-busy': { gate, hash, intercept: on('**/v1/checks:stream', problem(503, 'shed')), complains: true, reach: async (page) => {
      await sample(page);
      await error(page);
    } },
  };
}

function otherStates(gate, stale, follower, waiting) {
  const inspecting = (answer) => async (page) => {
    await page.route('**/console/gate.json', offer('/v1/packages:inspect', '/v1/check', '/v1/checks:stream', '/v1/registry', '/metrics'));
    await page.route('**/v1/packages:inspect?verify=true', answer);
  };
  const packageState = (answer, place, more = {}) => ({ gate, hash: '#/package', intercept: inspecting(answer), ...more, reach: async (page) => {
    await page.locator('.drop').waitFor();
    if (!place) return;
    await page.locator('#file').setInputFiles({ name: 'shop-1.0.apk', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
    await page.locator(place).first().waitFor();
  } });
  const registry = (which) => ({ gate: which, hash: '#/registry', reach: (page) => page.locator('.map').waitFor() });
  let step = 0;
  const busy = (page) => page.route('**/metrics', (route) => route.fulfill({ contentType: 'text/plain', body: metricsAt(step++) }));
  return {
    'package-empty': packageState(never),
    'package-reading': packageState(never, '.skeleton'),
    'package-done': packageState((route) => route.fulfill({ json: INSPECTED }), '#h-package'),
    'package-odd': packageState((route) => route.fulfill({ json: { ...INSPECTED, label: HOSTILE.script, filing_numbers: [], signatures: { hold: false, scheme: null, signers: [] },
      oddities: [{ code: 'V2_DIGEST', where: 'APK Signing Block', detail: HOSTILE.bidi }] } }), '#h-package'),
    'package-false': packageState((route) => route.fulfill({ json: { ...INSPECTED, signatures: { ...INSPECTED.signatures, hold: false, digests_verified: false } } }), '#h-package'),
    'package-uncompared': packageState((route) => route.fulfill({ json: { ...INSPECTED, kind: 'ipa', platform: 'ios', signatures: { ...INSPECTED.signatures, scheme: 'ipa', digests_verified: null } } }), '#h-package'),
    'package-off': packageState(packagesOff, '.warning', { complains: true }),
    'package-refused': packageState(problem(400, 'not a ZIP file: no end of central directory'), '.error', { complains: true }),
    registry: registry(gate),
    'registry-stale': registry(stale),
    'registry-following': registry(follower),
    'registry-waiting': registry(waiting),
    'registry-loading': { gate, hash: '#/registry', intercept: on('**/v1/registry', never), reach: (page) => page.locator('.skeleton').waitFor() },
    'registry-gone': { gate, hash: '#/registry', intercept: on('**/v1/registry', (route) => route.abort()), reach: error, complains: true },
    'operations-live': { gate, hash: '#/operations', intercept: busy, reach: (page) => page.locator('.spark').waitFor() },
    'operations-first': { gate, hash: '#/operations', reach: (page) => page.locator('.stats').waitFor() },
    'operations-forbidden': { gate, hash: '#/operations', intercept: on('**/metrics', problem(403, 'only callers with the role admin')), reach: error, complains: true },
  };
}

// All of them, and the servers that they need; `end` stops what stopServers() does not.
export async function startStates() {
  run(SYNTH, 'catalog', '--services', '400', '--rows', '4000', '-o', file('catalog.ndjson'));
  const [gate, stale, expired, unsealed, follower, waiting] = await Promise.all([
    startGate(), startGateOf('stale', '--serial', '48213', '--as-of', ago(2)), startGateOf('expired', '--serial', '48213', '--as-of', ago(60)),
    startGateOf('unsealed', '--serial', '48213', '--incomplete'), startFollower('follower'), startFollower('waiting')]);
  await waiting.redis.stop();
  await follows(waiting, 'waiting', 48213);
  return { ...checkStates(gate, stale, expired, unsealed), ...auditStates(gate), ...otherStates(gate, stale, follower, waiting) };
}
