// A real gate, a real browser: what the tests of the page share. Each gate has a port of its own on
// loopback, and each page tells what it complained of.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = process.env.BEIAN_BUILD ?? path.join(ROOT, 'build/release');
export const GATE = path.join(BUILD, 'beian-gate');
export const SYNTH = path.join(BUILD, 'fixtures/beian-synth');
export const LANGUAGES = ['zh-CN', 'en'];
const SHOTS = process.env.BEIAN_SHOTS;  // a folder: then every look() is kept as a picture

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const folder = mkdtempSync(path.join(tmpdir(), 'beian-console-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });

// The fixtures' registry and the test identities unless `args` name another.
export async function startGate(...args) {
  const gate = spawn(GATE, ['serve', '--listen', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk) => {
      said += chunk;
      const found = /listening on (http:\S+)/.exec(said);
      if (found) resolve(found[1]);
    };
    gate.stdout.on('data', hear);
    gate.stderr.on('data', hear);
    gate.on('exit', () => reject(new Error(`the gate ended: ${said}`)));
  });
  const stop = () => (gate.exitCode !== null ? Promise.resolve() : new Promise((resolve) => {
    gates.delete(stop);
    gate.removeAllListeners('exit').on('exit', resolve);
    gate.kill('SIGTERM');
  }));
  gates.add(stop);
  return { url, stop };
}

const gates = new Set();
// Every test file ends with it, whatever failed.
export const stopGates = () => Promise.all([...gates].map((stop) => stop()));

export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.BEIAN_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// A page of its own context at `hash`. What it complains of, and what it asks of other origins, is
// kept; `quiet` fails on any of it.
export async function openPage(browser, gate, { lang = 'en', hash = '', width = 1280, height = 900, scheme = 'light', intercept } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: lang, acceptDownloads: true });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['blob:', 'data:'].includes(protocol) && origin !== gate.url) complaints.push(`asked ${request.url()}`);
  });
  await intercept?.(page);
  await page.goto(`${gate.url}/?lang=${lang}${hash}`);
  await page.locator('h1').first().waitFor();
  return Object.assign(page, {
    quiet: () => assert.deepEqual(complaints, []),
    complaints,
    done: async () => {
      assert.deepEqual(complaints, []);
      await context.close();
    },
    close: () => context.close(),
  });
}

// The page as it is now: nothing wider than the window, no violation known to axe; kept as a
// picture where that is wanted.
export async function look(page, name) {
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${name}: wider than its window`);
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const told = violations.flatMap((one) => one.nodes.map((node) => `${name}: ${one.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
  assert.deepEqual(told, []);
  await picture(page, name);
}

export async function picture(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
}

// Names that must arrive as text.
export const HOSTILE = {
  script: '<script>document.title="hacked"</script>',
  image: '"><img src=x onerror=document.title="hacked">',
  bidi: 'safe\u202Eexe.gnp\u202C',
  long: '长'.repeat(1_000),
};
