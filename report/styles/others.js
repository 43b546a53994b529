// An exhibit of one data set among many that agree with the print: pages through others. Without it,
// and in print, the report's own is shown.

function pager(exhibit, templates) {
  const main = exhibit.querySelector(":scope > figure > .drawing, :scope > .table-scroll");
  const figure = main.matches(".drawing");
  const name = exhibit.querySelector("caption strong, figcaption strong")?.textContent.replace(/:$/, "") ?? "the exhibit";
  const tools = document.createElement("div");
  tools.className = "tools others";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", `Data set shown in ${name}`);
  const words = document.createElement("span");
  words.textContent = "One of many data sets that agree with the print. Show:";
  const choices = document.createElement("div");
  choices.className = "switch";
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  let other = null;

  function made(number) {
    const frame = document.createElement("div");
    frame.className = figure ? "drawing other-set" : "other-set";
    frame.append(templates[number - 1].content.cloneNode(true));
    const caption = main.querySelector("caption");
    if (caption) frame.querySelector("table").prepend(caption.cloneNode(true));
    return frame;
  }

  // As those of the page: reached by the keyboard only where it scrolls.
  function reach(frame, number) {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    if (wide) frame.tabIndex = 0; else frame.removeAttribute("tabindex");
    if (wide) frame.setAttribute("role", "region"); else frame.removeAttribute("role");
    if (wide) frame.setAttribute("aria-label", `${name}, data set ${number} of ${templates.length} others`); else frame.removeAttribute("aria-label");
  }

  function show(number) {
    other?.remove();
    other = number ? made(number) : null;
    // Of a table its notes and what operates it go with it.
    const own = figure ? [main] : exhibit.querySelectorAll(":scope > :is(.table-scroll, .exhibit-notes, .tools:not(.others))");
    own.forEach((part) => { part.hidden = number > 0; });
    if (other) {
      main.before(other);
      reach(figure ? other : other.querySelector(".table-scroll"), number);
    }
    [...choices.children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === number)));
    status.textContent = number ? `Data set ${number} of ${templates.length} others is shown.` : "This report's data set is shown.";
  }

  for (let number = 0; number <= templates.length; number += 1) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = number ? String(number) : "this report's";
    button.setAttribute("aria-pressed", String(number === 0));
    button.addEventListener("click", () => show(number));
    choices.append(button);
  }
  tools.append(words, choices, status);
  exhibit.querySelector(":scope > .exhibit-sources").before(tools);
}

for (const exhibit of document.querySelectorAll(".exhibit")) {
  const templates = [...exhibit.querySelectorAll(":scope > template")];
  if (templates.length) pager(exhibit, templates);
}
