// What stands around the views: first render, language, key, states of the registry, errors, and
// the page's own rules.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { look, openPage, startBrowser, startGate, stopServers } from './harness.mjs';
import { ago, problem, startGateOf } from './states.mjs';

let gate, browser;
before(async () => { [gate, browser] = await Promise.all([startGate(), startBrowser()]); });
after(() => Promise.all([browser?.close(), stopServers()]));

const open = (more = {}) => openPage(browser, gate, more);

test('the first render waits for no answer of the gate', async () => {
  const page = await open({ intercept: (one) => one.route(/\/v1\/|\.json$/, () => {}) });
  assert.equal(await page.locator('#f-filing_number').isVisible(), true);
  assert.deepEqual(await page.locator('nav a').allInnerTexts(), ['Check', 'Audit', 'Registry']);
  await page.close();
});

test('the language follows the browser, the address and the button', async () => {
  const page = await open({ lang: 'zh-CN' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.locator('#f-filing_number').fill('京ICP备2099000000号-2A');
  await page.locator('button.primary').click();
  await page.locator('#h-verdict').waitFor();
  await page.locator('#language').click();
  await page.waitForFunction(() => document.querySelector('#h-verdict')?.textContent === 'Denied');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await page.locator('.findings').innerText(), /was cancelled/);
  assert.equal(await page.locator('#language').evaluate((one) => one === document.activeElement), true);
  await page.done();
});

test('a key is sent, and kept nowhere', async () => {
  const sent = [];
  const page = await open();
  page.on('request', (request) => request.url().includes('/v1/') && sent.push(request.headers().authorization));
  await page.locator('#key').click();
  await page.locator('#key-input').fill('bg_secret');
  await look(page, 'key-dialog');
  await page.keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('#f-filing_number').fill('京ICP备2099000000号-1A');
  await page.locator('button.primary').click();
  await page.locator('#h-verdict').waitFor();
  await page.locator('nav a').nth(1).click();
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await page.getByRole('button', { name: 'Another one' }).waitFor();
  assert.ok(sent.length >= 3 && sent.slice(1).every((one) => one === 'Bearer bg_secret'), String(sent));
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  assert.ok(!kept.includes('bg_secret'));
  await page.locator('nav a').first().click();
  assert.match(await page.locator('pre').first().innerText(), /\$BEIAN_GATE_KEY/);
  assert.ok(!(await page.content()).includes('bg_secret'));
  await page.done();
});

test('a gate that wants a key, is busy or gone is told as what it is', async () => {
  for (const [name, answer, words] of [['locked', problem(401, 'no key'), /An API key is needed[\s\S]*no key/], ['busy', problem(503, 'shed'), /busy[\s\S]*shed/],
                                       ['fault', problem(500, 'internal'), /went wrong/], ['gone', (route) => route.abort(), /does not answer/]]) {
    const page = await open({ hash: '#/check?number=京ICP备2099000000号-1A', intercept: (one) => one.route(/\/v1\/check\?/, answer) });
    await page.locator('.error').waitFor();
    assert.match(await page.locator('.error').innerText(), words);
    await look(page, `error-${name}`);
    await page.unroute(/\/v1\/check\?/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('#h-verdict').waitFor();
    await page.close();
  }
});

test('a gate that has gone when an audit begins', async () => {
  const mortal = await startGate();
  const page = await openPage(browser, mortal, { hash: '#/audit' });
  await page.locator('#registry-chip').waitFor();
  await mortal.stop();
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await page.locator('.error').waitFor();
  assert.match(await page.locator('.error').innerText(), /does not answer/);
  await look(page, 'audit-gone');
  await page.close();
});

for (const [state, flags, words] of [['stale', ['--as-of', ago(2)], /stale/], ['expired', ['--as-of', ago(60)], /expired/], ['unsealed', ['--incomplete'], /incomplete/]])
  test(`a registry that is ${state} is told on every view`, async () => {
    const old = await startGateOf(state, '--serial', '48213', ...flags);
    for (const hash of ['', '#/audit', '#/registry']) {
      const page = await openPage(browser, old, { hash, width: 360 });
      await page.locator('#notice p').waitFor();
      assert.match(await page.locator('#notice').innerText(), words);
      await look(page, `registry-${state}-${hash.slice(2)}`);
      await page.done();
    }
    await old.stop();
  });

test('nobody may frame it, and nothing of another origin may run', async () => {
  const response = await (await fetch(gate.url)).headers;
  assert.match(response.get('content-security-policy'), /frame-ancestors 'none'/);
  const page = await open();
  const blocked = await page.evaluate(() => new Promise((resolve) => {
    addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
    document.body.append(Object.assign(document.createElement('img'), { src: 'http://192.0.2.1/x.png' }));
  }));
  assert.equal(blocked, 'img-src');
  assert.equal(await page.evaluate(() => { try { document.body.innerHTML = '<b>x</b>'; return 'written'; } catch { return 'refused'; } }), 'refused');
  await page.close();
});
