// Asks every few seconds what is new while the page is looked at: who waits for a person, and how much is unread.
// Other scripts hear of it through the event "lg:news" on the document.
const EVERY_MS = 4000;
const SHOWN = window.matchMedia('(max-width: 700px)').matches ? 1 : 3; // on a phone the bar leaves the page its room
const root = document.getElementById('live');
const list = document.getElementById('live-waiting');
const more = document.getElementById('live-more');
const sound = document.getElementById('live-sound');
const said = document.getElementById('live-said');
const count = document.getElementById('unread-count');
const bar = root ? [...root.childNodes] : []; // what the notice of a session that is over stands in the place of
let since = '';
let offset = 0; // the server's clock minus ours, in ms
let over = false;
let audio = null;
let ringOnClick = false;

function kept(name) {
  try { return window.localStorage.getItem(name); } catch (e) { return null; }
}

function keep(name, value) {
  try { window.localStorage.setItem(name, value); } catch (e) { /* a browser that keeps nothing still works */ }
}

function muted() { return kept('lg-mute') === '1'; }

function showSound() {
  const off = muted();
  sound.setAttribute('aria-pressed', off ? 'true' : 'false');
  sound.textContent = off ? sound.dataset.off : ringOnClick ? sound.dataset.click : sound.dataset.on;
}

// Two short tones. A browser lets a page be heard only after somebody has clicked or typed in it.
function tones() {
  const start = audio.currentTime;
  [660, 880].forEach((pitch, n) => {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.0001, start + n * 0.25);
    loud.gain.exponentialRampToValueAtTime(0.3, start + n * 0.25 + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, start + n * 0.25 + 0.22);
    tone.connect(loud).connect(audio.destination);
    tone.start(start + n * 0.25);
    tone.stop(start + n * 0.25 + 0.24);
  });
  root.dataset.rang = String(Number(root.dataset.rang || 0) + 1);
}

function ring() {
  if (muted()) return;
  if (audio && audio.state === 'running') {
    tones();
  } else {
    ringOnClick = true;
    showSound();
  }
}

async function allowSound() {
  try {
    audio = audio || new AudioContext();
    if (audio.state !== 'running') await audio.resume();
    if (ringOnClick && audio.state === 'running') {
      ringOnClick = false;
      if (!muted()) tones();
      showSound();
    }
  } catch (e) { /* no sound here: the bar is seen all the same */ }
}

function span(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours) return `${hours}${root.dataset.hours}${minutes}${root.dataset.minutes}`;
  return minutes ? `${minutes}${root.dataset.minutes}${seconds % 60}${root.dataset.seconds}` : `${seconds}${root.dataset.seconds}`;
}

function tick() {
  const now = Date.now() + offset;
  let late = false;
  for (const item of list.children) {
    const left = Date.parse(item.dataset.due) - now;
    item.classList.toggle('late', left < 0);
    late = late || left < 0;
    item.querySelector('.left').textContent = (left < 0 ? root.dataset.late : root.dataset.left).replace('{}', span(left));
  }
  root.classList.toggle('late', late);
}

function piece(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function line(one) {
  const item = document.createElement('li');
  item.dataset.case = one.id;
  item.dataset.due = one.due_at;
  const link = document.createElement('a');
  link.href = one.href;
  link.append(piece('b', one.who), piece('span', one.what), piece('span', one.promise), piece('span', '', 'left'));
  item.append(link);
  return item;
}

function show(news) {
  if (!bar.includes(root.firstChild)) root.replaceChildren(...bar);
  offset = Date.parse(news.now) - Date.now();
  const focused = document.activeElement && document.activeElement.closest('#live-waiting li');
  list.replaceChildren(...news.waiting.slice(0, SHOWN).map(line));
  if (focused) {
    const again = list.querySelector(`li[data-case="${focused.dataset.case}"] a`);
    if (again) again.focus();
  }
  more.hidden = news.waiting.length <= SHOWN;
  more.textContent = root.dataset.more.replace('{}', news.waiting.length - SHOWN);
  root.hidden = news.waiting.length === 0;
  if (count) {
    count.hidden = news.unread === 0;
    count.textContent = news.unread_text;
  }
  tick();
  // Kept for all windows of this browser: one of them rings, and going to another page rings nobody twice.
  const before = kept('lg-waiting');
  const known = new Set((before || '').split(' '));
  const fresh = news.waiting.filter((one) => !known.has(String(one.id)));
  keep('lg-waiting', news.waiting.map((one) => one.id).join(' '));
  if (before !== null && fresh.length) {
    said.textContent = `${root.querySelector('strong').textContent}: ${fresh[0].what} ${fresh[0].promise}`;
    ring();
  }
}

function sessionOver() {
  over = true;
  // Beside this page: what is typed on it stays, and is sent from here afterwards.
  const link = piece('a', root.dataset.over, 'more');
  link.href = root.dataset.login;
  link.target = '_blank';
  link.rel = 'noopener';
  root.replaceChildren(link);
  root.classList.add('late');
  root.hidden = false;
  said.textContent = root.dataset.over;
}

function lookedAtAgain() {
  if (over && document.visibilityState === 'visible') {
    over = false; // perhaps logged in again meanwhile; else the answer says so once more
    since = '';
  }
  ask();
}

async function ask() {
  if (over || document.visibilityState !== 'visible') return;
  try {
    const answer = await fetch(`${root.dataset.news}?since=${encodeURIComponent(since)}`, { credentials: 'same-origin', headers: { 'X-By-Itself': '1' } });
    if (answer.status === 401) {
      sessionOver();
    } else if (answer.status === 200) {
      const news = await answer.json();
      since = news.stamp;
      show(news);
      root.dataset.asked = '1';
      document.dispatchEvent(new CustomEvent('lg:news', { detail: news }));
    }
  } catch (e) { /* the line is away for a moment: asked again */ }
}

if (root) {
  showSound();
  sound.addEventListener('click', () => {
    if (!ringOnClick) keep('lg-mute', muted() ? '0' : '1');
    showSound();
  });
  for (const act of ['pointerdown', 'keydown']) document.addEventListener(act, allowSound);
  document.addEventListener('visibilitychange', lookedAtAgain);
  window.setInterval(ask, EVERY_MS);
  window.setInterval(() => { if (!over) tick(); }, 1000);
  ask();
}

// On a phone a row of filters goes beyond the edge: the one that is on is brought into sight.
for (const one of document.querySelectorAll('.tabs [aria-current]')) {
  one.parentElement.scrollLeft = one.offsetLeft - one.parentElement.offsetLeft - 16;
}
