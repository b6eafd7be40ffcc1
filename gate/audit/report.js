
// Filters and pages of the table. Without it the report shows everything; nothing else needs it.
(() => {
  'use strict';
  const PAGE = 50;
  const $ = (id) => document.getElementById(id);
  const rows = [...$('table').tBodies[0].rows];
  const inputs = { q: $('f-text'), o: $('f-outcome'), c: $('f-code'), p: $('f-platform') };
  const status = $('p-status');
  const tiles = [...document.querySelectorAll('[data-outcome]')];
  const number = new Intl.NumberFormat('en-US');
  let texts = null;  // of the rows, in lower case; made when first needed
  let fitting = rows;
  let first = 0;

  const textOf = (index) => {
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    return texts[index];
  };

  const show = () => {
    for (const row of rows) row.hidden = true;
    for (const row of fitting.slice(first, first + PAGE)) row.hidden = false;
    const last = Math.min(first + PAGE, fitting.length);
    status.textContent = fitting.length === 0 ? status.dataset.none
        : status.dataset.shown.replace(/\$([123])/g, (_, i) =>
            number.format([first + 1, last, fitting.length][i - 1]));
    $('p-prev').disabled = first === 0;
    $('p-next').disabled = last === fitting.length;
  };

  const apply = () => {
    const words = inputs.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { o, c, p } = inputs;
    fitting = rows.filter((row, index) =>
        (!o.value || row.dataset.o === o.value) &&
        (!p.value || row.dataset.p === p.value) &&
        (!c.value || (row.dataset.c || '').split(' ').includes(c.value)) &&
        words.every((word) => textOf(index).includes(word)));
    first = 0;
    for (const tile of tiles)
      tile.setAttribute('aria-current', String(tile.dataset.outcome === o.value));
    show();
    const state = new URLSearchParams();
    for (const [key, input] of Object.entries(inputs)) if (input.value) state.set(key, input.value);
    history.replaceState(null, '', '#' + state);
  };

  const turn = (pages) => {
    first += pages * PAGE;
    show();
    $('rows').scrollIntoView();
  };

  // From elsewhere in the report to the rows it counts: everything else is cleared.
  const jump = (key, value) => (event) => {
    event.preventDefault();
    const again = inputs[key].value === value;
    for (const input of Object.values(inputs)) input.value = '';
    if (!again) inputs[key].value = value;
    apply();
    if (!again) $('rows').scrollIntoView();
  };

  for (const tile of tiles) tile.addEventListener('click', jump('o', tile.dataset.outcome));
  for (const link of document.querySelectorAll('[data-code]'))
    link.addEventListener('click', jump('c', link.dataset.code));
  $('filter').addEventListener('input', apply);
  $('filter').addEventListener('submit', (event) => event.preventDefault());
  $('filter').addEventListener('reset', () => setTimeout(apply));
  $('p-prev').addEventListener('click', () => turn(-1));
  $('p-next').addEventListener('click', () => turn(1));
  document.addEventListener('keydown', (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      $('rows').scrollIntoView();
      inputs.q.focus({ preventScroll: true });
    } else if (event.key === 'Escape' && event.target === inputs.q && inputs.q.value) {
      inputs.q.value = '';
      apply();
    }
  });

  // A link to the report can carry a filter: #o=deny&c=NOT_FILED&q=text.
  const state = new URLSearchParams(location.hash.slice(1));
  for (const [key, input] of Object.entries(inputs)) input.value = state.get(key) ?? '';
  $('filter').hidden = $('pager').hidden = rows.length === 0;
  if ([...state.keys()].some((key) => key in inputs)) apply(); else show();
})();
