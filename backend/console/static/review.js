// The conversation page, quicker: words chosen with the mouse fill the form in, keys go from turn to turn.
const pattern = document.getElementById("fixer");
const turns = [...document.querySelectorAll("li[data-turn]")];
let panel = null;
let asked = 0;

/** Where a point of the page lies in the words: hidden stretches count as a whole. */
function place(node, offset, words, end) {
  if (!words.contains(node)) return -1;
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  let piece = element.closest("[data-s]");
  if (!piece) {
    const all = [...words.querySelectorAll("[data-s]")];
    const range = document.createRange();
    range.setStart(node, offset);
    piece = all.find((one) => range.comparePoint(one, 0) >= 0);
    if (end) return piece ? Number(piece.dataset.s) : Number(all[all.length - 1].dataset.e);
    return piece ? Number(piece.dataset.s) : -1;
  }
  const first = Number(piece.dataset.s), last = Number(piece.dataset.e);
  // A sign without a picture stands there as its number: such a stretch counts as a whole, too.
  if ("atom" in piece.dataset || piece.querySelector(".mark, br") || node.nodeType !== Node.TEXT_NODE) return end ? last : first;
  // The database counts characters, the browser halves of some.
  return Math.min(last, first + [...node.data.slice(0, offset)].length);
}

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const from = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
  const words = from.closest("[data-said] [data-words]");
  if (!words) return null;
  const start = place(range.startContainer, range.startOffset, words, false);
  let end = place(range.endContainer, range.endOffset, words, true);
  if (end < 0) end = Number([...words.querySelectorAll("[data-s]")].pop().dataset.e);
  return start >= 0 && end > start ? { turn: words.closest("[data-turn]"), start, end, words: selection.toString() } : null;
}

function version(turn) {
  const link = turn.querySelector("[data-fix]");
  return link ? link.dataset.version : "0";
}

/** Open the forms under a turn. `what`: {start, end, words} or an existing value {number, entity, start, end, words}. */
function open(turn, what = {}) {
  if (turn.hasAttribute("data-inline")) return fill(document.querySelector("form[data-value]"), what);
  if (!pattern || !turn.querySelector("[data-fix]")) return null;
  if (panel) panel.remove();
  panel = document.createElement("div");
  panel.className = "panel";
  panel.append(pattern.content.cloneNode(true));
  for (const form of panel.querySelectorAll("form")) {
    form.action = form.getAttribute("action").replace("/turns/0/", `/turns/${turn.dataset.turn}/`);
    form.elements.version.value = version(turn);
  }
  turn.append(panel);
  const close = panel.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => { panel.remove(); panel = null; turn.focus(); });
  const form = panel.querySelector("form[data-value]");
  fill(form, what);
  watch(form);
  wishes(panel.querySelector("form[data-intent]"), turn);
  mark(turn);
  panel.scrollIntoView({ block: "nearest" });
  return form;
}

function fill(form, what) {
  if (!form) return null;
  for (const name of ["number", "start", "end"]) form.elements[name].value = what[name] ?? "";
  if (what.words !== undefined) form.elements.words.value = what.words;
  if (what.entity) form.elements.entity.value = what.entity;
  form.querySelector("[data-remove]").hidden = what.number === undefined;
  choose(form);
  look(form);
  return form;
}

/** What the person wanted: found by a word of it, the likeliest by the words of the turn one press away. */
function wishes(form, turn) {
  const select = form.elements.intent, options = [...select.options].filter((one) => one.dataset.words);
  const find = form.querySelector("[data-find]");
  find.hidden = false;
  find.querySelector("input").addEventListener("input", (event) => {
    const asked = event.target.value.trim().toLowerCase();
    const found = asked && options.find((one) => `${one.textContent} ${one.dataset.words}`.toLowerCase().includes(asked));
    select.value = found ? found.value : "";
  });
  const said = turn.querySelector("[data-words]"), row = form.querySelector("[data-likely]");
  const likely = options.filter((one) => said && one.dataset.words.split(" ").some((word) => said.textContent.includes(word)));
  for (const one of likely.slice(0, 4)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = one.textContent.split("：")[0];
    button.title = one.textContent;
    button.addEventListener("click", () => { select.value = one.value; form.requestSubmit(); });
    row.append(button);
  }
  row.hidden = !likely.length;
}

/** A value out of a list is chosen, not typed. `kept`: what stands there was sent once and stays, whatever it is. */
function choose(form, kept = false) {
  const input = form.querySelector("input[name=value]") || form.querySelector("input[data-typed]");
  const list = document.getElementById(`values-${form.elements.entity.value}`);
  let select = form.querySelector("select[data-choices]");
  if (select) select.remove();
  input.hidden = false;
  input.name = "value";
  input.removeAttribute("data-typed");
  if (!list) return;
  select = document.createElement("select");
  select.name = "value";
  select.dataset.choices = "";
  select.setAttribute("aria-label", input.parentElement.firstChild.textContent);
  select.append(new Option(input.placeholder, ""), ...[...list.options].map((one) => new Option(one.textContent, one.value)));
  input.hidden = true;
  input.removeAttribute("name");
  input.dataset.typed = "";
  const typed = input.value.trim();
  const same = [...select.options].find((one) => one.value === typed || one.text === typed);
  if (same) select.value = same.value;
  else if (typed && kept) select.append(new Option(typed, typed, true, true));
  input.after(select);
  select.addEventListener("change", () => look(form));
}

/** Ask what this would change, and say it before it is done. */
async function look(form) {
  const told = form.querySelector("[data-told]");
  const what = new FormData(form);
  const mine = ++asked;
  if (!what.get("entity") || (what.get("start") === "" && !what.get("words") && what.get("number") === "")) return told.replaceChildren();
  for (const name of [...what.keys()]) if (name.startsWith("ledger-") || name === "shown") what.delete(name);
  const answer = await fetch(form.action.replace(/value$/, "outlook"), { method: "POST", body: new URLSearchParams(what), redirect: "manual" }).catch(() => null);
  if (mine !== asked || !answer || !answer.ok) return null;
  const found = await answer.json();
  told.replaceChildren();
  const line = (text, kind) => { const p = document.createElement("p"); p.textContent = text; p.className = kind; told.append(p); };
  if (found.problem) return line(found.problem, "wrong");
  if (found.value) line(`→ ${found.value}`, "value");
  found.ledger.forEach((one, number) => {
    const label = document.createElement("label"), box = document.createElement("input"), span = document.createElement("span");
    label.className = "tick";
    box.type = "checkbox"; box.name = `ledger-${number}`; box.value = one.key; box.checked = one.sure;
    span.textContent = one.words;
    if (one.doubt) { const small = document.createElement("small"); small.textContent = ` ${one.doubt}`; span.append(small); }
    label.append(box, span);
    told.append(label);
  });
  const shown = document.createElement("input");
  shown.type = "hidden"; shown.name = "shown"; shown.value = "1";
  told.append(shown);
  return null;
}

function watch(form) {
  if (!form || form.dataset.watched) return;
  form.dataset.watched = "1";
  let timer = 0;
  form.elements.entity.addEventListener("change", () => { choose(form); look(form); });
  form.addEventListener("input", (event) => {
    if (event.target.name === "words") { form.elements.start.value = form.elements.end.value = ""; }
    if (event.target.type === "text") { clearTimeout(timer); timer = setTimeout(() => look(form), 300); }
  });
}

// -- mouse and touch -------------------------------------------------------------------------------------------------
function afterChoosing() {
  const found = chosen();
  if (found) {
    const form = open(found.turn, found);
    if (form) form.elements.entity.focus({ preventScroll: true });
  }
}
document.addEventListener("mouseup", () => setTimeout(afterChoosing, 0));
document.addEventListener("touchend", () => setTimeout(afterChoosing, 350));

function edit(turn, chip) {
  const words = [...turn.querySelectorAll("[data-words] [data-s]")]
    .filter((one) => Number(one.dataset.s) >= Number(chip.dataset.start) && Number(one.dataset.e) <= Number(chip.dataset.end))
    .map((one) => one.textContent).join("");
  const placed = Number(chip.dataset.start) >= 0;
  const form = open(turn, { number: chip.dataset.edit, entity: chip.dataset.entity, words,
    start: placed ? chip.dataset.start : "", end: placed ? chip.dataset.end : "" });
  if (form) form.elements.entity.focus({ preventScroll: true });
  return form;
}

document.addEventListener("click", (event) => {
  const turn = event.target.closest("[data-turn]");
  if (!turn) return;
  const chip = event.target.closest("a[data-edit]");
  if (chip) { if (edit(turn, chip)) event.preventDefault(); return; }
  const value = event.target.closest("mark[data-n]");
  if (value && getSelection().isCollapsed) {
    const same = turn.querySelector(`a[data-edit="${value.dataset.n}"]`);
    if (same) edit(turn, same);
    return;
  }
  if (event.target.closest("[data-fix]") && open(turn)) { event.preventDefault(); panel.querySelector("input[name=words]").focus(); }
});

// -- keys ------------------------------------------------------------------------------------------------------------
let here = -1;
function mark(turn) {
  for (const one of turns) one.classList.toggle("here", one === turn);
  here = turns.indexOf(turn);
}
function go(step) {
  if (!turns.length) return;
  here = Math.max(0, Math.min(turns.length - 1, here + step));
  mark(turns[here]);
  turns[here].focus({ preventScroll: true });
  turns[here].scrollIntoView({ block: "center" });
}
const help = document.getElementById("keyhelp");
const helpButton = document.querySelector("[data-help]");
if (help && helpButton) {
  helpButton.hidden = false;
  helpButton.addEventListener("click", () => help.showModal());
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !turns.length || event.target.closest("input, select, textarea, dialog")) {
    if (event.key === "Escape" && panel) { const turn = panel.parentElement; panel.remove(); panel = null; turn.focus(); }
    return;
  }
  const turn = turns[here];
  const press = (name) => { const form = turn && turn.querySelector(`form[${name}]`); if (form) form.requestSubmit(); };
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "r") press("data-right");
  else if (event.key === "u") press("data-undo");
  else if (event.key === "e" && turn) { const form = open(turn, chosen() || {}); if (form) form.elements.words.focus(); }
  else if (event.key === "i" && turn) { if (open(turn)) panel.querySelector("[data-find] input").focus(); }
  else if (event.key === "?" && help) help.showModal();
  else return;
  event.preventDefault();
});

// After a step the next turn to be looked at is at hand.
const back = location.hash && document.querySelector(location.hash.replace(/[^#\w-]/g, ""));
if (back && turns.includes(back)) mark(back.classList.contains("looked") ? turns.slice(turns.indexOf(back)).find((one) => one.classList.contains("unlooked")) || back : back);
else { const first = turns.find((one) => one.classList.contains("unlooked")); if (first) mark(first); }
for (const form of document.querySelectorAll("main > section form[data-value]")) { watch(form); choose(form, true); }
for (const form of document.querySelectorAll("main > section form[data-intent]")) wishes(form, document.querySelector("[data-inline]"));
const printer = document.querySelector(".printing .watermark");
if (printer) print();
