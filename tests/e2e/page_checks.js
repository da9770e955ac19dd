() => {
  // What is wrong with the page as it stands, as sentences; an empty list is a good page.
  // Rules: WCAG 2.2 AA 1.1.1, 1.3.1, 1.4.3, 1.4.10, 2.4.2, 2.5.8, 3.1.1, 4.1.2.
  const wrong = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) return false;
    return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  };
  const unseen = (element) => element.closest(".unseen, .sr, .skip, [aria-hidden=true]");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const what = (element) => `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""}> "${element.textContent.trim().slice(0, 30)}"`;

  if (!document.documentElement.lang) wrong.push("the page names no language");
  if (!document.title.trim()) wrong.push("the page has no title");
  if (document.scrollingElement.scrollWidth > document.documentElement.clientWidth) {
    const wide = all("body *").filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    wrong.push(`the page is ${document.scrollingElement.scrollWidth} px wide, the screen ${document.documentElement.clientWidth}: ${wide.slice(0, 3).map(what).join(", ")}`);
  }
  const seen = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (seen.has(id)) wrong.push(`two elements have the id ${id}`);
    seen.add(id);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) wrong.push(`${what(image)} has no alternative text`);

  const named = (element) => element.getAttribute("aria-label") || (element.getAttribute("aria-labelledby") || "").split(" ")
    .map((id) => document.getElementById(id)?.textContent || "").join("").trim() || element.textContent.trim() || element.title;
  for (const field of all("input:not([type=hidden]), select, textarea")) {
    const label = [...(field.labels || [])].map((one) => one.textContent.trim()).join("") || field.getAttribute("aria-label");
    if (!label) wrong.push(`${what(field)} name=${field.name} has no label`);
  }
  for (const control of all("button, a[href], summary")) if (!named(control)) wrong.push(`${what(control)} has no name`);
  for (const control of all("button, summary, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])")) {
    const box = control.getBoundingClientRect();
    if (!unseen(control) && (box.height < 24 || box.width < 24)) wrong.push(`${what(control)} is only ${Math.round(box.width)}×${Math.round(box.height)} px`);
  }

  const headings = all("h1, h2, h3, h4");
  if (headings.filter((one) => one.tagName === "H1").length !== 1) wrong.push("there is not exactly one h1");
  let last = 0;
  for (const heading of [...document.querySelectorAll("h1, h2, h3, h4")].filter((one) => shown(one) || one.matches(".sr, .unseen"))) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) wrong.push(`${what(heading)} skips a heading level`);
    last = level;
  }

  // Contrast of text against what is painted behind it (1.4.3); text over pictures does not occur here.
  const colour = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1,
  });
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const layer = colour(getComputedStyle(one).backgroundColor);
      layers.push(layer);
      if (layer.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const light = ({ r, g, b }) => {
    const [red, green, blue] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const element of all("body *")) {
    if (unseen(element) || element.closest(":disabled, svg, option")) continue;
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    const style = getComputedStyle(element);
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
    const back = behind(element);
    const ink = colour(style.color);
    const front = over({ ...ink, a: ink.a * opacity }, back);
    const [bright, dark] = [light(front), light(back)].sort((a, b) => b - a);
    const ratio = (bright + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`${what(element)} has a contrast of ${ratio.toFixed(2)}`);
  }
  return wrong;
}
