// The handset: texts, calls and the three steps to try. All of it talks to /phone/api on its own origin.
import { STRINGS } from "./strings.js";
import { forget, showNext } from "./guide.js";
import { canSpeak, haveNetworkVoice, hush, onVoicesChanged, play, recogniser, speak, tone } from "./sound.js";

const $ = (id) => document.getElementById(id);
const kept = (name, value) => {
  try {
    if (value !== undefined) localStorage.setItem(`linggong.${name}`, value);
    return localStorage.getItem(`linggong.${name}`);
  } catch { return null; } // Private windows may forbid storage; the page works without it.
};
const state = {
  language: kept("language") === "en" ? "en" : "zh", number: "", lastText: 0, call: null, lastEvent: 0, ended: true, began: 0,
  hurry: 0, legs: [], underWay: new Map(), acting: false, glosses: new Map(), people: [], ringing: null, generation: 0,
};
const t = (key) => STRINGS[state.language][key] || STRINGS.zh[key] || key;

async function api(path, body, method = "POST") {
  const options = body === undefined ? {} : {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try { answer = await fetch(`/phone/api${path}`, options); } catch { trouble(t("away")); throw new Error("away"); }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) { trouble(data.detail || t("away")); throw new Error(String(answer.status)); }
  trouble("");
  return data;
}
function trouble(words) { $("trouble").textContent = words; $("trouble").hidden = !words; }
const handset = () => `/handsets/${encodeURIComponent(state.number)}`;

// Page language and gloss --------------------------------------------------------------------------------------------
function translate() {
  document.documentElement.lang = state.language === "en" ? "en" : "zh-CN";
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-en-only]")) element.hidden = state.language !== "en" && !$("gloss").checked;
  $("page-language").textContent = state.language === "en" ? "中文" : "English";
  $("page-language").lang = state.language === "en" ? "zh-CN" : "en";
  $("body").placeholder = t("bodyHint");
  $("words").placeholder = t("wordsHint");
  $("captions").dataset.hint = t("captionsHint");
  for (const chip of document.querySelectorAll("[data-en]")) chip.dataset.gloss = $("gloss").checked ? chip.dataset.en : "";
  showNext();
  listPeople();
  showWho();
  showCallState();
}
async function addGloss(item, kind, key, tries = 3) {
  item.dataset.glossKind = kind;
  item.dataset.glossKey = key;
  if (!$("gloss").checked || item.querySelector(".gloss")) return;
  const cached = `${kind} ${key}`;
  if (!state.glosses.has(cached)) {
    state.glosses.set(cached, api(`/gloss?kind=${kind}&id=${encodeURIComponent(key)}`).then((data) => data.gloss, () => null));
  }
  const english = await state.glosses.get(cached);
  if (!english) {
    // A text can be on the handset a moment before the service has written down that it went out.
    state.glosses.delete(cached);
    if (tries > 1) setTimeout(() => addGloss(item, kind, key, tries - 1), 1500);
    return;
  }
  if (!$("gloss").checked || item.querySelector(".gloss")) return;
  const line = document.createElement("span");
  line.className = "gloss";
  line.lang = "en";
  line.textContent = english;
  item.insertBefore(line, item.querySelector("small")); // The time stays last.
  toEnd(item.parentElement);
}
function showGlosses() {
  kept("gloss", $("gloss").checked ? "1" : "");
  if ($("gloss").checked) {
    for (const item of document.querySelectorAll("[data-gloss-key]")) addGloss(item, item.dataset.glossKind, item.dataset.glossKey);
  } else {
    for (const line of document.querySelectorAll(".gloss")) line.remove();
  }
  translate();
}
function toEnd(list) { list.scrollTop = list.scrollHeight; }

// Who ----------------------------------------------------------------------------------------------------------------
function newcomer(another = false) {
  const saved = kept("newcomer") || state.made;
  if (saved && !another) return saved;
  // +86 100 numbers are issued by no carrier; 09 is left free of the demo's people.
  const number = `+8610009${String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000).padStart(6, "0")}`;
  kept("newcomer", number);
  state.made = number;
  return number;
}
function listPeople() {
  const select = $("person");
  select.replaceChildren(new Option(t("newPerson"), newcomer()));
  for (const person of state.people) {
    const age = person.age ? `${person.age}${state.language === "en" ? " " : ""}${t("years")}` : "";
    const about = [person.village, age].filter(Boolean).join(" · ");
    select.append(new Option(`${person.name}（${t("inventedMark")}）${about}`, person.number));
  }
  if (![...select.options].some((option) => option.value === state.number) && state.number) {
    select.append(new Option(state.number, state.number));
  }
  select.append(new Option(t("anotherNumber"), "another"));
  select.value = state.number || newcomer();
}
function showWho() {
  const person = state.people.find((one) => one.number === state.number);
  $("who-now").textContent = `${person ? person.name : state.number === newcomer() ? t("newPerson") : ""} ${state.number}`;
}
function become(number) {
  if (number === state.number) return;
  if (!state.ended) hangUp();
  state.number = number;
  state.generation += 1;
  state.lastText = 0;
  Object.assign(state, { call: null, ended: true, underWay: new Map() });
  forget();
  $("bubbles").replaceChildren();
  $("captions").replaceChildren();
  $("no-texts").hidden = false;
  kept("number", number);
  listPeople();
  showWho();
  showCallState();
  showHabit();
  pollTexts();
}

// Texts --------------------------------------------------------------------------------------------------------------
const STATUS = { sending: "sending", received: "received", failed: "failed" };
async function send(words) {
  if (!words.trim()) return;
  show("texts");
  await api(`${handset()}/texts`, { body: words });
  state.hurry = Date.now() + 30000;
  pollTexts();
}
function stamp(small, text) {
  const time = new Date(text.created_at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const way = text.direction === "from_handset" ? `${time} · ${t(STATUS[text.status] || "sending")}` : time;
  if (small.textContent !== way) small.textContent = way;
}
function bubble(text) {
  const item = document.createElement("li");
  const mine = text.direction === "from_handset";
  item.className = `bubble ${mine ? "mine" : "theirs"}`;
  item.lang = "zh-CN";
  item.textContent = text.body;
  item.append(document.createElement("small"));
  stamp(item.lastChild, text);
  if (mine) state.underWay.set(text.seq, item.lastChild);
  $("bubbles").append(item);
  if (!mine) {
    addGloss(item, "sms", text.sid);
    if ($("texts").hidden) $("tab-texts").classList.add("news");
  }
}
async function pollTexts() {
  const generation = state.generation;
  // From the first text whose fate is not known yet: its mark changes once the line has it.
  const after = Math.min(state.lastText, ...[...state.underWay.keys()].map((seq) => seq - 1));
  const data = await api(`${handset()}/texts?after=${after}`).catch(() => null);
  if (!data || generation !== state.generation) return;
  let added = false;
  for (const text of data.items) {
    if (text.seq > state.lastText) {
      state.lastText = text.seq;
      $("no-texts").hidden = true;
      bubble(text);
      added = true;
    }
    if (state.underWay.has(text.seq)) {
      stamp(state.underWay.get(text.seq), text);
      if (text.status !== "sending" && text.status !== "queued") state.underWay.delete(text.seq);
    }
  }
  if (added) toEnd($("bubbles"));
}

// Calls --------------------------------------------------------------------------------------------------------------
function showCallState(words) {
  const live = !state.ended;
  $("dial").hidden = live;
  $("hangup").hidden = !live;
  $("silence").hidden = !live;
  $("words").disabled = !live;
  for (const button of document.querySelectorAll("#say button")) button.disabled = !live;
  if (words) $("call-state").textContent = words;
  else if (!live) $("call-state").textContent = state.call ? t("ended") : t("idle");
  if (!live) $("dialling").hidden = true;
}
function caption(words, kind) {
  const item = document.createElement("li");
  item.className = `caption ${kind}`;
  item.textContent = words;
  if (kind !== "note") item.lang = "zh-CN";
  $("captions").append(item);
  toEnd($("captions"));
  return item;
}
// A recording is words too: whoever reads instead of listening gets them (V07).
async function showWords(item, url) {
  const file = new URL(url, location.href).pathname.split("/").pop();
  const { words } = await api(`/words?file=${encodeURIComponent(file)}`).catch(() => ({}));
  if (!words) return;
  item.textContent = `♪ ${words}`;
  item.className = "caption theirs";
  item.lang = "zh-CN";
  addGloss(item, "call", `${state.call} ${words}`);
}
const SHOW = {
  say(event) {
    const item = caption(event.text, "theirs");
    addGloss(item, "call", `${state.call} ${event.text}`);
    if ($("aloud").checked) speak(event.parts, () => item.classList.add("now"), () => item.classList.remove("now"));
  },
  play(event) {
    const item = caption(`♪ ${(event.url || event.keys || "").split("/").pop()}`, "note");
    if (event.url) showWords(item, event.url);
    if (event.url && $("aloud").checked) play(event.url);
  },
  listen(event) { showCallState(t(event.input.includes("speech") ? "listenBoth" : "listenKeys")); },
  heard(event) {
    if (event.digits) caption(`${t("pressed")} ${event.digits}`, "mine");
    else if (event.speech) caption(event.speech, "mine");
    else caption(t("silent"), "note");
  },
  unheard() { caption(t("unheard"), "note"); },
  recorded(event) { caption(event.empty ? t("silent") : `${t("recordedAs")} ${state.spoken || ""}`.trim(), event.empty ? "note" : "mine"); },
  record() { caption(t("recording"), "note"); showCallState(t("recording")); },
  dial(event) {
    state.legs = event.legs || [];
    $("dialled-number").textContent = event.numbers.join("、");
    $("dialling").hidden = !state.legs.length;
    showCallState(`${t("dialling")}…`);
    toEnd($("captions")); // The box above the keys has taken some of their room.
  },
  dial_result(event) {
    $("dialling").hidden = true;
    const words = { answered: "bridged", "no-answer": "noAnswer", busy: "busy" }[event.status];
    if (words) caption(t(words), "note");
    if (event.status === "answered") showCallState(t("bridged"));
  },
  bridged(event) { caption(event.from === "caller" ? event.text : `${t("other")}：${event.text}`, event.from === "caller" ? "mine" : "theirs"); },
  answered() { showCallState(t("talking")); },
  error(event) { caption(`${t("lineError")} ${event.code}`, "note"); },
};
function absorb(call) {
  if (call.sid !== state.call) return;
  for (const event of call.events) {
    if (event.seq <= state.lastEvent) continue;
    state.lastEvent = event.seq;
    if (SHOW[event.kind]) SHOW[event.kind](event);
  }
  if (call.ended && !state.ended) {
    state.ended = true;
    state.hurry = Date.now() + 30000; // The spoken summary often follows as a text (V20).
    showCallState();
  }
}
async function begin(path, body) {
  hush();
  $("captions").replaceChildren();
  Object.assign(state, { call: null, lastEvent: 0, ended: false, legs: [] });
  showCallState(t("ringing"));
  try {
    const call = await api(path, body);
    state.call = call.sid;
    absorb({ ...call, events: path.endsWith("/answer") ? [] : call.events });
    if (path.endsWith("/answer")) pollCall();
  } catch { state.ended = true; showCallState(); }
}
// One deed after the other: keys pressed faster than the line answers are kept, as on a telephone.
let deeds = Promise.resolve();
function act(what, body = {}) {
  hush();
  deeds = deeds.then(() => deed(what, body));
  return deeds;
}
async function deed(what, body) {
  if (!state.call || state.ended) return;
  state.acting = true;
  try {
    await api(`/calls/${state.call}/${what}`, body);
    await pollCall();
  } catch { /* The notice above the screen says what is wrong. */ } finally { state.acting = false; }
}
async function pollCall() {
  if (!state.call) return;
  const call = await api(`/calls/${state.call}/events?after=${state.lastEvent}`).catch(() => null);
  if (call) absorb(call);
}
async function hangUp() {
  hush();
  if (!state.call || state.ended) return;
  await api(`/calls/${state.call}/hangup`, {}).catch(() => null);
  await pollCall();
}
function press(key) {
  tone(key);
  if (!state.ended) act("digits", { digits: key });
}
async function pollIncoming() {
  if (!state.ended) { $("incoming").hidden = true; return; }
  const data = await api(`${handset()}/calls`).catch(() => null);
  const ringing = data && data.items.find((call) => call.status === "ringing" && call.direction !== "inbound");
  state.ringing = ringing ? ringing.sid : null;
  $("incoming").hidden = !ringing;
}

// What the handset does when the line rings it.
async function showHabit() {
  const data = await api(handset()).catch(() => null);
  if (data) $("habit").value = data.answers;
}

// Tabs and buttons ---------------------------------------------------------------------------------------------------
function show(name) {
  for (const one of ["texts", "call"]) {
    const chosen = one === name;
    $(one).hidden = !chosen;
    $(`tab-${one}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${one}`).tabIndex = chosen ? 0 : -1;
    if (chosen) $(`tab-${one}`).classList.remove("news");
  }
}
function wire() {
  for (const name of ["texts", "call"]) {
    $(`tab-${name}`).addEventListener("click", () => show(name));
    $(`tab-${name}`).addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        const other = name === "texts" ? "call" : "texts";
        show(other);
        $(`tab-${other}`).focus();
      }
    });
  }
  const startCall = async () => {
    show("call");
    if (state.ended) await begin(`${handset()}/calls`, { patient: true });
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { text, say, key } = button.dataset;
    if (button.classList.contains("chip")) {
      button.classList.add("done");
      showNext();
      if (window.matchMedia("(max-width: 56rem)").matches) $("handset").scrollIntoView({ block: "start" });
    }
    if (text !== undefined) await send(text).catch(() => null);
    else if (button.id === "dial" || button.dataset.call !== undefined) await startCall();
    else if (say !== undefined) { await startCall(); await act("speech", { text: say }); }
    else if (key !== undefined) {
      if (!button.closest("#keypad")) await startCall();
      press(key);
    }
  });
  $("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = $("body").value;
    send(words).then(() => { if ($("body").value === words) $("body").value = ""; }, () => null);
  });
  $("body").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("compose").requestSubmit(); }
  });
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = $("words").value.trim();
    if (!words) return;
    $("words").value = "";
    state.spoken = words;
    act("speech", { text: words });
  });
  $("silence").addEventListener("click", () => act("silence"));
  $("hangup").addEventListener("click", hangUp);
  $("answer").addEventListener("click", () => { show("call"); $("incoming").hidden = true; begin(`/calls/${state.ringing}/answer`, {}); });
  $("decline").addEventListener("click", () => { $("incoming").hidden = true; api(`/calls/${state.ringing}/decline`, {}).catch(() => null); });
  $("leg-answer").addEventListener("click", () => api(`/calls/${state.legs[0]}/answer`, {}).then(pollCall, () => null));
  $("leg-decline").addEventListener("click", () => api(`/calls/${state.legs[0]}/decline`, {}).then(pollCall, () => null));
  $("page-language").addEventListener("click", () => {
    state.language = state.language === "en" ? "zh" : "en";
    kept("language", state.language);
    if (state.language === "en" && !$("gloss").checked) $("gloss").checked = true;
    showGlosses();
  });
  $("gloss").addEventListener("change", showGlosses);
  $("aloud").addEventListener("change", () => { if (!$("aloud").checked) hush(); showVoiceNote(); });
  $("person").addEventListener("change", () => become($("person").value === "another" ? newcomer(true) : $("person").value));
  $("habit").addEventListener("change", () => api(handset(), { answers: $("habit").value }, "PUT").catch(showHabit));
  $("use-number").addEventListener("click", () => {
    const typed = $("number").value.replace(/[\s-]/g, "");
    const number = /^1\d{10}$/.test(typed) ? `+86${typed}` : typed;
    const right = /^\+[1-9]\d{6,14}$/.test(number);
    $("number-help").textContent = right ? `${t("nowUse")} ${number}` : t("badNumber");
    if (right) become(number);
  });
  const recognition = recogniser((words) => act("speech", { text: words }), () => $("mic").setAttribute("aria-pressed", "false"));
  if (recognition) {
    $("mic").hidden = false;
    $("mic").addEventListener("click", () => {
      hush();
      $("mic").setAttribute("aria-pressed", "true");
      try { recognition.start(); } catch { recognition.stop(); }
    });
  }
}
// Closing the page puts the receiver down.
window.addEventListener("pagehide", () => {
  if (!state.call || state.ended) return;
  fetch(`/phone/api/calls/${state.call}/hangup`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: "{}", keepalive: true,
  });
});
function showVoiceNote() { $("voice-note").hidden = !$("aloud").checked || canSpeak(); }

// The clock: often while something is expected, seldom otherwise -----------------------------------------------------
async function tick() {
  if (!document.hidden) {
    $("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    await pollTexts();
    if (state.ended) await pollIncoming();
    else if (!state.acting) await pollCall();
  }
  const soon = !state.ended || Date.now() < state.hurry;
  setTimeout(tick, document.hidden ? 4000 : soon ? 700 : 2500);
}

async function main() {
  $("gloss").checked = kept("gloss") === "1" || state.language === "en";
  wire();
  haveNetworkVoice(Boolean((await api("/line").catch(() => ({}))).voice));
  state.people = (await api("/people").catch(() => ({ items: [] }))).items;
  become(kept("number") || newcomer());
  translate();
  onVoicesChanged(showVoiceNote);
  showVoiceNote();
  tick();
}
main();
