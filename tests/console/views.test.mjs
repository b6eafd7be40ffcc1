// The registry, and the views that depend on what a gate offers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { LANGUAGES, ROOT, folder, look, openPage, startBrowser, startGate, stopServers } from './harness.mjs';
import { follows, metricsAt, offer, packagesOff, startFollower } from './states.mjs';

let gate, browser;
before(async () => { [gate, browser] = await Promise.all([startGate(), startBrowser()]); });
after(() => Promise.all([browser?.close(), stopServers()]));

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

// Redis, `registry publish` and `registry delta`, and a gate that follows; then Redis is gone.
for (const lang of LANGUAGES)
  test(`${lang}: a follower and what changed are told, Redis gone included`, async () => {
    const follower = await startFollower(`follower-${lang}`);
    const page = await openPage(browser, follower, { lang, hash: '#/registry' });
    await page.locator('.plain tbody tr').first().waitFor();
    const rows = await page.locator('.plain tbody tr').allInnerTexts();
    assert.equal(rows.length, 2);
    assert.match(rows[0], lang === 'en' ? /^48213\s+delta\s+1/ : /^48213\s+增量\s+1/);
    assert.match(rows[1], lang === 'en' ? /^48212\s+snapshot\s+58/ : /^48212\s+快照\s+58/);
    const told = () => page.locator('[aria-labelledby=h-follower]').innerText();
    assert.match(await told(), lang === 'en' ? /following[\s\S]*redis\+unix:[\s\S]*48213/ : /已同步[\s\S]*48213/);
    await look(page, 'registry-follower');
    await follower.redis.stop();
    await follows(follower, 'waiting', 48213);
    await page.reload();
    await page.locator('[aria-labelledby=h-follower]').waitFor();
    assert.match(await told(), lang === 'en' ? /waiting[\s\S]*Last error/ : /等待中[\s\S]*上次错误/);
    await look(page, 'registry-waiting');
    await page.done();
    await follower.stop();
  });

test('hostile texts of Redis are shown as text', async () => {
  const page = await openPage(browser, gate, { hash: '#/registry', intercept: (one) => one.route('**/v1/registry', async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, last_changes: [], follower: { state: 'waiting', since: '2026-01-02T03:00:00Z', url: 'redis://127.0.0.1:6379/0', epoch: null, serial: null, chain: null,
      lag_batches: null, last_contact: null, last_error: '<b>refused</b>\u202e', last_error_at: '2026-01-02T03:00:01Z', local_copy_error: null } } });
  }) });
  await page.getByText('<b>refused</b>⟨U+202E⟩').waitFor();
  await look(page, 'registry-hostile');
  await page.done();
});

test('what is not offered is not shown', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: (one) => one.route('**/console/gate.json', offer('/v1/check')) });
  await page.locator('#f-filing_number').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('nav a').length === 1);
  await page.done();
});

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
  assert.match(told, /Latency[\s\S]*\d (µs|ms)[\s\S]*MiB/);
  assert.match(told, /Admission[\s\S]*Streams now/);
  const text = await (await fetch(`${gate.url}/metrics`)).text();
  for (const [family] of metricsAt(0).matchAll(/^beian_\w+/gm)) assert.ok(text.includes(`# TYPE ${family.replace('_bucket', '')} `), family);
  await look(page, 'operations-real');
  await page.done();
});

test('a package is read and handed to the check', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: async (one) => {
    await one.route('**/console/gate.json', offer('/v1/packages:inspect', '/v1/check', '/v1/registry'));
    await one.route('**/v1/packages:inspect?verify=true', (route) => route.fulfill({ json: {
      kind: 'apk', platform: 'android', app_kind: 'app', package: 'cn.beian-gate.pass', version_name: '1.0', label: '测试应用<b>', network_permission: true,
      filing_numbers: [{ number: '京ICP备2099000000号-1A', where: 'res/values', kind: 'app' }], signatures: { hold: false, scheme: null, signers: [] } } }));
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

test('a package whose signature does not hold is not handed on', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: async (one) => {
    await one.route('**/console/gate.json', offer('/v1/packages:inspect', '/v1/check', '/v1/registry'));
    await one.route('**/v1/packages:inspect?verify=true', (route) => route.fulfill({ json: {
      kind: 'apk', platform: 'android', app_kind: 'app', package: 'cn.beian-gate.pass', version_name: '', label: '', network_permission: true,
      filing_numbers: [], signatures: { hold: false, scheme: 'v3', digests_verified: false, signers: [] } } }));
  } });
  await page.locator('.drop').waitFor();
  await page.locator('#file').setInputFiles({ name: 'a.apk', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
  await page.getByText('it is not checked').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Check it' }).count(), 0);
  await look(page, 'package-false');
  await page.done();
});

for (const lang of LANGUAGES)
  test(`${lang}: a real package is read by a real gate and handed to the check`, async () => {
    const config = path.join(folder, 'packages.toml');
    writeFileSync(config, '[packages]\ninspect = true\n');
    const reading = await startGate('--config', config);
    const page = await openPage(browser, reading, { lang, hash: '#/package' });
    await page.locator('#file').setInputFiles(path.join(ROOT, 'tests/package/node_modules/io.appium.settings/apks/settings_apk-debug.apk'));
    await page.locator('#h-package').waitFor();
    assert.match(await page.locator('main').innerText(), /Appium Settings[\s\S]*io\.appium\.settings/);
    await look(page, `package-real-${lang}`);
    await page.locator('.actions a.button').click();
    await page.locator('#h-verdict').waitFor();
    assert.equal(await page.locator('#f-app-package').inputValue(), 'io.appium.settings');
    assert.match(await page.locator('.verdict, #h-verdict').first().innerText(), lang === 'en' ? /Denied/ : /不通过|拒绝/);
    await page.done();
    await page.close();
  });

test('a gate that reads no packages says what to do without, and how to turn it on', async () => {
  const page = await openPage(browser, gate, { hash: '#/package', intercept: async (one) => {
    await one.route('**/console/gate.json', offer('/v1/packages:inspect', '/v1/check', '/v1/registry'));
    await one.route('**/v1/packages:inspect?verify=true', packagesOff);
  } });
  await page.locator('.drop').waitFor();
  await page.locator('#file').setInputFiles({ name: 'a.apk', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
  await page.locator('.warning').waitFor();
  assert.match(await page.locator('.warning').innerText(), /beian-gate vet a\.apk[\s\S]*\[packages\]\ninspect = true/);
  await look(page, 'package-off');
  await page.close();
});
