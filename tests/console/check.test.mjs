// The check, from the first letter to the answer, in both languages, against a real gate.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { HOSTILE, LANGUAGES, look, openPage, startBrowser, startGate, stopServers } from './harness.mjs';

let gate, browser;
before(async () => { [gate, browser] = await Promise.all([startGate(), startBrowser()]); });
after(() => Promise.all([browser?.close(), stopServers()]));

const WORDS = {
  'zh-CN': { check: '核验', denied: '拒绝', allowed: '放行', review: '待复核', number: '备案号', name: '名称', package: '包名或 Bundle ID',
             clear: '清空', more: '更多信息', paste: '粘贴 JSON 填写', fill: '填入', title: '包名未备案', pass: '已备案的 App', domains: '域名' },
  en: { check: 'Check', denied: 'Denied', allowed: 'Allowed', review: 'To review', number: 'Filing number', name: 'Name', package: 'Package or Bundle ID',
        clear: 'Clear', more: 'More about it', paste: 'Fill from JSON', fill: 'Fill in', title: 'Package not filed', pass: 'a filed app', domains: 'Domains' },
};

const open = (lang, hash = '', more = {}) => openPage(browser, gate, { lang, hash, ...more });
const verdict = (page) => page.locator('#h-verdict');
const submit = (page, words) => page.locator('form').getByRole('button', { name: words.check, exact: true }).click();

for (const lang of LANGUAGES) {
  const words = WORDS[lang];

  test(`${lang}: a number is explained while it is typed`, async () => {
    const page = await open(lang);
    const number = page.getByLabel(words.number, { exact: true });
    await number.pressSequentially('京ＩＣＰ備案2023000001－2a');
    const explained = page.locator('#number-explained');
    // On the way there a shorter one may have been explained.
    await explained.locator('.canonical strong').getByText('京ICP备2023000001号-2A', { exact: true }).waitFor();
    assert.deepEqual(await explained.locator('.parts dd').allInnerTexts(), ['京', 'ICP备', '2023000001号', '-2', 'A']);
    await number.fill('京ICP备202300793号-10A');
    await explained.locator('mark').waitFor();
    assert.equal(await explained.locator('mark').innerText(), '2');
    await number.fill('京公网安备11010502025545号');
    await explained.filter({ hasText: lang === 'en' ? 'public security' : '公安备案' }).waitFor();
    for (const odd of ['.', '..', '/', '%', '#?&', '字'.repeat(5_000)]) {
      await number.fill('');
      await page.waitForFunction(() => !document.querySelector('#number-explained.is-bad'));
      await number.fill(odd);
      await page.waitForFunction(() => document.querySelector('#number-explained.is-bad'));
    }
    await page.done();
  });

  test(`${lang}: a check tells what was found, compared and filed`, async () => {
    const page = await open(lang);
    await page.getByLabel(words.number, { exact: true }).fill('京ICP备2023000001号-2A');
    await page.getByLabel(words.name, { exact: true }).fill('示例应用');
    await page.locator('#f-app-platform').selectOption('android');
    await page.getByLabel(words.package).fill('cn.example.app2');
    await submit(page, words);
    await verdict(page).waitFor();
    assert.equal(await verdict(page).innerText(), words.denied);
    await page.locator('.findings').getByText(words.title).waitFor();
    assert.match(await page.locator('.findings').innerText(), /PACKAGE_NOT_FILED[\s\S]*cn\.example\.app2/);
    assert.equal(await page.locator('.compared .c-false').count(), 1);
    assert.match(await page.locator('pre').first().innerText(), /^curl [\s\S]*"package":"cn\.example\.app2"/);
    await look(page, `check-deny-${lang}`);
    // The address holds what was asked: elsewhere it comes to the same.
    const again = await open(lang, new URL(page.url()).hash);
    await verdict(again).waitFor();
    assert.equal(await verdict(again).innerText(), words.denied);
    assert.equal(await again.getByLabel(words.package).inputValue(), 'cn.example.app2');
    await again.done();
    await page.done();
  });

  test(`${lang}: a suggestion is one click away`, async () => {
    const page = await open(lang, '#/check?number=京ICP备2023000001号-22A&name=示例应用');
    await page.locator('.offers button').first().click();
    await page.waitForFunction((word) => document.querySelector('#h-verdict')?.textContent === word, words.allowed);
    assert.equal(await page.getByLabel(words.number, { exact: true }).inputValue(), '京ICP备2023000001号-2A');
    await look(page, `check-allow-${lang}`);
    await page.done();
  });

  test(`${lang}: a request as JSON fills the form`, async () => {
    const page = await open(lang);
    await page.getByText(words.paste).click();
    const area = page.locator('#paste');
    for (const [text, isTaken] of [['{', false], ['[]', false], ['{"colour":1}', false], ['{"platform":"android","package":"cn.beian-gate.pass"}', true]]) {
      await area.fill(text);
      await page.getByRole('button', { name: words.fill }).click();
      if (!isTaken) assert.notEqual(await page.locator('#paste-fault').innerText(), '');
    }
    await page.waitForFunction((word) => document.querySelector('#h-verdict')?.textContent === word, words.review);
    assert.equal(await page.getByLabel(words.package).inputValue(), 'cn.beian-gate.pass');
    await page.done();
  });

  test(`${lang}: lists and an empty number survive the form`, async () => {
    const asked = [];
    const page = await open(lang, '', { intercept: (one) => one.on('request', (request) => request.url().includes('/v1/check?') && asked.push(request.postDataJSON())) });
    const request = { operation: 'distribute', filing_number: '京ICP备2099000000号-1A',
                      app: { domains: ['beian-gate.test', 'a.beian-gate.test'], ips: ['192.0.2.1', '192.0.2.2'], displayed_number: '' } };
    await page.getByText(words.paste).click();
    await page.locator('#paste').fill(JSON.stringify(request));
    await page.getByRole('button', { name: words.fill }).click();
    await verdict(page).waitFor();
    const hash = new URL(page.url()).hash;
    await page.done();
    const again = await open(lang, hash, { intercept: (one) => one.on('request', (request) => request.url().includes('/v1/check?') && asked.push(request.postDataJSON())) });
    await verdict(again).waitFor();
    await submit(again, words);
    await again.waitForFunction(() => !document.querySelector('.answer[aria-busy]'));
    assert.deepEqual(asked, [request, request, request]);
    await again.done();
  });

  test(`${lang}: an example, and back to an empty form`, async () => {
    const page = await open(lang, '', { width: 360, scheme: 'dark' });
    await look(page, `check-empty-360-dark-${lang}`);
    await page.getByRole('button', { name: words.pass }).click();
    await page.waitForFunction((word) => document.querySelector('#h-verdict')?.textContent === word, words.allowed);
    await look(page, `check-allow-360-dark-${lang}`);
    await page.getByRole('button', { name: words.clear }).click();
    await page.locator('.legend').waitFor();
    assert.equal(new URL(page.url()).hash, '#/check');
    await page.done();
  });
}

test('an empty form waits for no answer', async () => {
  const page = await open('en', '', { intercept: (one) => one.route(/\/v1\/check\?/, () => {}) });
  await page.getByRole('button', { name: WORDS.en.pass }).click();
  await page.locator('.answer[aria-busy]').waitFor();
  await page.getByRole('button', { name: WORDS.en.clear }).click();
  await page.locator('.legend').waitFor();
  assert.equal(await page.locator('.answer[aria-busy]').count(), 0);
  await page.close();
});

test('a field at fault is named, opened and focused', async () => {
  const page = await open('en', '#/check?domains=-');
  await page.locator('.error').waitFor();
  assert.match(await page.locator('.error').innerText(), /not a domain[\s\S]*\/app\/domains/);
  const input = page.getByLabel('Domains');
  assert.equal(await input.getAttribute('aria-invalid'), 'true');
  assert.ok(await input.evaluate((one) => one === document.activeElement));
  await look(page, 'check-fault-en');
  assert.equal(page.complaints.length, 1);  // the browser's own word on the 400
  await page.close();
});

test('hostile texts are shown as text', async () => {
  for (const [name, text] of Object.entries(HOSTILE)) {
    const parameters = new URLSearchParams({ number: '京ICP备2099000000号-1A', name: text, package: text });
    const page = await open('en', `#/check?${parameters}`);
    await verdict(page).waitFor();
    const shown = await page.locator('.findings').innerText();
    if (name === 'bidi') {
      assert.match(shown, /U\+202E/);
      assert.match(await page.locator('pre').first().innerText(), /safe\\u202eexe/);
    }
    else assert.ok(shown.includes(text.slice(0, 100)), name);
    assert.ok(!(await page.title()).includes('hacked'));
    assert.equal(await page.locator('main script, main img').count(), 0);
    await look(page, `check-hostile-${name}`);
    await page.done();
  }
});

test('ten thousand characters are told to be too many', async () => {
  const page = await open('en');
  await page.getByLabel('Name', { exact: true }).fill('长'.repeat(10_000));
  await submit(page, WORDS.en);
  await page.locator('.error').waitFor();
  assert.match(await page.locator('.error').innerText(), /\/app\/name/);
  assert.equal(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid'), 'true');
  await look(page, 'check-too-long');
  await page.close();
});

test('the whole check works by keys alone', async () => {
  const page = await open('en');
  await page.evaluate(() => document.getElementById('main').focus());
  for (const key of ['Tab', 'ArrowRight', 'Tab']) await page.keyboard.press(key);
  await page.keyboard.type('京ICP备2099000000号-2A');
  await page.keyboard.press('Enter');
  await verdict(page).waitFor();
  assert.equal(await page.locator('input[value=connect]').isChecked(), true);
  await page.done();
});
