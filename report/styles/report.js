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
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", "Where this number comes from");
  card.hidden = true;
  // Inside the text, for all of a page lies in one of its landmarks.
  document.querySelector("main").append(card);
  let shownFor = null;
  let wanted = null;
  let leaving = 0;
  let tapped = null;

  const element = (name, ...content) => {
    const made = document.createElement(name);
    made.append(...content);
    return made;
  };

  function to(words, address) {
    const made = element("a", words);
    made.href = data.up + address;
    // In the order of the page's links the card does not stand; the arrow key leads into it.
    made.tabIndex = -1;
    return made;
  }

  function listed(parts) {
    return parts.flatMap((part, number) => (number ? [", ", part] : [part]));
  }

  // A number as the page shows it, without its mark; of a formula nothing, which is no text.
  function words(link) {
    if (link.querySelector("math")) return "";
    const copy = link.cloneNode(true);
    copy.querySelectorAll("sup.standing").forEach((mark) => mark.remove());
    return copy.textContent.trim();
  }

  // Whether a text shows all numbers of another one, with all their digits.
  function holds(text, other) {
    const numbers = (said) => (said.replace(/(\d),(?=\d{3})/g, "$1").replace(/\u2212/g, "-").match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number);
    const known = numbers(text);
    return known.length > 0 && numbers(other).every((one) => known.includes(one));
  }

  function fill(link, [label, standing, origin, value, range, interval, count], byFinger) {
    const [notebook, cell, functions, files] = data.origins[origin];
    const list = document.createElement("dl");
    const line = (term, ...said) => list.append(element("dt", term), element("dd", ...said));
    const shown = words(link);
    if (shown) line("Value", shown);
    if (range) line("Range", range);
    if (value && range) line("Middle of the sets drawn", value);
    else if (value && !holds(shown, value)) line("Unrounded", value);
    if (interval && value) line(range ? "Outermost limits" : "Interval", interval);
    else if (interval && !holds(shown, interval)) line(range ? "Outermost limits" : "Unrounded", interval);
    if (count) line("n", count);
    if (data.said[standing]) line("Standing", data.said[standing]);
    files.forEach((place, number) => {
      const [words, address, columns, checks, sum] = data.files[place];
      const said = [address ? to(words, address) : words];
      if (columns.length) said.push(": ", ...listed(columns.map(([name, at]) => to(name, at))));
      if (checks) said.push(" · ", to(`checks: ${checks}`, (columns[0] ?? ["", "quality/index.html"])[1]));
      if (sum) said.push(" · ", to("SHA-256", sum));
      line(number ? "" : "Data", ...said);
    });
    line("Cell", to(`${notebook}, ${cell}`, `notebooks/${notebook}.html#${cell}`));
    if (functions.length) line("Code", ...listed(functions.map((place) => to(...data.code[place]))));
    if (link.dataset.result) line("Id", element("code", link.dataset.result));
    const heading = element("p", label);
    heading.className = "card-title";
    const hint = element("p", byFinger ? "Tap the number again to see it where it was computed." : "The number leads to where it was computed; the key ↓ into this card.");
    hint.className = "card-hint";
    card.replaceChildren(heading, list, hint);
  }

  function place(link) {
    // A number may go on in the next line: the card stands below its last part, or above its first.
    const boxes = [...link.getClientRects()];
    const [first, last] = [boxes[0], boxes[boxes.length - 1]];
    const width = document.documentElement.clientWidth;
    card.style.maxHeight = "";
    const room = { below: window.innerHeight - last.bottom - 18, above: first.top - 18 };
    const below = card.offsetHeight <= room.below || (card.offsetHeight > room.above && room.below >= room.above);
    // A card that fits nowhere scrolls, rather than cover its number or leave the window.
    card.style.maxHeight = `${Math.max(120, below ? room.below : room.above)}px`;
    if (card.scrollHeight > card.clientHeight) card.tabIndex = 0;
    else card.removeAttribute("tabindex");
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
      broken = true; // what a number's title says stays
      return;
    }
    // The card says more than the titles, which would lie over it.
    document.querySelectorAll("a.result[title]").forEach((each) => each.removeAttribute("title"));
    const [table, at] = link.dataset.result ? ["", link.dataset.result] : link.dataset.number.split(/:(.*)/s);
    const found = data?.cards[table]?.[at];
    if (!found || shownFor === link || wanted !== link) return;
    hide();
    shownFor = link;
    fill(link, found, byFinger);
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
    const isUsed = () => document.activeElement === shownFor || card.contains(document.activeElement);
    leaving = setTimeout(() => isUsed() || hide(), 300);
  };
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
  hear("focusout", (link, event) => card.contains(event.relatedTarget) || hide());
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
  card.addEventListener("focusout", (event) => {
    if (shownFor && !card.contains(event.relatedTarget) && event.relatedTarget !== shownFor) hide();
  });
  // By keyboard: down into the card, there on with Tab, and back to the number.
  document.addEventListener("keydown", (event) => {
    if (!shownFor) return;
    const links = [...card.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const number = shownFor;
    if (event.key === "Escape") {
      if (at >= 0) number.focus();
      hide();
    } else if (event.key === "ArrowDown" && document.activeElement === number) {
      event.preventDefault();
      links[0]?.focus();
    } else if (event.key === "Tab" && at >= 0) {
      const next = links[at + (event.shiftKey ? -1 : 1)];
      if (next || event.shiftKey) event.preventDefault();
      (next ?? number).focus(); // behind the last link the page's next one follows the number
    }
  });
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
  details.parentElement.addEventListener("click", (event) => {
    if (!narrow.matches || !event.target.closest("a")) return;
    details.parentElement.querySelectorAll("details").forEach((list) => { list.open = false; });
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
