// A table that can be searched, filtered and sorted. Needs window.DataTable.

// A cell as it reads: a superscript, say, is not looked for by its tags. What a number rests on is no
// part of it.
const standing = /<sup [^>]*class="standing"[^>]*>[^<]*<\/sup>/g;
const plain = (cell) => String(cell).replace(standing, "").replace(/<[^>]*>/g, "").trim();

// A column gets a list of choices if few values repeat in it.
function choices(column, rows) {
  const values = [...new Set(column.data().toArray().map(plain))];
  return values.length > 1 && values.length <= Math.min(8, rows / 2) ? values.filter(Boolean).sort() : [];
}

// What a cell is sorted by: an amount by its size (a time in days); `missing` for a dash.
const days = { hour: 1 / 24, day: 1, week: 7, month: 30.4375, year: 365.25 };
function sortedBy(cell, missing) {
  const text = plain(cell);
  if (text === "–") return missing;
  const [, number, high, unit] = text.match(/^(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))?(?:\s+([a-z]+?)s?\b.*)?$/) ?? [];
  if (number === undefined) return text;
  return Number(number) * (days[unit] ?? 1) + Number(high ?? 0) / 1e6;
}

function operable(table) {
  const frame = table.closest(".table-scroll");
  const name = frame.getAttribute("aria-label") ?? "the table";
  // What is not reported comes last, in columns of amounts and of words.
  const last = [...table.tHead.rows[0].cells].map((_, column) =>
    [...table.tBodies[0].rows].every((row) => typeof sortedBy(row.cells[column].innerHTML, 0) === "number") ? Number.MAX_VALUE : "\uffff");
  const read = (cell, kind, row, place) => {
    if (kind === "filter") return plain(cell);
    return kind === "sort" || kind === "type" ? sortedBy(cell, last[place.col]) : cell;
  };
  const data = new window.DataTable(table, {
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    columnDefs: [{ targets: "_all", render: read }],
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
    language: { zeroRecords: "No row fits." },
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  tools.setAttribute("role", "search");
  tools.setAttribute("aria-label", name);
  const count = document.createElement("span");
  count.className = "count";
  count.setAttribute("role", "status");
  const total = data.rows().count();

  function labelled(words, control) {
    const label = document.createElement("label");
    label.append(`${words} `, control);
    tools.append(label);
    return control;
  }
  const search = labelled("Search", document.createElement("input"));
  search.type = "search";
  search.addEventListener("input", () => data.search(search.value).draw());
  const selects = [];
  for (const column of data.columns().indexes().toArray().map((index) => data.column(index))) {
    const values = choices(column, total);
    if (!values.length) continue;
    const heading = column.header().querySelector(".dt-column-title")?.textContent ?? column.header().textContent;
    const select = labelled(heading.trim(), document.createElement("select"));
    select.append(new Option("all", ""), ...values.map((value) => new Option(value, value)));
    select.addEventListener("change", () => column.search(select.value, { exact: select.value !== "" }).draw());
    selects.push(select);
  }
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "Show all";
  clear.addEventListener("click", () => {
    search.value = "";
    selects.forEach((select) => { select.value = ""; });
    data.search("").columns().search("");
    data.order([]).draw();
  });
  tools.append(clear, count);
  const tell = () => { count.textContent = `${data.rows({ search: "applied" }).count()} of ${total} rows`; };
  data.on("draw", tell);
  tell();
  frame.before(tools);
}

document.querySelectorAll("table.interactive-table").forEach(operable);
