// The page: language, address, and the view that is shown. The first drawing does not need the
// gate; what the gate says about itself is added when it arrives.
import { getJson, onApiKey } from './api.js';
import { h } from './dom.js';
import { lang, LANGUAGES, setLang, t } from './words.js';
import { drawFoot, drawHead, showRegistryState } from './shell.js';
import * as check from './check.js';

const REGISTRY_POLL_MS = 15_000;

// Views, loaded when first shown, and the route that each needs. Those that nearly every gate
// offers are shown before it has said so.
const VIEWS = {
  check: { load: () => Promise.resolve(check), route: '/v1/check', isUsual: true },
  audit: { load: () => import('./audit.js'), route: '/v1/checks:stream', isUsual: true },
  package: { load: () => import('./package.js'), route: '/v1/packages:inspect' },
  registry: { load: () => import('./registry.js'), route: '/v1/registry', isUsual: true },
  operations: { load: () => import('./operations.js'), route: '/metrics' },
};

const main = document.getElementById('main');
let shown = { name: '', view: null };
let routes = null;  // offered by this gate; null until it has said so
let registry = { state: 'waiting', value: null };

const isKnown = (name) => VIEWS[name].isUsual || routes !== null;
const offered = (name) => routes?.includes(VIEWS[name].route) ?? VIEWS[name].isUsual;

// `#/check?number=…`: the view and its parameters.
function place() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const name = Object.hasOwn(VIEWS, path) && (offered(path) || !isKnown(path)) ? path
      : Object.keys(VIEWS).find(offered) ?? 'check';
  return { name, parameters: new URLSearchParams(query ?? '') };
}

function frame() {
  document.documentElement.lang = lang();
  document.title = `${t(shown.name || place().name)} · beian-gate`;
  drawHead({ names: Object.keys(VIEWS).filter(offered), current: shown.name, switchLanguage });
  drawFoot();
  showRegistryState(registry);
}

async function show(keepsFocus) {
  const { name, parameters } = place();
  const isSame = name === shown.name;
  if (!isSame) shown.view?.leave?.();
  shown = { name, view: isSame ? shown.view : null };
  frame();
  if (!isKnown(name)) {
    main.replaceChildren(h('p', { class: 'card skeleton' }, t('loading')));
    shown = { name: '', view: null };
    return;  // askRoutes() will call it again
  }
  const view = shown.view ?? await VIEWS[name].load();
  if (name !== shown.name) return;  // the reader has moved on
  shown.view = view;
  main.replaceChildren(...view.draw({ parameters, registry: registry.value }));
  if (!isSame && !keepsFocus) main.focus();
}

function switchLanguage() {
  setLang(LANGUAGES.find((one) => one !== lang()));
  try {
    localStorage.setItem('language', lang());
  } catch { /* storage may be closed to us: the choice lasts as long as the page */ }
  show(true);
  document.getElementById('language').focus();
}

async function askRegistry() {
  if (!offered('registry')) return;
  try {
    registry = { state: 'known', value: await getJson('/v1/registry') };
  } catch (error) {
    registry = { state: error.status === 401 ? 'locked' : 'gone', value: registry.value };
  }
  showRegistryState(registry);
  shown.view?.onRegistry?.(registry.value);
}

async function askRoutes() {
  try {
    ({ routes } = await getJson('/console/gate.json'));
  } catch {
    routes = Object.values(VIEWS).filter((view) => view.isUsual).map((view) => view.route);
  }
  askRegistry();
  frame();
  if (place().name !== shown.name) show(true);
}

function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (LANGUAGES.includes(asked)) return asked;
  try {
    const kept = localStorage.getItem('language');
    if (LANGUAGES.includes(kept)) return kept;
  } catch { /* as above */ }
  return navigator.languages.some((one) => one.startsWith('zh')) ? 'zh-CN' : 'en';
}

setLang(chosenLanguage());
addEventListener('hashchange', () => show(false));
onApiKey(() => {
  frame();
  askRegistry();
});
show(true);
askRoutes();
setInterval(() => document.hidden || askRegistry(), REGISTRY_POLL_MS);
