// Keeps the training page current while something is under way: progress in place, its rooms anew when the state changes.
const EVERY_MS = 2000;
// Asked by the page, not by a person: no session lives on by it.
const BY_ITSELF = { redirect: "error", headers: { "X-By-Itself": "1" } };
const room = () => document.querySelector(".trainroom");

async function look() {
  try {
    const answer = await fetch(room().dataset.state, BY_ITSELF);
    if (answer.status === 401) {
      location.assign(location.pathname); // the session is over: the way in, and back here
      return;
    }
    if (answer.ok) {
      const state = await answer.json();
      if (state.version === room().dataset.version) show(state);
      else await renew();
    }
  } catch {
    // The line to the service is down for a moment: asked again.
  }
  goOn();
}

async function renew() {
  const answer = await fetch(location.pathname, BY_ITSELF);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const anew = page.querySelector(".trainroom");
  if (!anew) return;
  anew.classList.add("scripted");
  room().replaceWith(anew);
}

function show(state) {
  const bar = room().querySelector("progress");
  if (!bar || state.share === null) return;
  bar.value = state.share;
  for (const name of ["share", "step", "left"]) {
    const place = document.getElementById(name);
    if (place && state[name] !== "" && place.textContent !== String(state[name])) place.textContent = state[name];
  }
}

function goOn() {
  if ("live" in room().dataset) setTimeout(look, EVERY_MS);
}

if (room()) {
  room().classList.add("scripted");
  goOn();
}
