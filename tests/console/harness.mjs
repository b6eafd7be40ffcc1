// A real gate, a real browser: what the tests of the page share. Each gate has a port of its own on
// loopback, and each page tells what it complained of.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
export const PATIENCE = 240_000;  // milliseconds; then a test fails instead of hanging

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const folder = mkdtempSync(path.join(tmpdir(), 'beian-console-'));
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

export const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });

// The fixtures' registry and the test identities unless `args` name another.
export async function startGate(...args) {
  const { said, stop } = await startServer(GATE, ['serve', '--listen', '127.0.0.1:0', ...args], /listening on (http:\S+)/);
  return { url: said, stop };
}

let redisCount = 0;
// An empty Redis on a Unix socket.
export async function startRedis() {
  const socket = path.join(folder, `redis-${redisCount++}.sock`);
  const { stop } = await startServer('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder], /ready to accept connections at ()/i);
  return { url: `redis+unix://${socket}`, stop };
}

// Runs until `stop`; what the first group of `ready` found is what it `said`.
async function startServer(program, args, ready) {
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(server);
  const said = await new Promise((resolve, reject) => {
    let all = '';
    const hear = (chunk) => {
      all += chunk;
      const found = ready.exec(all);
      if (found) resolve(found[1]);
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`${program} ended: ${all}`)));
  });
  const stop = () => (server.exitCode !== null ? Promise.resolve() : new Promise((resolve) => {
    servers.delete(stop);
    server.removeAllListeners('exit').on('exit', resolve);
    server.kill('SIGTERM');
  }));
  servers.add(stop);
  return { said, stop };
}

const servers = new Set();
// Every test file ends with it, whatever failed.
export const stopServers = () => Promise.all([...servers].map((stop) => stop()));

export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.BEIAN_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// A page of its own context at `hash`. What it complains of, and what it asks of other origins, is
// kept; `quiet` fails on any of it.
export async function openPage(browser, gate, { lang = 'en', hash = '', width = 1280, height = 900, scheme = 'light', intercept } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: lang, acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE);
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

// The page as it is now: nothing wider than the window, no violation known to axe.
export async function look(page, name) {
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${name}: wider than its window`);
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const told = violations.flatMap((one) => one.nodes.map((node) => `${name}: ${one.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
  assert.deepEqual(told, []);
}

// Names that must arrive as text.
export const HOSTILE = {
  script: '<script>document.title="hacked"</script>',
  image: '"><img src=x onerror=document.title="hacked">',
  bidi: 'safe\u202Eexe.gnp\u202C',
  long: '长'.repeat(1_000),
};
