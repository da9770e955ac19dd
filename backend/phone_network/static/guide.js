// What to do next: the first chip of the three steps that has not been tapped, offered again on the handset itself.
const chips = () => [...document.querySelectorAll(".steps .chip")];

export function showNext() {
  const next = chips().find((chip) => !chip.classList.contains("done"));
  const bar = document.getElementById("next");
  bar.hidden = !next;
  if (!next) return;
  const button = document.getElementById("next-chip");
  button.textContent = next.textContent;
  button.lang = next.dataset.text || next.dataset.say ? "zh-CN" : document.documentElement.lang;
  button.onclick = () => next.click();
}

// Somebody else begins at the first step again.
export function forget() {
  for (const chip of chips()) chip.classList.remove("done");
  showNext();
}
