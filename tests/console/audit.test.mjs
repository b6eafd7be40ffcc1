// Whole catalogs: a sample in both languages, a hostile one, and a hundred thousand rows of which
// every decision is compared with what the command line says.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { folder, GATE, HOSTILE, LANGUAGES, look, openPage, PATIENCE, run, startBrowser, startGate, stopServers, SYNTH } from './harness.mjs';

const ROWS = 100_000;
const file = (name) => path.join(folder, name);

let gate, big, browser;
before(async () => {
  run(SYNTH, 'feed', '--services', '20000', '-o', file('feed.ndjson'));
  run(SYNTH, 'catalog', '--services', '20000', '--rows', String(ROWS), '-o', file('big.ndjson'));
  run(GATE, 'registry', 'build', file('feed.ndjson'), '-o', file('big.snap'), '--serial', '7');
  [gate, big, browser] = await Promise.all([startGate(), startGate('--registry', file('big.snap')), startBrowser()]);
});
after(() => Promise.all([browser?.close(), stopServers()]));

const WORDS = {
  'zh-CN': { sample: '用示例目录试试', csv: '导出 CSV', html: '导出报告', another: '另审一个', headline: '13 行中 2 行可放行' },
  en: { sample: 'Try a sample', csv: 'Export CSV', html: 'Export report', another: 'Another one', headline: '2 of 13 rows may go ahead' },
};

const open = (lang, which = gate, more = {}) => openPage(browser, which, { lang, hash: '#/audit', ...more });
// Rows and files of them; or, without any, what is wrong and another try.
const finished = (page, words) => page.getByRole('button', { name: words.another }).or(page.locator('.warning[role=alert]')).waitFor();
const count = async (page, outcome) => Number((await page.locator(`[data-name=${outcome}] b`).innerText()).replaceAll(',', ''));
const give = (page, name, mimeType, buffer) => page.locator('#file').setInputFiles(typeof name === 'string' && buffer ? { name, mimeType, buffer } : name);

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return readFileSync(await download.path(), 'utf8');
}

for (const lang of LANGUAGES) {
  const words = WORDS[lang];
  test(`${lang}: a sample is counted, charted, filtered and exported`, async () => {
    const page = await open(lang);
    await look(page, `audit-start-${lang}`);
    await page.getByRole('button', { name: words.sample }).click();
    await finished(page, words);
    await page.getByText(words.headline).waitFor();
    assert.deepEqual([await count(page, 'deny'), await count(page, 'review'), await count(page, 'bad'), await count(page, 'allow')], [8, 2, 1, 2]);
    const rows = page.locator('tr.row');
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 13);
    await look(page, `audit-done-${lang}`);
    await page.locator('[data-name=review]').click();
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 2);
    await page.locator('[data-name=review]').click();
    await page.locator('[data-name=PACKAGE_NOT_FILED]').click();
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 1);
    assert.match(await rows.first().innerText(), /cn\.beian-gate\.other/);
    await page.locator('[data-name=PACKAGE_NOT_FILED]').click();
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 13);
    await page.locator('#t-text').fill('99a');
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 1);
    await page.locator('#t-text').fill('');
    await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 13);

    // Another language redraws all of it, rows included.
    for (let i = 0; i < 2; ++i) {
      await page.locator('#language').click();
      await page.waitForFunction(() => document.querySelectorAll('tr.row').length === 13);
    }

    const csv = (await saved(page, words.csv)).trimEnd().split('\r\n');
    assert.equal(csv.length, 14);
    assert.equal(csv[2], '2,3,,distribute,deny,number,京ICP备2099000000号-1A,别的应用,android,cn.beian-gate.other,NAME_MISMATCH PACKAGE_NOT_FILED,,');
    const html = await saved(page, words.html);
    await reportIsWhole(html, words.headline, `audit-report-${lang}`);

    await rows.first().locator('a').click();
    await page.locator('#h-verdict').waitFor();
    assert.match(await page.locator('.verdict').getAttribute('class'), /o-allow/);
    await page.goBack();
    await page.getByText(words.headline).waitFor();  // the audit is still there
    await page.done();
  });
}

// The exported report, opened from a file: its own policy lets it work and nothing else.
async function reportIsWhole(html, headline, name) {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  writeFileSync(file(`${name}.html`), html);
  await page.goto(`file://${file(`${name}.html`)}`);
  assert.ok((await page.locator('.headline').innerText()).includes(headline));
  assert.equal(await page.locator('#table tbody tr').count(), 13);
  await page.locator('[data-outcome=deny]').click();
  await page.waitForFunction(() => [...document.querySelectorAll('#table tbody tr')].filter((row) => !row.hidden).length === 8);
  for (const colorScheme of ['light', 'dark'])
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await look(page, `${name}-${width}-${colorScheme}`);
    }
  assert.deepEqual(complaints, []);
  await context.close();
}

test('a narrow, dark window shows the same', async () => {
  const page = await open('zh-CN', gate, { width: 360, scheme: 'dark' });
  await look(page, 'audit-start-360-dark');
  await page.getByRole('button', { name: WORDS['zh-CN'].sample }).click();
  await finished(page, WORDS['zh-CN']);
  await page.locator('tr.row').first().waitFor();
  await look(page, 'audit-done-360-dark');
  await page.done();
});

test('hostile rows are shown as text, here and in the report', async () => {
  const page = await open('en');
  const rows = [...Object.values(HOSTILE).map((name) => JSON.stringify({ id: name, operation: 'distribute', app: { name, platform: name.slice(0, 40), package: name } })),
                JSON.stringify({ operation: 'distribute', app: { name: '长'.repeat(10_000) } }), 'not json', '{"operation":', JSON.stringify({ operation: 'distribute', app: { name: '=1+1' } }), `{"operation":"distribute","id":"${'x'.repeat(70_000)}"}`];
  await give(page, '<b>hostile</b>.ndjson', 'application/x-ndjson', Buffer.from(rows.join('\n')));
  await finished(page, WORDS.en);
  await page.waitForFunction((n) => document.querySelectorAll('tr.row').length === n, rows.length);
  assert.equal(await count(page, 'bad'), 4);
  const table = await page.locator('table').innerText();
  assert.ok(table.includes(HOSTILE.script) && /U\+202E/.test(table));
  assert.equal(await page.locator('main script, main img, main b b').count(), 0);
  await look(page, 'audit-hostile');
  const csv = await saved(page, WORDS.en.csv);
  assert.match(csv, /,'=1\+1,/);
  const html = await saved(page, WORDS.en.html);
  assert.ok(!/<script>document|<img src=x|\u202E/.test(html));
  await page.done();
});

test('a row that the gate could not answer ends the audit, and is no bad row', async () => {
  const body = ['{"id":"a","problem":{"type":"urn:beian-gate:problem:audit-unavailable","title":"Service Unavailable","status":503,"detail":"the log is full"}}',
                '{"summary":{}}', ''].join('\n');
  const page = await open('en', gate, { intercept: (one) => one.route('**/v1/checks:stream', (route) =>
    route.fulfill({ contentType: 'application/x-ndjson', body })) });
  await give(page, 'one.ndjson', 'application/x-ndjson', Buffer.from('{"id":"a","operation":"distribute"}\n'));
  await page.getByText('the log is full').waitFor();
  assert.equal(await page.locator('tr.row').count(), 0);
  await page.done();
});

test('another registry of the same serial is told, and its day is not that of the report', async () => {
  let isOther = false;
  const page = await open('en', gate, { intercept: async (one) => {
    await one.route('**/v1/registry', async (route) => {
      const more = isOther ? { root_hash: 'another' } : {};
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...await response.json(), ...more } });
    });
    await one.route('**/v1/checks:stream', (route) => {
      isOther = true;
      route.continue();
    });
  } });
  const ofReport = async () => /<span class="state state-/.test(await saved(page, WORDS.en.html));
  await page.getByRole('button', { name: WORDS.en.sample }).click();
  await finished(page, WORDS.en);
  await page.getByText(/replaced meanwhile by another one of the same serial \d+/).waitFor();
  assert.equal(await ofReport(), false);
  await page.getByRole('button', { name: WORDS.en.another }).click();
  await page.getByRole('button', { name: WORDS.en.sample }).click();
  await finished(page, WORDS.en);
  assert.equal(await ofReport(), true);
  assert.equal(await page.getByText(/replaced meanwhile/).count(), 0);
  await page.done();
});

test('a gate that is behind is asked again when it says', async () => {
  let asked = 0;
  const page = await open('en', gate, { intercept: (one) => one.route('**/v1/checks:stream', (route) =>
    ++asked > 2 ? route.continue() : route.fulfill({ status: asked === 1 ? 503 : 429, headers: { 'Retry-After': '1' },
      contentType: 'application/problem+json', body: '{"title":"Service Unavailable","detail":"busy"}' })) });
  await give(page, 'one.ndjson', 'application/x-ndjson', Buffer.from('{"id":"a","operation":"distribute"}\n'));
  await finished(page, WORDS.en);
  assert.equal(await count(page, 'deny'), 1);
  assert.equal(asked, 3);
  await page.close();  // its browser complains of refusals
});

test('a rate is waited for as long as the gate says', async () => {
  const askedAt = [];
  const page = await open('en', gate, { intercept: (one) => one.route('**/v1/checks:stream', (route) =>
    askedAt.push(Date.now()) > 1 ? route.continue() : route.fulfill({ status: 429, headers: { 'Retry-After': '7' },
      contentType: 'application/problem+json', body: '{"title":"Too Many Requests","detail":"rate"}' })) });
  await give(page, 'one.ndjson', 'application/x-ndjson', Buffer.from('{"id":"a","operation":"distribute"}\n'));
  await finished(page, WORDS.en);
  assert.equal(await count(page, 'deny'), 1);
  assert.ok(askedAt[1] - askedAt[0] > 6_000, `${askedAt}`);
  await page.close();  // its browser complains of refusals
});

// The parts of a file are fetched when it is written, when the gate, or a proxy before it, may be away.
test('an export that finds no gate says so, and can be tried again', async () => {
  let missing = 'report_writer.js';
  const page = await open('en', gate, { intercept: (one) => one.context().route('**/console/report*', (route) =>
    missing && route.request().url().endsWith(missing) ? route.fulfill({ status: 502, body: 'no gate' }) : route.continue()) });
  await give(page, 'one.ndjson', 'application/x-ndjson', Buffer.from('{"id":"a","operation":"distribute"}\n'));
  await finished(page, WORDS.en);
  const errors = page.locator('.error[role=alert]');
  await page.getByRole('button', { name: WORDS.en.csv }).click();
  await errors.first().waitFor();
  missing = 'report.html';
  await page.getByRole('button', { name: WORDS.en.html }).click();
  await errors.nth(1).waitFor();
  missing = '';
  assert.match(await saved(page, WORDS.en.html), /0 of 1 rows may go ahead</);
  await page.close();  // its browser complains of refusals
});

test('catalogs of other packings, encodings and faults', async () => {
  const gbk = Buffer.from([...Buffer.from('filing_number,name\n'), 0xBE, 0xA9, ...Buffer.from('ICP'), 0xB1, 0xB8, ...Buffer.from('2099000000'), 0xBA, 0xC5, ...Buffer.from('-2A,\n')]);
  for (const [name, bytes, check] of [
    ['packed.csv.gz', gzipSync('filing_number\n京ICP备2099000000号-2A\n'), async (page) => assert.equal(await count(page, 'deny'), 1)],
    ['gbk.csv', gbk, async (page) => assert.match(await page.locator('tr.row').innerText(), /京ICP备2099000000号-2A/)],
    ['empty.csv', Buffer.from(''), async (page) => page.getByText('The catalog has no rows').waitFor()],
    ['colours.csv', Buffer.from('colour\nred\n'), async (page) => page.getByText('No column of the CSV header is known').waitFor()],
    ['cut.csv.gz', gzipSync('filing_number\n').subarray(0, 15), async (page) => page.getByText('Not a whole gzip file').waitFor()],
    ['short.csv', Buffer.from('filing_number,name\na\n"b\n'), async (page) => { assert.equal(await count(page, 'bad'), 2); await page.getByText('1 cells under a header of 2').waitFor(); }],
  ]) {
    const page = await open('en');
    await give(page, name, 'text/csv', bytes);
    await finished(page, WORDS.en);
    await check(page);
    await look(page, `audit-${name}`);
    await page.done();
  }
});

test(`${ROWS} rows: the page stays at hand, and says of each what the command line says`, async () => {
  const page = await open('en', big);
  await give(page, file('big.ndjson'));
  // While rows come in, the page answers: another language, a filter, another view and back.
  await page.locator('#t-outcome').selectOption('deny');
  await page.locator('#language').click();
  await page.locator('html[lang=zh-CN]').waitFor({ state: 'attached' });
  await page.locator('#language').click();
  await page.locator('nav a').first().click();
  await page.locator('#f-filing_number').waitFor();
  await page.goBack();
  await finished(page, WORDS.en);
  await page.locator('#t-outcome').selectOption('');
  await page.waitForFunction((rows) => document.querySelector('.shown span').textContent === `${rows} rows`, ROWS.toLocaleString('en-US'));
  assert.ok(await page.locator('tr.row').count() < 100, 'only what is seen is drawn');
  // To the end of the table, and to what a search finds.
  await page.waitForFunction((rows) => {
    const table = document.querySelector('.scroll');
    table.scrollTo(0, table.scrollHeight);  // again: the table may have been as high as its denials a moment ago
    return document.querySelector(`[data-row="${rows}"]`);
  }, ROWS);
  await look(page, 'audit-100k');
  // In a narrow window rows are higher, and the table longer than browsers count pixels: it is drawn at
  // another scale. Every place of it shows rows from edge to edge, and the last one can be reached.
  await page.setViewportSize({ width: 360, height: 900 });
  for (const share of [0, 0.5, 1]) {
    await page.locator('.scroll').evaluate((one, part) => one.scrollTo(0, part * one.scrollHeight), share);
    await page.waitForFunction(([part, rows]) => {
      const view = document.querySelector('.scroll').getBoundingClientRect();
      const seen = [...document.querySelectorAll('tr.row')].filter((row) => row.getBoundingClientRect().bottom > view.top + 1 && row.getBoundingClientRect().top < view.bottom - 1);
      const gap = seen.length === 0 ? 1 : Math.max(seen[0].getBoundingClientRect().top - view.top, view.bottom - seen.at(-1).getBoundingClientRect().bottom);
      const [first, last] = [seen[0], seen.at(-1)].map((row) => Number(row?.dataset.row));
      return gap <= 4 && (part === 0 ? first === 1 : part === 1 ? last === rows : Math.abs(first - rows / 2) < 20);
    }, [share, ROWS]);
  }
  await look(page, 'audit-100k-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
  const last = JSON.parse(readFileSync(file('big.ndjson'), 'utf8').trimEnd().split('\n').at(-1)).id;
  await page.locator('#t-text').fill(last);
  await page.waitForFunction((rows) => document.querySelectorAll('tr.row').length < 20 && document.querySelector(`[data-row="${rows}"]`), ROWS);
  const csv = (await saved(page, WORDS.en.csv)).trimEnd().split('\r\n').slice(1);
  // A gate beside other work may fall behind; what it then refuses is asked again, and the browser tells of it.
  assert.deepEqual(page.complaints.filter((one) => !/status of 503/.test(one)), []);
  await page.close();

  let wanted;
  try {
    wanted = run(GATE, 'audit', file('big.ndjson'), '--registry', file('big.snap'), '--quiet', '--output', 'csv');
  } catch (error) {
    wanted = error.stdout;  // a denial ends it with 1
  }
  assert.deepEqual(csv.filter((line, i) => line !== lines(wanted)[i]).slice(0, 5), []);
  assert.equal(csv.length, ROWS);
});

let split = null;
const lines = (text) => (split ??= text.trimEnd().split('\r\n').slice(1));
