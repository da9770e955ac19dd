// Keeps the training page current while something is under way: progress in place, a new page when the state changes.
const room = document.querySelector(".trainroom");
const EVERY_MS = 2000;

async function look() {
  try {
    const answer = await fetch(room.dataset.state, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) {
      const state = await answer.json();
      if (state.version !== room.dataset.version) {
        location.assign(location.pathname);
        return;
      }
      show(state);
    }
  } catch {
    // The line to the service is down, or the session is over: the page stays as it is and asks again.
  }
  setTimeout(look, EVERY_MS);
}

function show(state) {
  const bar = room.querySelector("progress");
  if (!bar || state.share === null) return;
  bar.value = state.share;
  for (const name of ["share", "step", "left"]) {
    const place = document.getElementById(name);
    if (place && state[name] !== "" && place.textContent !== String(state[name])) place.textContent = state[name];
  }
}

if (room) {
  room.classList.add("scripted");
  if ("live" in room.dataset) setTimeout(look, EVERY_MS);
}
