// What every page of the report adds to itself. Without it the page is complete, only quieter.

// -- where a number comes from: a card on hover and on focus (WCAG 1.4.13) ------------------------

function provenance() {
  const block = document.getElementById("provenance");
  if (!block && !beside.has("provenance")) return;
  // A long page's cards wait beside it until the first one is asked for.
  const told = async () => JSON.parse(block?.textContent ?? (await beside.load("provenance"))[0]);
  let data = null;
  let broken = false;
  const card = document.createElement("div");
  card.id = "provenance-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  // Inside the text, for all of a page lies in one of its landmarks.
  document.querySelector("main").append(card);
  let shownFor = null;
  let wanted = null;
  let leaving = 0;
  let tapped = null;

  function fill(lines, byFinger) {
    const list = document.createElement("dl");
    let before = "";
    for (const [term, text] of lines) {
      const name = document.createElement("dt");
      name.textContent = term;
      const said = document.createElement("dd");
      said.textContent = text;
      list.append(...(term === before ? [] : [name]), said);
      before = term;
    }
    const hint = document.createElement("p");
    hint.textContent = byFinger ? "Tap the number again to open its notebook cell." : "The number is a link to its notebook cell.";
    card.replaceChildren(list, hint);
  }

  function place(link) {
    // A number may go on in the next line: the card stands below its last part, or above its first.
    const boxes = [...link.getClientRects()];
    const [first, last] = [boxes[0], boxes[boxes.length - 1]];
    const width = document.documentElement.clientWidth;
    const below = last.bottom + 6 + card.offsetHeight < window.innerHeight || first.top < card.offsetHeight + 12;
    const left = Math.max(12, Math.min((below ? last : first).left, width - card.offsetWidth - 12));
    const top = below ? last.bottom + 6 : first.top - card.offsetHeight - 6;
    card.style.left = `${left + window.scrollX}px`;
    card.style.top = `${top + window.scrollY}px`;
  }

  async function show(link) {
    clearTimeout(leaving);
    wanted = link;
    const byFinger = tapped !== null;
    try {
      data ??= await told();
    } catch {
      broken = true;
    }
    const found = data?.cards[link.dataset.number ?? link.dataset.result];
    if (!found || shownFor === link || wanted !== link) return;
    hide();
    shownFor = link;
    fill([...found[0], ...data.shared[found[1]]], byFinger);
    card.hidden = false;
    place(link);
    link.setAttribute("aria-describedby", card.id);
  }

  function hide() {
    clearTimeout(leaving);
    shownFor?.removeAttribute("aria-describedby");
    shownFor = wanted = null;
    card.hidden = true;
  }

  // The pointer may wander from the number onto its card without losing it.
  const hideSoon = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => document.activeElement === shownFor || hide(), 300);
  };
  document.querySelectorAll("a.result").forEach((link) => link.removeAttribute("title"));
  // Heard by the document, for a table that sorts makes its cells anew.
  function hear(kind, act) {
    document.addEventListener(kind, (event) => {
      const link = event.target.closest?.("a.result");
      if (link && !link.contains(event.relatedTarget)) act(link, event);
    });
  }
  hear("pointerover", (link, event) => event.pointerType === "touch" || show(link));
  hear("pointerout", (link, event) => event.pointerType === "touch" || hideSoon());
  hear("focusin", show);
  hear("focusout", hide);
  // A finger cannot hover: its first tap shows the card, the second one follows the link.
  hear("pointerdown", (link, event) => {
    tapped = event.pointerType === "touch" && shownFor !== link && !broken ? link : null;
  });
  hear("click", (link, event) => {
    if (tapped !== link || event.detail === 0) return; // 0: by the keyboard
    event.preventDefault();
    show(link);
    tapped = null;
  });
  document.addEventListener("pointerdown", (event) => {
    if (shownFor && !shownFor.contains(event.target) && !card.contains(event.target)) hide();
  });
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", hideSoon);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

// -- the table of contents follows the text -------------------------------------------------------

function contents() {
  const details = document.getElementById("toc");
  if (!details) return;
  const links = [...details.querySelectorAll("a[href^='#']")];
  const parts = links.map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]);
  const narrow = window.matchMedia("(max-width: 60rem)");
  const fold = () => { details.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
  details.addEventListener("click", (event) => {
    if (narrow.matches && event.target.closest("a")) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (!narrow.matches || event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
  });

  let waiting = false;
  function follow() {
    waiting = false;
    const line = window.innerHeight / 4;
    const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 2;
    const passed = parts.filter(([, part]) => part && (atEnd || part.getBoundingClientRect().top < line));
    const seen = passed.length ? passed[passed.length - 1][0] : null;
    for (const link of links) {
      if (link === seen) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    const frame = details.parentElement;
    if (seen && !narrow.matches) {
      const middle = seen.offsetTop - frame.clientHeight / 2;
      if (Math.abs(frame.scrollTop - middle) > frame.clientHeight / 3) frame.scrollTop = middle;
    }
  }
  const later = () => { if (!waiting) { waiting = true; requestAnimationFrame(follow); } };
  window.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", later);
  follow();
}

// -- what is wider than the page scrolls in a frame that the keyboard reaches ---------------------

function frames() {
  function label(frame, number) {
    const figure = frame.closest("figure, .cell");
    const words = frame.matches("pre") ? null : figure?.querySelector("figcaption, .cell-caption");
    const name = frame.matches("pre") ? "Code or output" : "Figure";
    return frame.getAttribute("aria-label") ?? words?.textContent.trim() ?? `${name} ${number}`;
  }
  function judge(frame) {
    // What is folded away has no size, so nothing is observed of it before it is unfolded.
    if (!frame.checkVisibility() || frame.scrollWidth > frame.clientWidth + 1) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", frame.dataset.label);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    }
  }
  // The style lets an edge fade beyond which there is more.
  function more(frame) {
    const left = frame.scrollWidth - frame.clientWidth - frame.scrollLeft;
    frame.classList.toggle("more-start", frame.scrollLeft > 1);
    frame.classList.toggle("more-end", left > 1);
  }
  const watcher = new ResizeObserver((entries) => entries.forEach(({ target }) => { judge(target); more(target); }));
  [...document.querySelectorAll(".table-scroll, .drawing, pre")].forEach((frame, index) => {
    frame.dataset.label = label(frame, index + 1);
    judge(frame);
    watcher.observe(frame);
    frame.addEventListener("scroll", () => more(frame), { passive: true });
  });
}

provenance();
contents();
frames();
