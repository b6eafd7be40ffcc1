// The registry, and the views that depend on what a gate offers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { LANGUAGES, look, openPage, startBrowser, startGate, stopGates } from './harness.mjs';

let gate, browser;
before(async () => { [gate, browser] = await Promise.all([startGate(), startBrowser()]); });
after(() => Promise.all([browser?.close(), stopGates()]));

const offer = (...routes) => (route) => route.fulfill({ json: { version: 'x', routes } });

const FOLLOWER = {
  follower: { state: 'waiting', since: '2026-01-02T03:00:00Z', url: 'redis://127.0.0.1:6379/0', epoch: 2, serial: 7, chain: 'ab', lag_batches: null,
              last_contact: '2026-01-02T03:00:00Z', last_error: '<b>refused</b>', last_error_at: '2026-01-02T03:00:01Z', local_copy_error: null },
  last_changes: [{ kind: 'delta', epoch: 2, serial: 7, records: 12, as_of: '2026-01-02T03:00:00Z', at: '2026-01-02T03:00:02Z' },
                 { kind: 'snapshot', epoch: 2, serial: 6, records: 58, as_of: '2026-01-01T03:00:00Z', at: '2026-01-01T03:00:02Z' }],
};

for (const lang of LANGUAGES)
  test(`${lang}: the registry tells what it is`, async () => {
    for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
      const page = await openPage(browser, gate, { lang, hash: '#/registry', width, scheme });
      await page.locator('.map').waitFor();
      assert.match(await page.locator('main').innerText(), /58[\s\S]*22/);
      assert.match(await page.locator('main ul.hidden').innerText(), lang === 'en' ? /Beijing: \d+/ : /北京: \d+/);
      await look(page, `registry-${width}-${scheme}-${lang}`);
      await page.done();
    }
  });

test('a follower and its changes are told, hostile texts as text', async () => {
  const page = await openPage(browser, gate, { hash: '#/registry', intercept: (one) => one.route('**/v1/registry', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...await answer.json(), ...FOLLOWER } });
  }) });
  await page.getByText('<b>refused</b>').waitFor();
  assert.equal(await page.locator('.plain tbody tr').count(), 2);
  await look(page, 'registry-follower');
  await page.done();
});

test('what is not offered is not shown', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: (one) => one.route('**/console/gate.json', offer('/v1/check')) });
  await page.locator('#f-filing_number').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('nav a').length === 1);
  await page.done();
});

// As a busy gate would tell; the names are held to a real one below.
const metricsAt = (step) => `# TYPE beian_gate_http_requests_total counter
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
`;

for (const [width, scheme, lang] of [[1280, 'light', 'en'], [360, 'dark', 'zh-CN']])
  test(`operations at ${width}: rates between two samples`, async () => {
    let step = 0;
    const page = await openPage(browser, gate, { lang, width, scheme, hash: '#/operations', intercept: async (one) => {
      await one.route('**/console/gate.json', offer('/metrics', '/v1/check', '/v1/registry'));
      await one.route('**/metrics', (route) => route.fulfill({ contentType: 'text/plain', body: metricsAt(step++) }));
    } });
    await page.locator('.spark').waitFor();
    const told = await page.locator('main').innerText();
    assert.match(told, lang === 'en' ? /Not filed/ : /未备案/);
    assert.match(told, /17/);
    assert.match(told, /\/v1\/check/);
    await look(page, `operations-${width}-${scheme}`);
    await page.done();
  });

test('operations of a real gate', async () => {
  const page = await openPage(browser, gate, { hash: '#/operations' });
  await page.locator('.spark').waitFor();
  const told = await page.locator('main').innerText();
  assert.match(told, /By route[\s\S]*\/metrics/);
  assert.match(told, /Latency[\s\S]*\d (µs|ms)/);
  const text = await (await fetch(`${gate.url}/metrics`)).text();
  for (const [family] of metricsAt(0).matchAll(/^beian_\w+/gm)) assert.ok(text.includes(`# TYPE ${family.replace('_bucket', '')} `), family);
  await look(page, 'operations-real');
  await page.done();
});

test('a package is read and handed to the check', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: async (one) => {
    await one.route('**/console/gate.json', offer('/v1/packages:inspect', '/v1/check', '/v1/registry'));
    await one.route('**/v1/packages:inspect', (route) => route.fulfill({ json: {
      kind: 'apk', platform: 'android', package: 'cn.beian-gate.pass', version_name: '1.0', label: '测试应用<b>', network_permission: true,
      filing_numbers: [{ number: '京ICP备2099000000号-1A', where: 'res/values' }], signers: [] } }));
  } });
  await page.locator('.drop').waitFor();
  await look(page, 'package-start');
  await page.locator('#file').setInputFiles({ name: 'a.apk', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
  await page.getByText('测试应用<b>').waitFor();
  await look(page, 'package-done');
  await page.getByRole('link', { name: 'Check it' }).click();
  await page.locator('#h-verdict').waitFor();
  assert.equal(await page.locator('#f-app-package').inputValue(), 'cn.beian-gate.pass');
  await page.done();
});
