// Quicker ways through the ledgers; every page does its job without them.
const form = document.querySelector("table.ledger")?.closest("form");
if (form) {
  const boxes = [...form.querySelectorAll('input[name="pick"]')];
  const told = form.querySelector("[data-picked]");
  let last = null;
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (told) { told.hidden = !ticked; told.textContent = ticked ? `✓ ${ticked}` : ""; }
  };
  boxes.forEach((box, at) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, at), Math.max(last, at)];
      boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    last = at;
    count();
  }));
  count();
}

// An act on many goes on by itself; where somebody else is at it, it looks again after a while.
const goesOn = document.querySelector("form[data-go-on]");
if (goesOn) setTimeout(() => goesOn.requestSubmit(), Number(goesOn.dataset.goOn));

// One key per step where a page names them: data-key="n". Never while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("a, button[data-now]")) wanted.click();
  else wanted.focus();
});
