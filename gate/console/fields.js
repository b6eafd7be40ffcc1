// The fields of a check request by their flat names, as in the query string, the flags and the
// header of a CSV catalog; and conversion to and from requests. gate/http/API.md section 1.

const TYPES = {
  id: 'text', operation: 'text', filing_number: 'text', provider: 'text', as_of: 'text',
  min_serial: 'integer', detail: 'text',
  'app.kind': 'text', 'app.name': 'text', 'app.platform': 'text', 'app.package': 'text',
  'app.version': 'text', 'app.fingerprint': 'list', 'app.public_key': 'list',
  'app.domains': 'list', 'app.ips': 'list', 'app.categories': 'list',
  'app.host_platform': 'text', 'app.offline': 'flag', 'app.network_permission': 'flag',
  'app.operator_overseas': 'flag', 'app.servers_overseas': 'flag',
  'app.first_published': 'text', 'app.displayed_number': 'text',
  'app.sponsor.name': 'text', 'app.sponsor.certificate_number': 'text',
};

const ALIASES = {
  number: 'filing_number', sponsor: 'app.sponsor.name', 'sponsor.name': 'app.sponsor.name',
  sponsor_name: 'app.sponsor.name',
  'sponsor.certificate_number': 'app.sponsor.certificate_number',
  sponsor_certificate_number: 'app.sponsor.certificate_number',
  certificate_number: 'app.sponsor.certificate_number',
  domain: 'app.domains', ip: 'app.ips', category: 'app.categories',
  fingerprints: 'app.fingerprint', public_keys: 'app.public_key',
};

export const FIELDS = Object.keys(TYPES);

// The path of a flat name, with or without `app.`; null if unknown.
export function pathOf(name) {
  const bare = name.startsWith('app.') ? name.slice(4) : name;
  for (const path of [name, `app.${name}`])
    if (Object.hasOwn(TYPES, path)) return path;
  for (const alias of [name, bare])
    if (Object.hasOwn(ALIASES, alias)) return ALIASES[alias];
  return null;
}

// The shortest name of a path, for addresses.
export const shortName = (path) =>
  path === 'filing_number' ? 'number'
  : path === 'app.sponsor.name' ? 'sponsor'
  : path === 'app.sponsor.certificate_number' ? 'certificate_number'
  : path.replace(/^app\./, '');

// The address of a check of {path: text}; other paths and empty texts are left out.
export function addressOf(texts, paths = FIELDS) {
  const parameters = new URLSearchParams();
  for (const path of paths) if (texts[path]) parameters.set(shortName(path), texts[path]);
  return `#/check?${parameters}`;
}

// The check of an inspected package, as texts, by the rules of `vet` (gate/package/check_row.h). Null
// if its signature does not hold, so that it is not checked.
export function textsOfPackage(value) {
  const { scheme, hold, digests_verified: isCompared, signers = [] } = value.signatures ?? {};
  if (scheme && !hold) return null;
  const certificates = hold && isCompared ? signers.filter((one) => one.counts).map((one) => one.certificate) : [];
  const numbers = value.filing_numbers?.filter((one) => one.kind === value.app_kind);
  return { operation: 'preinstall', filing_number: numbers?.length === 1 ? numbers[0].number : '', 'app.kind': value.app_kind,
           'app.name': value.label, 'app.platform': value.platform, 'app.package': value.package, 'app.version': value.version_name,
           'app.fingerprint': certificates.flatMap((one) => [one.md5, one.sha1, one.sha256]).join(','),
           'app.public_key': certificates.map((one) => one.public_key).join(','),
           'app.network_permission': typeof value.network_permission === 'boolean' ? String(value.network_permission) : '' };
}

export const isList = (path) => TYPES[path] === 'list';

// The items of a list: one for each PEM block, with what stands before it, for openssl prints remarks
// there, with commas; what follows the last block is split.
function itemsOf(text) {
  const blocks = text.match(/[^]*?-----BEGIN [^]*?-----END [^-\n]*-----/g) ?? [];
  return [...blocks.map((block) => block.replace(/^[;,\s]+/, '')), ...text.slice(blocks.join('').length).split(/[;,\n]/)]
      .map((item) => item.trim()).filter(Boolean);
}

// The text of a list, for a field of one line too, which drops line breaks. PEM blocks come first, so
// that no other item is taken for remarks before one.
export function joined(items) {
  const isPem = (item) => item.includes('-----BEGIN ');
  return [...items.filter(isPem), ...items.filter((item) => !isPem(item))].join(', ');
}

// The value of a text under `path`. An invalid flag or number stays text, and the gate reports it.
export function valueOf(path, text) {
  switch (TYPES[path]) {
    case 'list':
      return itemsOf(text);
    case 'flag':  // spreadsheets write TRUE
      return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : text;
    case 'integer':
      return /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

export function put(request, path, value) {
  const steps = path.split('.');
  const last = steps.pop();
  let at = request;
  for (const step of steps) at = at[step] ??= {};
  at[last] = value;
}

// The text for a displayed number that is empty: the app shows none. As in a CSV catalog.
const NONE_SHOWN = '""';

// Converts {path: text} to a request. An empty text means that the field is not given.
export function nest(texts) {
  const request = {};
  for (const path of FIELDS) {
    const text = texts[path] ?? '';
    if (path === 'app.displayed_number' && text === NONE_SHOWN) put(request, path, '');
    else if (text !== '') put(request, path, valueOf(path, text));
  }
  return request;
}

// Converts a request, or the `app` of one, to {path: text}; unknown fields are left out.
export function flatten(value) {
  const isRequest = ['app', 'operation', 'filing_number'].some((name) => Object.hasOwn(value, name));
  const texts = {};
  const walk = (object, prefix) => {
    for (const [name, inner] of Object.entries(object)) {
      const path = prefix + name;
      if (inner === null || inner === undefined) continue;
      if (Array.isArray(inner)) {
        if (isList(path)) texts[path] = joined(inner.map(String));
      } else if (typeof inner === 'object') {
        walk(inner, `${path}.`);
      } else if (Object.hasOwn(TYPES, path)) {
        const text = String(inner);
        texts[path] = path === 'app.displayed_number' && text.trim() === '' ? NONE_SHOWN : text;
      }
    }
  };
  walk(value, isRequest ? '' : 'app.');
  return texts;
}

// The path of a problem's pointer (`/app/sponsor/name`, or `/name` for a query), or null.
export function pathOfPointer(pointer) {
  const steps = (pointer ?? '').split('/').slice(1).filter((step) => !/^\d+$/.test(step));
  return steps.length === 0 ? null : pathOf(steps.join('.'));
}
