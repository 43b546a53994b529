// A table that can be searched, filtered and sorted. A browser can do all of it, so no library is
// needed. In print, and without scripts, all rows are there as they were.

// A cell as it reads: a superscript, say, is not looked for by its tags. What a number rests on is no
// part of it.
function plain(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".standing").forEach((mark) => mark.remove());
  return copy.textContent.trim();
}

// What a cell is sorted by: an amount by its size (a time in days), words as they are.
const days = { hour: 1 / 24, day: 1, week: 7, month: 30.4375, year: 365.25 };
function sortedBy(text) {
  const [, number, high, unit] = text.match(/^(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))?(?:\s+([a-z]+?)s?\b.*)?$/) ?? [];
  if (number === undefined) return text;
  return Number(number) * (days[unit] ?? 1) + Number(high ?? 0) / 1e6;
}

// Amounts before words; what is not reported comes last, in whichever direction.
const missing = (text) => text === "" || text === "–";
function compared(one, other, down) {
  if (missing(one) || missing(other)) return missing(one) - missing(other);
  const [a, b] = [sortedBy(one), sortedBy(other)];
  const order = typeof a !== typeof b ? (typeof a === "number" ? -1 : 1) : typeof a === "number" ? a - b : a.localeCompare(b, "en");
  return down ? -order : order;
}

// A column gets a list of choices if few values repeat in it.
function choices(values) {
  const found = [...new Set(values)];
  return found.length > 1 && found.length <= Math.min(8, values.length / 2) ? found.filter(Boolean).sort() : [];
}

function operable(table) {
  const frame = table.closest(".table-scroll");
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies].flatMap((body) => [...body.rows].map((row) => ({ row, body, texts: [...row.cells].map(plain) })));
  const tools = document.createElement("div");
  tools.className = "tools";
  tools.setAttribute("role", "search");
  tools.setAttribute("aria-label", frame.getAttribute("aria-label") ?? "the table");
  const count = document.createElement("span");
  count.className = "count";
  count.setAttribute("role", "status");
  const none = table.createTBody();
  none.className = "none";
  none.insertRow().insertCell().append("No row fits.");
  none.rows[0].cells[0].colSpan = heads.length;

  function labelled(words, control) {
    const label = document.createElement("label");
    label.append(`${words} `, control);
    tools.append(label);
    return control;
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    let left = 0;
    for (const { row, texts } of rows) {
      const text = texts.join(" ").toLowerCase();
      const fits = wanted.every((word) => text.includes(word)) && selects.every(([place, select]) => !select.value || texts[place] === select.value);
      row.hidden = !fits;
      left += fits;
    }
    none.hidden = left > 0;
    count.textContent = `${left} of ${rows.length} rows`;
  }

  // By a column, or, without one, as the table was.
  function sort(column, down) {
    const sorted = column === undefined ? rows : [...rows].sort((a, b) => compared(a.texts[column], b.texts[column], down));
    sorted.forEach(({ row, body }) => body.append(row));
    heads.forEach((head, place) => {
      if (place === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  const search = labelled("Search", document.createElement("input"));
  search.type = "search";
  search.addEventListener("input", filter);
  const selects = [];
  heads.forEach((head, place) => {
    const words = head.textContent.trim();
    const values = choices(rows.map(({ texts }) => texts[place]));
    if (values.length) {
      const select = labelled(words, document.createElement("select"));
      select.append(new Option("all", ""), ...values.map((value) => new Option(value, value)));
      select.addEventListener("change", filter);
      selects.push([place, select]);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      if (now === "descending") sort();
      else sort(place, now === "ascending");
    });
    head.append(button);
  });
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "Show all";
  clear.addEventListener("click", () => {
    search.value = "";
    selects.forEach(([, select]) => { select.value = ""; });
    filter();
    sort();
  });
  tools.append(clear, count);
  filter();
  frame.before(tools);
}

document.querySelectorAll("table.interactive-table").forEach(operable);
