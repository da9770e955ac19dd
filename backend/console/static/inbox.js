// The list of conversations: keys to go through it, and new rows as they come, without losing place or focus.
const TYPING = 'input:not([type=checkbox]), textarea, select, [contenteditable]';
let fetching = false;

function rows() { return [...document.querySelectorAll('#inbox .picks > li')]; }

function current() {
  const here = document.activeElement && document.activeElement.closest('#inbox .picks > li');
  return here ? rows().indexOf(here) : -1;
}

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = current();
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  const link = all[next].querySelector('a.row');
  link.focus();
  link.scrollIntoView({ block: 'nearest' });
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
  const act = {
    j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1),
    x: () => { const at = current(); if (at >= 0) rows()[at].querySelector('input[type=checkbox]').click(); },
    '/': () => { document.getElementById('q').focus(); document.getElementById('q').select(); },
    '?': () => {
      const keys = document.getElementById('shortcuts');
      keys.open = !keys.open;
      if (keys.open) keys.querySelector('summary').focus();
    },
  }[event.key];
  // Arrows move the page as they always do until somebody is in the list.
  if (!act || (event.key.startsWith('Arrow') && current() < 0)) return;
  event.preventDefault();
  act();
});

// What stands in the middle of the window stays there, whatever comes above it.
function anchor() {
  return rows().find((row) => row.getBoundingClientRect().bottom > 0);
}

function take(fresh) {
  const old = document.getElementById('inbox');
  const held = window.scrollY > 0 ? anchor() : null;
  const before = held ? held.getBoundingClientRect().top : 0;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const row = focused && focused.closest('li');
  const ticked = [...old.querySelectorAll('input[name=id]:checked')].map((box) => box.value);
  const known = new Set(rows().map((one) => one.id));
  old.replaceWith(fresh);
  for (const value of ticked) {
    const box = fresh.querySelector(`input[name=id][value="${value}"]`);
    if (box) box.checked = true;
  }
  if (row) {
    const again = document.getElementById(row.id);
    const target = again && again.querySelector(focused.matches('a') ? 'a.row' : 'input');
    if (target) target.focus({ preventScroll: true });
  }
  if (held) {
    const again = document.getElementById(held.id);
    if (again) window.scrollBy(0, again.getBoundingClientRect().top - before);
  }
  return rows().filter((one) => !known.has(one.id) || one.classList.contains('unread')).length;
}

document.addEventListener('lg:news', async (event) => {
  const here = document.getElementById('inbox');
  if (!here || !('first' in here.dataset) || here.dataset.stamp === event.detail.stamp || fetching) return;
  fetching = true;
  try {
    const answer = await fetch(window.location.href, { credentials: 'same-origin', headers: { 'X-By-Itself': '1' } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('inbox');
    const filters = page.querySelector('.filters');
    if (!fresh) return;
    if (filters && !document.querySelector('.filters').contains(document.activeElement)) {
      document.querySelector('.filters').replaceWith(document.importNode(filters, true));
    }
    const told = document.getElementById('inbox-news');
    if (take(document.importNode(fresh, true))) {
      told.textContent = '';
      told.textContent = told.dataset.one;
    }
  } catch (e) { /* asked again with the next news */ } finally { fetching = false; }
});
