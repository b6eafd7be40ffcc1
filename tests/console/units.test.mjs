// The parts of the page that need no browser: catalogs, fields, metrics, and the words.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const CONSOLE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../gate/console');
// The folder has no package.json: its modules are served, not installed.
const load = async (name) => {
  const text = readFileSync(path.join(CONSOLE, name), 'utf8')
      .replaceAll(/from '\.\/([\w.]+)'/g, (_, other) => `from '${urls.get(other)}'`);
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
  urls.set(name, url);
  return import(url);
};
const urls = new Map();
const fields = await load('fields.js');
const catalog = await load('catalog.js');
const metrics = await load('metrics.js');
const words = await load('words.js');
const report = await load('report_writer.js');
const { AuditStore, BATCH_ROWS, lineBlob } = await load('audit_store.js');

const read = (reader, ...pieces) => [...pieces.flatMap((piece) => [...reader.push(piece, false)]), ...reader.push('', true)];
const csv = (...pieces) => read(new catalog.CsvReader('distribute'), ...pieces).map((row) => (row.json ? JSON.parse(row.json) : row.fault));

test('CSV rows', () => {
  const head = 'filing_number,name,displayed_number,domains,offline\n';
  for (const [why, text, want] of [
    ['bare and dotted names', 'number,app.name,sponsor\na,b,c', [{ filing_number: 'a', app: { name: 'b', sponsor: { name: 'c' } }, operation: 'distribute' }]],
    ['an operation of its own', 'operation,name\nconnect,a', [{ operation: 'connect', app: { name: 'a' } }]],
    ['unknown columns are ignored', 'colour,name\nred,a', [{ app: { name: 'a' }, operation: 'distribute' }]],
    ['empty cells are not given', `${head},,,,`, [{ operation: 'distribute' }]],
    ['but a quoted empty display is', `${head},,"",,`, [{ app: { displayed_number: '' }, operation: 'distribute' }]],
    ['lists and flags', `${head},,,a.cn;b.cn,true`, [{ app: { domains: ['a.cn', 'b.cn'], offline: true }, operation: 'distribute' }]],
    ['what is no flag goes on as text', `${head},,,,perhaps`, [{ app: { offline: 'perhaps' }, operation: 'distribute' }]],
    ['quotes, commas and breaks', 'name,package\n"a ""b"", c\nd",e', [{ app: { name: 'a "b", c\nd', package: 'e' }, operation: 'distribute' }]],
    ['CR LF, blank lines, no last break', 'name\r\n\r\na\r\n\nb', [{ app: { name: 'a' }, operation: 'distribute' }, { app: { name: 'b' }, operation: 'distribute' }]],
    ['too few cells', 'name,package\na', [['bad-cells', 1, 2]]],
    ['a quote inside a cell', 'name,package\n5" app,a\nb,c\n6" app,d\n "e",f\n"g"h,i\nj,k',
      [['bad-quote'], { app: { name: 'b', package: 'c' }, operation: 'distribute' }, ['bad-quote'], ['bad-quote'], ['bad-quote'],
        { app: { name: 'j', package: 'k' }, operation: 'distribute' }]],
    ['a quote that is never closed', 'name,package\n"a,b\nc,d\ne', [['bad-quote'], { app: { name: 'c', package: 'd' }, operation: 'distribute' }, ['bad-cells', 1, 2]]],
    ["a later row's quote closes nothing", 'name,package\n"a,b\nc,d\n"e",f\n', [['bad-quote'], { app: { name: 'c', package: 'd' }, operation: 'distribute' },
      { app: { name: 'e', package: 'f' }, operation: 'distribute' }]],
    ['nor does one with text behind it', 'name,package\n"a\nb" c,d\ne,f', [['bad-quote'], ['bad-quote'], { app: { name: 'e', package: 'f' }, operation: 'distribute' }]],
    ['flags as a spreadsheet writes them', 'offline,network_permission\nTRUE,False\n1,0\nyes,no', [
      ...[[true, false], [true, false], ['yes', 'no']].map(([offline, network_permission]) => ({ app: { offline, network_permission }, operation: 'distribute' }))]],
    ['names in their own case', 'Package,name\na,b', [{ app: { name: 'b' }, operation: 'distribute' }]],
    ['an open quote at the end', 'name\na\n"b', [{ app: { name: 'a' }, operation: 'distribute' }, ['bad-quote']]],
  ]) assert.deepEqual(csv(text), want, why);
});

test('a serial keeps all of its digits', () => {
  const rows = read(new catalog.CsvReader('distribute'), 'min_serial,name\n1234567890123456789,a\n0,b\n01,c\n12345678901234567890,d\n');
  assert.deepEqual(rows.map((row) => /"min_serial":([^,}]+)/.exec(row.json)[1]), ['1234567890123456789', '0', '1', '"12345678901234567890"']);
});

test('CSV cut anywhere reads the same', () => {
  const text = 'name,package\r\n"a ""b"", c\nd",e\r\n\r\nf,g\n"i\r\nj,"k"\r\n"",h';
  const whole = csv(text);
  for (let at = 0; at <= text.length; ++at) assert.deepEqual(csv(text.slice(0, at), text.slice(at)), whole, `cut at ${at}`);
  assert.deepEqual(csv(...text), whole, 'a character at a time');
});

test('lines are counted as an editor does', () => {
  const rows = read(new catalog.CsvReader('distribute'), 'name\n\n"a\nb"\nc\n');
  assert.deepEqual(rows.map((row) => row.line), [3, 5]);
  assert.deepEqual(read(new catalog.NdjsonReader('distribute'), '{}\n\n{}').map((row) => row.line), [1, 3]);
});

test('a CSV header without a known column, or with one twice, is refused', () => {
  assert.throws(() => csv('colour\nred'), { word: 'bad-csv-header' });
  assert.throws(() => csv('number,filing_number\na,b'), { word: 'bad-csv-twice' });
});

test('a file without a line break costs no more than a row', () => {
  const rows = read(new catalog.NdjsonReader('distribute'), `{"operation":"${'x'.repeat(100_000)}`, 'y'.repeat(200_000), '\n{"operation":"connect"}');
  assert.equal(rows.length, 2);
  assert.ok(rows[0].json.length <= 70_000 && rows[0].json.length > 65_536);
  const open = read(new catalog.CsvReader('distribute'), 'name\n"', 'x'.repeat(100_000), 'x'.repeat(100_000), '\nb\nc');
  assert.deepEqual(open[0].fault, ['bad-quote']);
  assert.deepEqual(open.map((row) => row.line), [2, 3, 4]);
});

test('NDJSON rows get an operation where they have none', () => {
  const rows = (text) => read(new catalog.NdjsonReader('preinstall'), text).map((row) => row.json);
  assert.deepEqual(rows('{"operation":"connect"}\n{}\n{"id":1}\n \n[1]\nx'),
    ['{"operation":"connect"}', '{"operation":"preinstall"}', '{"operation":"preinstall","id":1}', '[1]', 'x']);
  const named = '"app":{"name":"operation"},"id":"\\"operation\\":"}';
  assert.deepEqual(rows(`{${named}`), [`{"operation":"preinstall",${named}`]);
  assert.deepEqual(rows('{"id":1,"operation" : "connect"}'), ['{"id":1,"operation" : "connect"}']);
});

test('cells that a spreadsheet would run are text', () => {
  for (const [given, want] of [['=1', "'=1"], ['+1', "'+1"], ['-1', "'-1"], ['@a', "'@a"], ['\0=1', "'\0=1"], ['a', 'a'], [null, ''], ['a"b', '"a""b"'], ['a,b', '"a,b"'], ['=a,b', '"\'=a,b"']])
    assert.equal(report.csvCell(given), want);
});

test('fields: flat names, there and back', () => {
  for (const [name, want] of [['number', 'filing_number'], ['name', 'app.name'], ['app.name', 'app.name'], ['sponsor', 'app.sponsor.name'],
                              ['sponsor.name', 'app.sponsor.name'], ['app.domain', 'app.domains'], ['colour', null], ['constructor', null], ['__proto__', null]])
    assert.equal(fields.pathOf(name), want, name);
  for (const one of fields.FIELDS) assert.equal(fields.pathOf(fields.shortName(one)), one);
  const request = { operation: 'connect', filing_number: 'a', app: { name: 'b', domains: ['c', 'd'], offline: false, sponsor: { name: 'e' } }, min_serial: 7 };
  assert.deepEqual(fields.nest(fields.flatten(request)), request);
  assert.deepEqual(fields.nest(fields.flatten({ name: 'b' })), { app: { name: 'b' } });
  for (const shown of ['', ' '])
    assert.deepEqual(fields.nest(fields.flatten({ displayed_number: shown })), { app: { displayed_number: '' } }, 'the app shows none');
  for (const text of Object.values(fields.flatten(request))) assert.doesNotMatch(text, /\n/, 'fits a field of one line');
  assert.equal(fields.pathOfPointer('/app/domains/0'), 'app.domains');
  assert.equal(fields.pathOfPointer('/nothing'), null);
});

// A key or certificate as PEM is an item among others, in a catalog, a pasted request and the form.
test('fields: several keys, some of them PEM', () => {
  const pem = (body) => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`;
  const keys = (text) => fields.nest({ 'app.public_key': text }).app.public_key;
  const remarks = 'subject=C = CN, O = a; b\n';
  for (const [text, want] of [
    [pem('MA=='), [pem('MA==')]], [`${pem('MA==')}\n${pem('MB==')}\n`, [pem('MA=='), pem('MB==')]],
    [`${pem('MA==')}, ${pem('MB==')};ab\ncd`, [pem('MA=='), pem('MB=='), 'ab', 'cd']],
    [`${remarks}${pem('MA==')}\n${remarks}${pem('MB==')}`, [remarks + pem('MA=='), remarks + pem('MB==')]],
  ]) assert.deepEqual(keys(text), want, text);
  for (const list of [[pem('MA=='), 'ab'], ['ab', pem('MA=='), pem('MB==')]])
    assert.deepEqual(keys(fields.flatten({ public_key: list })['app.public_key']).sort(), [...list].sort());
  assert.deepEqual(csv(`public_key,name\n"${pem('MA==')};${pem('MB==')},ab",c`)[0].app.public_key, [pem('MA=='), pem('MB=='), 'ab']);
});

// As `vet` does: what is claimed has been compared, and a number stands alone.
test('fields: what a package is checked by', () => {
  const certificate = (name) => ({ md5: `${name}5`, sha1: `${name}1`, sha256: `${name}2`, public_key: `${name}k` });
  const signers = [{ counts: true, certificate: certificate('a') }, { counts: false, certificate: certificate('b') }];
  const number = (text, kind) => ({ number: text, kind, app: kind === 'app' });
  const texts = (signatures, more = {}) => fields.textsOfPackage({
    app_kind: 'app', platform: 'android', package: 'p', label: 'n', version_name: '1', network_permission: false, signatures, ...more });
  const compared = { scheme: 'v3', hold: true, digests_verified: true, signers };
  const told = texts(compared, { filing_numbers: [number('w', 'website'), number('1A', 'app')] });
  assert.deepEqual(told, { operation: 'preinstall', filing_number: '1A', 'app.kind': 'app', 'app.name': 'n', 'app.platform': 'android', 'app.package': 'p',
    'app.version': '1', 'app.fingerprint': 'a5,a1,a2', 'app.public_key': 'ak', 'app.network_permission': 'false' });
  for (const signatures of [{ ...compared, digests_verified: null }, { scheme: null, hold: false, digests_verified: null, signers: [] }, undefined])
    assert.deepEqual([texts(signatures)['app.fingerprint'], texts(signatures)['app.public_key']], ['', '']);
  for (const isCompared of [false, null])
    assert.equal(texts({ ...compared, hold: false, digests_verified: isCompared }), null);
  for (const [kind, numbers, want] of [
    ['app', [number('w', 'website')], ''], ['app', [number('1A', 'app'), number('2A', 'app')], ''],
    ['quick_app', [number('1A', 'app'), number('2K', 'quick_app')], '2K'], ['app', undefined, '']])
    assert.equal(texts(compared, { app_kind: kind, filing_numbers: numbers }).filing_number, want);
  assert.equal(texts(compared, { network_permission: null })['app.network_permission'], '');
});

// Every name of the gate's own tables.
test('fields are those of the gate', () => {
  const source = readFileSync(path.resolve(CONSOLE, '../wire/fields.cc'), 'utf8');
  const pointers = [...source.matchAll(/FieldSpec\{[^}]*?"\w+",\s*"\/([^"]+)"[,}]/g)].map((match) => match[1].replaceAll('/', '.'));
  assert.deepEqual([...fields.FIELDS].sort(), pointers.filter((one) => !['app', 'app.sponsor'].includes(one)).sort());
  for (const [, alias] of source.matchAll(/FlatAlias\{"([^"]+)"/g)) assert.notEqual(fields.pathOf(alias), null, alias);
});

test('metrics: samples, growth and quantiles', () => {
  const samples = metrics.parseMetrics('# HELP a b\n# TYPE a counter\na_total{route="/v1/check",code="2\\"x"} 3\na_total{route="/"} 4 1700000000\nb 1.5e3\nc{le="+Inf"} +Inf\nnonsense\n');
  assert.deepEqual(samples.map(({ name, value }) => [name, value]), [['a_total', 3], ['a_total', 4], ['b', 1500], ['c', Infinity]]);
  assert.equal(samples[0].labels.code, '2"x');
  assert.deepEqual([...metrics.sumBy(samples.slice(0, 2), 'route')], [['/v1/check', 3], ['/', 4]]);
  assert.deepEqual([...metrics.growth(new Map([['a', 5], ['b', 9]]), new Map([['a', 8], ['b', 2]]))], [['a', 3], ['b', 2]]);
  const buckets = new Map([['+Inf', 100], ['0.1', 50], ['0.2', 90]]);
  assert.equal(metrics.quantile(0.5, buckets), 0.1);
  assert.equal(metrics.quantile(0.7, buckets).toFixed(3), '0.150');
  assert.equal(metrics.quantile(0.99, buckets), 0.2);
  assert.equal(metrics.quantile(0.5, new Map()), null);
});

test('words are there in both languages, and every one that is asked for', () => {
  const source = readFileSync(path.join(CONSOLE, 'words.js'), 'utf8');
  const lines = source.slice(source.indexOf('`\n') + 2, source.indexOf('\n`')).split('\n').filter((line) => line && !line.startsWith('#'));
  for (const line of lines) assert.match(line, /^[\w.-]+\|[^|]+\|[^|]+$/);
  const pairs = lines.map((line) => line.split('|')[0]);
  assert.ok(pairs.length > 200);
  assert.equal(new Set(pairs).size, pairs.length, 'a word is there twice');
  for (const key of pairs) {
    const [zh, en] = ['zh-CN', 'en'].map((lang) => { words.setLang(lang); return words.t(key, '{0}', '{1}', '{2}'); });
    assert.ok(zh && en, key);
    assert.deepEqual([...zh.matchAll(/\{\d\}/g)].map(String).sort(), [...en.matchAll(/\{\d\}/g)].map(String).sort(), `${key}: places`);
  }
  const code = readdirSync(CONSOLE).filter((name) => name.endsWith('.js')).map((name) => readFileSync(path.join(CONSOLE, name), 'utf8')).join('\n');
  for (const [, key] of code.matchAll(/\bt\('([\w.-]+)'/g)) assert.ok(words.knows(key), key);
  const prefixes = [...code.matchAll(/`([\w.-]+-)\$\{/g)].map((match) => match[1]);
  const suffixes = [...code.matchAll(/`\$\{\w+\}(-[\w-]+)`/g)].map((match) => match[1]);
  const elsewhere = code.replace(source, '');
  const unused = pairs.filter((key) => !elsewhere.includes(`'${key}'`) && !elsewhere.includes(`${key}: { load`) &&
                                       !prefixes.some((one) => key.startsWith(one)) && !suffixes.some((one) => key.endsWith(one)));
  assert.deepEqual(unused, []);
});

// Puts a batch of `rows` rows, all allowed by the registry of that serial.
function putBatch(store, index, rows, serial = 1) {
  const answer = JSON.stringify({ id: null, decision: 'allow', assurance: 'number', filing_number: null, findings: [], registry: { serial } });
  store.put(index, lineBlob(Array(rows).fill('{}')), Uint32Array.from({ length: rows }, (_, i) => index * BATCH_ROWS + i + 1),
            Array(rows).fill(answer), Array(rows).fill(''));
}

test('rows count when all before them are here', async () => {
  const store = new AuditStore();
  putBatch(store, 2, 3);
  putBatch(store, 1, BATCH_ROWS);
  assert.deepEqual([store.rows, store.summary().rows, store.summary().counts.allow, store.platforms.size], [0, 0, 0, 0]);
  assert.equal((await store.find({ outcome: 'allow', code: '', text: '' }, () => false)).length, 0);
  putBatch(store, 0, BATCH_ROWS);
  assert.equal(store.rows, 2 * BATCH_ROWS + 3);
  const read = await store.read(Uint32Array.from({ length: store.rows }, (_, i) => i));
  assert.deepEqual(read.map(({ line }) => line), read.map((_, i) => i + 1));
  assert.equal(store.firstOfEach(5_000).allow.length, store.rows);
});

test('a report says what it is made of, and no more', async (context) => {
  const parts = path.resolve(CONSOLE, '../audit');
  context.mock.method(globalThis, 'fetch', async (url) => new Response(readFileSync(path.join(parts, path.basename(url)))));
  words.setLang('en');
  const store = new AuditStore();
  putBatch(store, 0, 3, 7);
  const facts = { codes: {}, version: '1', style_hash: '', script_hash: '' };
  const write = async (isWhole, serial, isOther = false) => (await report.writeReport({
    isOther,
    catalog: 'a.csv', facts, registry: { serial, as_of: '2026-01-02T03:00:00Z', state: 'expired' }, isWhole,
    rows: { allow: await store.read([0, 1, 2]), review: [], unknown: [], deny: [], bad: [] }, summary: store.summary(), platforms: store.platforms,
  })).text();
  const whole = await write(true, 7);
  assert.ok(whole.includes('state-expired">') && !whole.includes('Stopped early'));
  const part = await write(false, 7);
  assert.ok(part.includes('3 of 3 rows may go ahead (Stopped early'));
  // The registry changed after the last row: its day is not that of the answers.
  assert.ok(!(await write(true, 8)).includes('state-expired">'));
  assert.ok(!(await write(true, 7, true)).includes('state-expired">'), 'nor one that only has the same serial');
});
