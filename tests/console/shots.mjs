// Pictures of every view in every state, to be looked at; none of them may be wider than its window,
// break a rule that axe knows, or make the browser complain.
//
//   node tests/console/shots.mjs FOLDER [WORD…]   only names that hold every WORD: shots.mjs out audit 360 dark
//
// FOLDER/VIEW-STATE-WIDTH-SCHEME-LANGUAGE.png. The states are those of states.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LANGUAGES, look, openPage, startBrowser, stopServers } from './harness.mjs';
import { startStates } from './states.mjs';

const [out, ...words] = process.argv.slice(2);
if (!out) {
  console.error('usage: node tests/console/shots.mjs FOLDER [WORD…]');
  process.exit(64);
}
mkdirSync(out, { recursive: true });

const faults = [];
let count = 0;

// The whole page, in a window as high as it. Playwright's own `fullPage` makes the window a pixel small
// for a moment, and a table that draws only what is seen then draws something else.
async function picture(page, width) {
  const height = await page.evaluate(() => {
    for (const one of document.querySelectorAll('.scroll')) one.style.height = `${one.offsetHeight}px`;
    return document.documentElement.scrollHeight;
  });
  await page.setViewportSize({ width, height });
  return page.screenshot();
}

async function shoot(browser, state, variant, name) {
  const page = await openPage(browser, state.gate, { ...variant, hash: state.hash, intercept: state.intercept });
  try {
    await state.reach?.(page, variant.lang);
    writeFileSync(path.join(out, `${name}.png`), await picture(page, variant.width));
    await look(page, name);
    if (!state.complains) page.quiet();
  } finally {
    await page.close();
  }
}

const browser = await startBrowser();
try {
  const states = await startStates();
  for (const [stateName, state] of Object.entries(states))
    for (const width of [1280, 360])
      for (const scheme of ['light', 'dark'])
        for (const lang of LANGUAGES) {
          const name = [stateName, width, scheme, lang].join('-');
          if (!words.every((word) => name.split('-').includes(word) || name.includes(word))) continue;
          count += 1;
          await shoot(browser, state, { width, scheme, lang }, name).catch((error) => faults.push(`${name}: ${error.message}`));
        }
} finally {
  await Promise.all([browser.close(), stopServers()]);
}
for (const fault of faults) console.error(fault);
console.log(`${count} pictures, ${faults.length} faults`);
process.exitCode = faults.length > 0 || count === 0 ? 1 : 0;
