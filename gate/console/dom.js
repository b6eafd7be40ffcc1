// Builds elements. Whatever comes from a caller, a catalog or the registry becomes a text node or
// an attribute: nothing in this folder parses markup.

const SVG = 'http://www.w3.org/2000/svg';

// h('p', {class: 'x', onclick: f}, 'text', [node, null]): null and false are left out.
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined &&
                                                            one !== false));
  return element;
}

// Text that is not ours: isolated, so that its direction ends with it; marks that would reorder or
// hide the text around it are made visible.
export function foreign(text, longest = 600) {
  const whole = String(text);
  const cut = whole.length > longest ? whole.slice(0, longest) + '…' : whole;
  return h('bdi', {}, cut.replace(HIDDEN, (c) => (c === '\n' || c === '\t' ? ' ' : `⟨U+${hex(c).toUpperCase()}⟩`)));
}

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const hex = (c) => c.codePointAt(0).toString(16).padStart(4, '0');

// JSON with the same marks escaped: what you see is what you copy.
export const visibleJson = (value, indent) =>
  JSON.stringify(value, null, indent).replace(HIDDEN, (c) => (c === '\n' ? c : `\\u${hex(c)}`));

const SHAPES = {
  allow: [['circle', { cx: 10, cy: 10, r: 9 }], ['path', { d: 'M5.8 10.4l2.9 2.9 5.5-6.3' }]],
  deny: [['path', { class: 's', d: 'M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z' }],
         ['path', { d: 'M7 7l6 6M13 7l-6 6' }]],
  review: [['path', { class: 's', d: 'M10 1.2 19.4 18H.6z' }],
           ['path', { d: 'M10 7.6v4.6M10 14.9v.1' }]],
  unknown: [['rect', { x: 1.4, y: 1.4, width: 17.2, height: 17.2, rx: 4 }],
            ['path', { d: 'M7.6 7.7a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2.9-1.2 1.8M10 14.4v.1' }]],
  bad: [['path', { class: 's', d: 'M4 1h8l5 5v13H4z' }], ['path', { d: 'M7.5 9l5.5 5.5M13 9l-5.5 5.5' }]],
  note: [['circle', { cx: 10, cy: 10, r: 9 }], ['path', { d: 'M10 9.2v5M10 5.8v.1' }]],
};

// The shape says the same as the colour.
export function icon(outcome) {
  return svg('svg', { class: `icon i-${outcome}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' },
             (SHAPES[outcome] ?? SHAPES.note).map(([tag, attributes]) => svg(tag, attributes)));
}

export function pill(outcome, text) {
  return h('span', { class: `pill o-${outcome}` }, icon(outcome), text);
}

// A bar of parts [{name, count}] as shares of `whole`; even the smallest part is visible.
export function bar(parts, whole, label) {
  let at = 0;
  return svg('svg', { class: 'bar', role: 'img', 'aria-label': label },
             parts.filter((part) => part.count > 0).map(({ name, count }) => {
               const width = Math.min(Math.max((100 * count) / Math.max(whole, 1), 0.6), 100 - at);
               const rect = svg('rect', { class: `e-${name}`, x: `${at}%`, width: `${width}%`,
                                          height: '100%' });
               at += width;
               return rect;
             }));
}

export function debounced(milliseconds, run) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds, ...values);
  };
}

// Saves a file to the browser's downloads, and later releases its URL.
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
