// Makes stepping in quicker; everything works without it: how long a text is, quick replies to be changed first, a call's state.

// As backend/domain/sms_text.py counts: one part up to 70 UTF-16 units, else 67 per part; a JavaScript string counts them so.
const ROOM_FOR_SIGNATURE = 12;
const parts = (units) => (units <= 70 ? 1 : Math.ceil(units / 67));

for (const area of document.querySelectorAll("textarea[data-count=sms]")) {
  const told = document.querySelector(`[data-count-of="${area.id}"]`);
  if (!told) continue;
  const count = () => {
    const units = area.value.trim().length;
    told.textContent = told.dataset.words.replace("{n}", units).replace("{s}", parts(units + ROOM_FOR_SIGNATURE));
    told.hidden = units === 0;
    told.classList.toggle("over", units > Number(area.dataset.most));
  };
  area.addEventListener("input", count);
  count();
}

for (const form of document.querySelectorAll("form[data-quick]")) {
  const area = document.getElementById(form.dataset.quick);
  if (!area) continue;
  const button = form.querySelector("button");
  button.textContent = button.dataset.fill;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    area.value = form.elements.text.value;
    area.dispatchEvent(new Event("input"));
    area.focus();
  });
}
