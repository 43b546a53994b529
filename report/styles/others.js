// An exhibit of one data set among many that agree with the print: pages through others. Without it,
// and in print, the report's own is shown.

function pager(exhibit) {
  const total = Number(exhibit.dataset.others);
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
  const problem = document.createElement("p");
  problem.className = "hint";
  problem.setAttribute("role", "status");
  let other = null;
  let wanted = 0;

  function made(content) {
    const frame = document.createElement("div");
    frame.className = figure ? "drawing other-set" : "other-set";
    frame.innerHTML = content;
    const caption = main.querySelector("caption");
    if (caption) frame.querySelector("table").prepend(caption.cloneNode(true));
    return frame;
  }

  // As those of the page: reached by the keyboard only where it scrolls.
  function reach(frame, number) {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    if (wide) frame.tabIndex = 0; else frame.removeAttribute("tabindex");
    if (wide) frame.setAttribute("role", "region"); else frame.removeAttribute("role");
    if (wide) frame.setAttribute("aria-label", `${name}, data set ${number} of ${total} others`); else frame.removeAttribute("aria-label");
  }

  async function show(number) {
    wanted = number;
    let contents = [];
    try {
      if (number) contents = await beside.load(`${exhibit.id}-others`);
      beside.tell(problem);
    } catch (error) {
      beside.tell(problem, error);
      number = 0;
    }
    if (number && wanted !== number) return; // another was asked for meanwhile
    other?.remove();
    other = number ? made(contents[number - 1]) : null;
    // Of a table its notes and what operates it go with it.
    const own = figure ? [main] : exhibit.querySelectorAll(":scope > :is(.table-scroll, .exhibit-notes, .tools:not(.others))");
    own.forEach((part) => { part.hidden = number > 0; });
    if (other) {
      main.before(other);
      reach(figure ? other : other.querySelector(".table-scroll"), number);
    }
    [...choices.children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === number)));
    status.textContent = number ? `Data set ${number} of ${total} others is shown.` : "This report's data set is shown.";
  }

  for (let number = 0; number <= total; number += 1) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = number ? String(number) : "this report's";
    button.setAttribute("aria-pressed", String(number === 0));
    button.addEventListener("click", () => show(number));
    choices.append(button);
  }
  tools.append(words, choices, status, problem);
  exhibit.querySelector(":scope > .exhibit-sources").before(tools);
}

document.querySelectorAll(".exhibit[data-others]").forEach(pager);
