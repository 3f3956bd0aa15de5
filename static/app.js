/* Extras of Hearback's pages: keys, theme, dialogs, drag and drop, the crosshair of charts.
   No inline code and no eval. Every feature has a way without JavaScript; words come from data attributes. */
(() => {
'use strict';
const root = document.documentElement;
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const words = (name, values = {}) =>
  (document.body.dataset[`text${name}`] || '').replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');

/* Says something to a screen reader. */
const announce = (text) => {
  const live = one('#live');
  if (!live) return;
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
};

/* Theme: the server reads the cookie and renders data-theme, so the page never flashes. */
const isDark = () => root.dataset.theme
  ? root.dataset.theme === 'dark'
  : matchMedia('(prefers-color-scheme: dark)').matches;
const switchTheme = () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `hb_theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax${secure}`;
};

/* Copy: data-copy="#id" copies that element's text, any other value is an address to share. */
const copy = (button) => {
  const what = button.dataset.copy;
  const text = what.startsWith('#') ? one(what).textContent.trim() : new URL(what, location.href).href;
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => announce(words('Copied')));
};

const closeMenus = (except) => all('details.menu[open]').forEach((menu) => {
  if (!except || !menu.contains(except)) menu.open = false;
});

document.addEventListener('click', (event) => {
  const hit = (selector) => event.target.closest(selector);
  if (hit('[data-theme-toggle]')) switchTheme();
  if (hit('[data-print]')) print();
  const opener = hit('[data-open]');
  if (opener) { event.preventDefault(); one(`#${CSS.escape(opener.dataset.open)}`)?.showModal(); }
  const copier = hit('[data-copy]');
  if (copier) copy(copier);
  const shut = hit('[data-close]');
  if (shut) shut.closest('dialog')?.close();
  closeMenus(event.target);
});

/* Questions: a form (or its button) with data-confirm is sent after "yes" in #confirm. Listens before htmx does. */
document.addEventListener('submit', (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.confirm || form.dataset.confirm;
  const dialog = one('#confirm');
  if (!question || !dialog || form.dataset.confirmed) { delete form.dataset.confirmed; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const yes = one('[data-confirm-yes]', dialog);
  one('[data-confirm-text]', dialog).textContent = question;
  yes.textContent = button?.textContent.trim() || yes.dataset.text;
  dialog.returnValue = '';
  dialog.showModal();
  dialog.addEventListener('close', () => {
    if (dialog.returnValue !== 'yes') return;
    form.dataset.confirmed = 'yes';
    form.requestSubmit(button && form.contains(button) ? button : undefined);
  }, { once: true });
}, true);

/* Rows: j and k walk, Enter opens, x ticks. */
const rows = () => {
  const list = one('[data-rows]');
  return list ? all('tbody tr.row, li', list).filter((row) => row.closest('[data-rows]') === list) : [];
};
const walk = (step) => {
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex((row) => row.classList.contains('sel'));
  const start = step > 0 ? 0 : list.length - 1;
  const next = list[at < 0 ? start : Math.max(0, Math.min(list.length - 1, at + step))];
  list.forEach((row) => row.classList.remove('sel'));
  next.classList.add('sel');
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
};

/* Keys. Single letters can be switched off per person (body data-keys="off"). */
let going = 0;
const go = (address) => { if (address) location.href = address; };
const letters = {
  j: () => walk(1),
  k: () => walk(-1),
  c: () => go(document.body.dataset.new),
  x: () => one('[data-rows] .sel input[type=checkbox]')?.click(),
  g: () => { going = Date.now(); },
  '?': () => one('#help')?.showModal(),
  '/': (event) => { const field = one('[data-search]'); if (field) { event.preventDefault(); field.focus(); } },
  m: (event) => {
    const menu = event.target.matches('.card') && one('details.mv', event.target);
    if (menu) { menu.open = true; one('button', menu)?.focus(); }
  },
};
const press = (key) => {
  const target = all(`main [data-key="${CSS.escape(key)}"]`).find((element) => element.checkVisibility());
  if (!target) return false;
  if (target.matches('input, select, textarea')) target.focus(); else target.click();
  return true;
};
document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (key === 'Escape') {
    const menus = all('details.menu[open]');
    menus.forEach((menu) => { menu.open = false; one('summary', menu).focus(); });
    if (!menus.length && !one('dialog[open]')) one('[data-escape]')?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || one('dialog[open]')) return;
  if (target.matches('input, textarea, select, [contenteditable]')) return;
  if (key === 'Enter' && target.matches('[data-rows] .sel')) { one('a', target)?.click(); return; }
  if (document.body.dataset.keys === 'off' || key.length !== 1) return;
  const address = Date.now() - going < 900 && document.body.dataset[`go${key.toUpperCase()}`];
  going = 0;
  if (address) { go(address); return; }
  if (press(key)) { event.preventDefault(); return; }
  letters[key]?.(event);
});

/* Bulk selection: the bar shows while something is ticked; shift-click ticks a range. */
const bulk = (table) => {
  const bar = one(`#${CSS.escape(table.dataset.bulk)}`);
  const head = one('thead input[type=checkbox]', table);
  const boxes = () => all('tbody input[type=checkbox]', table);
  let last = null;
  const show = () => {
    const ticked = boxes().filter((box) => {
      box.closest('tr').classList.toggle('on', box.checked);
      return box.checked;
    }).length;
    bar.hidden = !ticked;
    one('[data-n]', bar).textContent = ticked;
    if (head) { head.checked = ticked > 0 && ticked === boxes().length; head.indeterminate = ticked > 0 && !head.checked; }
  };
  table.addEventListener('click', (event) => {
    if (event.target === head) { boxes().forEach((box) => { box.checked = head.checked; }); show(); return; }
    const box = event.target.closest('tbody input[type=checkbox]');
    if (!box) return;
    if (event.shiftKey && last) {
      const list = boxes();
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
      list.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    last = box;
    show();
  });
  one('[data-clear]', bar)?.addEventListener('click', () => {
    boxes().forEach((box) => { box.checked = false; });
    show();
  });
  show();
};

/* Board: a drop presses the button of the card's own move form, so menu, key and drag are one request. */
const board = (list) => {
  if (!window.Sortable) return;
  let came = null;
  const back = (event) => event.from.insertBefore(event.item, came);
  new window.Sortable(list, {
    group: list.dataset.group || 'board',
    animation: calm() ? 0 : 140,
    filter: '.menu',
    preventOnFilter: false,
    onStart: (event) => { came = event.item.nextElementSibling; },
    onEnd: (event) => {
      if (event.to === event.from) return;
      const column = event.to.dataset.col;
      const button = one(`form [value="${CSS.escape(column)}"]`, event.item);
      if (!button) { back(event); announce(words('Forbidden')); return; }
      announce(words('Moved', { card: event.item.dataset.id || '', column: event.to.dataset.name || column }));
      button.form.requestSubmit(button);
    },
  });
};

/* Drop zone: a file dropped on label.drop goes into its own file field. */
const dropzone = (zone) => {
  const field = one('input[type=file]', zone);
  const name = one('[data-filename]', zone);
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle('over', on); };
  zone.addEventListener('dragover', over(true));
  zone.addEventListener('dragleave', over(false));
  zone.addEventListener('drop', (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
  field.addEventListener('change', () => {
    if (name && field.files[0]) name.textContent = field.files[0].name;
    if (zone.dataset.drop === 'submit' && field.files[0]) field.form.requestSubmit();
  });
};

/* Charts: a crosshair for pointer and arrow keys. Positions go through the CSSOM, which the policy allows. */
const crosshair = (frame) => {
  const data = JSON.parse(one('script[type="application/json"]', frame).textContent);
  const svg = one('svg', frame);
  const last = data.n - 1;
  let at = last;
  let tip = null;
  let line = null;
  const inner = data.w - data.l - data.r;
  const add = (className) => {
    const element = document.createElement('div');
    element.className = className;
    frame.append(element);
    return element;
  };
  const show = (index) => {
    at = Math.max(0, Math.min(last, index));
    line ??= add('cross');
    tip ??= add('tip');
    const scale = svg.clientWidth / data.w;
    const x = (data.l + at * inner / Math.max(1, last)) * scale;
    line.style.left = `${x}px`;
    line.style.top = `${data.t * scale}px`;
    line.style.height = `${(data.h - data.t - data.b) * scale}px`;
    const texts = [data.labels[at], ...data.series.map((series) => `${series.name} ${series.values[at]}`)];
    tip.replaceChildren(...texts.map((text, index) => {
      const part = document.createElement(index ? 'div' : 'b');
      part.textContent = text;
      return part;
    }));
    const left = x + 12 + tip.offsetWidth > svg.clientWidth ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${data.t * scale + 6}px`;
  };
  const hide = () => { tip?.remove(); line?.remove(); tip = line = null; };
  frame.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    show(Math.round(((event.clientX - box.left) * data.w / box.width - data.l) / inner * last));
  });
  frame.addEventListener('pointerleave', hide);
  frame.addEventListener('blur', hide);
  frame.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    show(at + (event.key === 'ArrowLeft' ? -1 : 1));
    announce(tip.innerText.replace(/\n/g, ', '));
  });
};

/* What htmx brings in gets the same extras as what the page came with; nothing is set up twice. */
const ready = new WeakSet();
const setUp = (within) => {
  const each = (selector, start) => [...all(selector, within), ...(within.matches?.(selector) ? [within] : [])]
    .filter((element) => !ready.has(element))
    .forEach((element) => { ready.add(element); start(element); });
  each('[data-bulk]', bulk);
  each('.cards[data-col]', board);
  each('.drop', dropzone);
  each('[data-hover]', crosshair);
  /* It may stand open in the page already, for those without JavaScript. */
  each('dialog[data-modal]', (dialog) => { dialog.close(); dialog.showModal(); });
  each('.errsum', (summary) => summary.focus());
  /* On a phone what is opened lies over the list, so whoever reads by keyboard or by ear goes there too. */
  each('.side', (side) => { if (getComputedStyle(side).position === 'fixed') one('a', side)?.focus(); });
};
setUp(document);
document.addEventListener('htmx:load', (event) => setUp(event.detail.elt));

/* While a fragment loads its place keeps the old content at 60 %. */
document.addEventListener('htmx:beforeRequest', (event) => event.detail.target?.setAttribute('aria-busy', 'true'));
document.addEventListener('htmx:afterRequest', (event) => event.detail.target?.removeAttribute('aria-busy'));

/* An answer without the part that was asked for (it was done elsewhere meanwhile) is a page of its own: go there. */
document.addEventListener('htmx:beforeSwap', (event) => {
  const { elt, xhr, shouldSwap } = event.detail;
  const part = elt.closest('[hx-select]')?.getAttribute('hx-select');
  if (!shouldSwap || !part?.startsWith('#') || xhr.responseText.includes(`id="${part.slice(1)}"`)) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL || location.href);
});

/* A request that failed says so where notices stand; what was typed is still in the form, and goes once more. */
const failed = ({ detail }) => {
  const place = one('#notices');
  if (!place) return;
  const note = document.createElement('div');
  note.className = 'note';
  const text = document.createElement('p');
  text.textContent = words('Offline');
  note.append(text);
  const trigger = detail.requestConfig?.triggeringEvent?.type;
  if (trigger) {
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'btn line';
    again.textContent = words('Again');
    again.addEventListener('click', () => { place.replaceChildren(); window.htmx.trigger(detail.elt, trigger); });
    note.append(again);
  }
  place.replaceChildren(note);
  place.scrollIntoView({ block: 'nearest' });
};
['htmx:sendError', 'htmx:timeout', 'htmx:responseError'].forEach((name) => document.addEventListener(name, failed));
})();
