// The wall, kept current in place: no reload, no flicker. Without this script the page turns itself by a plain refresh.
const LOOK_EVERY_MS = 15000;
const list = document.getElementById("list");
const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 700px)");
let per = Number(list.dataset.per), seconds = Number(list.dataset.seconds);
let page = 0, tag = "", held = false, turning = 0;
// The screen's own clock may be wrong by hours; the server's is not.
const ahead = Date.parse(document.body.dataset.now) - Date.now();

const clock = () =>
  new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" })
    .format(new Date(Date.now() + ahead));

function show() {
  const lines = [...list.children];
  const pages = narrow.matches ? 1 : Math.max(1, Math.ceil(lines.length / per));
  page %= pages;
  lines.forEach((line, at) => { line.hidden = pages > 1 && Math.floor(at / per) !== page; });
  list.dataset.lines = Math.min(per, lines.length);
  byId("page").textContent = `${page + 1}/${pages}`;
  byId("page").hidden = pages < 2;
  byId("hold").hidden = pages < 2;
  byId("none").hidden = lines.length > 0;
}

function turn() {
  clearTimeout(turning);
  turning = setTimeout(() => {
    if (!held) {
      page += 1;
      // What was gone has been seen crossed out for a whole turn.
      if (page * per >= list.children.length) [...list.querySelectorAll(".gone")].forEach((line) => line.remove());
      show();
    }
    turn();
  }, seconds * 1000);
}

function take(fresh) {
  const known = new Map([...list.children].map((line) => [line.dataset.id, line]));
  const wanted = [...fresh.children];
  const ids = new Set(wanted.map((line) => line.dataset.id));
  let before = null;
  for (const line of wanted) {
    const old = known.get(line.dataset.id);
    let here = old;
    if (!old) here = document.importNode(line, true);
    else if (old.innerHTML !== line.innerHTML || old.className !== line.className) {
      old.innerHTML = line.innerHTML;
      old.className = line.className;
    }
    const at = before ? before.nextElementSibling : list.firstElementChild;
    if (here !== at) list.insertBefore(here, at);
    before = here;
  }
  for (const [id, line] of known) {
    if (ids.has(id) || line.classList.contains("gone")) continue;
    if (line.classList.contains("full")) line.remove();
    else line.classList.add("gone", "full");
  }
  per = Number(fresh.dataset.per);
  seconds = Number(fresh.dataset.seconds);
  byId("nearby").hidden = fresh.dataset.nearby !== "yes";
  show();
}

async function look() {
  try {
    const answer = await fetch(document.body.dataset.list, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag") || "";
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
      if (fresh) take(fresh);
    } else if (answer.status !== 304) throw new Error(String(answer.status));
    byId("updated").textContent = clock();
    byId("away").hidden = true;
  } catch {
    byId("away").hidden = false; // the last list stays
  }
}

byId("hold").addEventListener("click", () => {
  held = !held;
  byId("hold").setAttribute("aria-pressed", String(held));
  byId("hold").textContent = held ? "接着放" : "停一下";
});
narrow.addEventListener("change", show);
setInterval(() => { byId("clock").textContent = clock(); }, 1000);
setInterval(look, LOOK_EVERY_MS);
addEventListener("online", look);
look();
turn();
