// A survival figure that shows or hides groups and the bands of one of them, and can be read off at any time.
// The drawing as printed stays the default, and what is printed. Its data and the library that draws
// it are loaded when somebody asks for it.

const percent = (share) => (share === null || share === undefined ? "not estimable" : `${(100 * share).toFixed(1)}%`);

const between = (low, high) => (low === null || low === undefined ? "not estimable" : `${percent(low)} to ${percent(high)}`);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A short piece of a group's line, for its check box.
function sample(group) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "line");
  const looks = { x1: 0, x2: 34, y1: 6, y2: 6, stroke: group.colour, "stroke-width": 3, "stroke-dasharray": group.dash[1] ? group.dash.join(" ") : "none" };
  for (const [key, value] of Object.entries(looks)) line.setAttribute(key, value);
  for (const [key, value] of Object.entries({ width: 34, height: 12, "aria-hidden": "true" })) svg.setAttribute(key, value);
  svg.append(line);
  return svg;
}

// The last step of a group's curve at or before a week. Behind the last patient nothing is estimable,
// unless all have responded.
function reading(rows, group, week) {
  const own = rows.filter((row) => row.group === group.key);
  const last = own[own.length - 1];
  if (week > last.time + 1e-6 && last.proportion < 1) return { at_risk: 0 };
  return own.filter((row) => row.time <= week + 1e-6).pop();
}

// The Vega-Lite chart of the curves up to week `end`; its signals are `shown`, `bands` and `week`.
// The axis of time runs and is marked as in the drawing. Rows over many data sets have a second band
// within the first. Bands are those of one group, `bands`: where several lie upon one another, their
// colours mix, and none can be told apart.
function chartOf({ groups, titles, look, scale, ticks }, end, twoBands) {
  const keys = groups.map((group) => group.key);
  const scaled = (range) => ({ field: "group", type: "nominal", legend: null, scale: { domain: keys, range } });
  const color = scaled(groups.map((group) => group.colour));
  const strokeDash = scaled(groups.map((group) => group.dash));
  const weeks = (field) => ({
    field,
    type: "quantitative",
    title: titles.x,
    scale: { type: scale === "square-root" ? "sqrt" : "linear", domain: [0, end], nice: false },
    axis: { grid: false, ...(ticks.length ? { values: ticks } : { tickCount: 10 }), labelOverlap: "greedy", labelSeparation: 6 },
  });
  const share = (field) => ({
    field,
    type: "quantitative",
    title: titles.y,
    scale: { domain: [0, 1] },
    axis: { format: "%", values: [0, 0.25, 0.5, 0.75, 1] },
  });
  const layer = (mark, encoding, ...transform) => ({
    data: { name: mark.type === "area" ? "areas" : "curves" },
    transform: [{ filter: "indexof(shown, datum.group) >= 0" }, ...transform],
    mark,
    encoding,
  });
  const curve = { x: weeks("time"), y: share("proportion"), color };
  const outlined = { type: "area", interpolate: "step-after", clip: true, fillOpacity: 0.15, strokeWidth: 1, strokeOpacity: 0.55 };
  const band = (low, high) => layer(outlined, {
    x: weeks("time"),
    y: share(low),
    y2: { field: high },
    color,
    stroke: color,
    detail: { field: "stretch" },
  }, { filter: "datum.group === bands" });
  const ruler = {
    data: { values: [{}] },
    transform: [{ calculate: "week", as: "at" }],
    mark: { type: "rule", color: look.grey, strokeDash: [3, 3] },
    encoding: { x: weeks("at") },
  };
  const read = layer(
    { type: "point", filled: true, size: 70, opacity: 1 },
    { x: weeks("at"), y: share("proportion"), color },
    { filter: "datum.time <= week" },
    { aggregate: [{ op: "argmax", field: "time", as: "last" }], groupby: ["group"] },
    { calculate: "datum.last.proportion", as: "proportion" },
    { calculate: "week", as: "at" },
  );
  const axis = { labelFontSize: 13, titleFontSize: 14, titleFontWeight: 400, gridColor: look.light, domainColor: look.grey };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: { font: look.font, background: "transparent", axis },
    width: "container",
    height: 360,
    params: [{ name: "shown", value: keys }, { name: "bands", value: keys[0] }, { name: "week", value: 0 }],
    layer: [
      band("lower", "upper"),
      ...(twoBands ? [band("inner_lower", "inner_upper")] : []),
      ruler,
      layer({ type: "line", interpolate: "step-after", strokeWidth: 2.2 }, { ...curve, strokeDash }),
      layer({ type: "point", shape: "stroke", angle: 90, size: 90 }, curve, { filter: "datum.drop" }),
      read,
    ],
  };
}

// The switch between the drawing as printed and the chart, which is made when it is first wanted.
function switchable(exhibit) {
  const drawing = exhibit.querySelector(".drawing");
  const printed = element("button", { type: "button", "aria-pressed": "true" }, "As printed");
  const alive = element("button", { type: "button", "aria-pressed": "false" }, "Interactive");
  const views = element("div", { class: "switch", role: "group", "aria-label": "View of this figure" }, printed, alive);
  const problem = element("p", { class: "hint", role: "status" });
  drawing.before(element("div", { class: "tools" }, views), problem);
  const load = () => Promise.all([beside.load("vega"), beside.load(exhibit.dataset.survival)]);
  let panel = null;
  let live = false;

  async function choose(wish) {
    live = wish;
    try {
      if (live) {
        const [vegaEmbed, [data]] = await load();
        panel ??= explorable(drawing, JSON.parse(data), vegaEmbed);
      }
      beside.tell(problem);
    } catch (error) {
      live = false;
      beside.tell(problem, error);
    }
    printed.setAttribute("aria-pressed", String(!live));
    alive.setAttribute("aria-pressed", String(live));
    drawing.hidden = live;
    if (panel) panel.hidden = !live;
    if (live) panel.dispatchEvent(new Event("shown"));
  }
  printed.addEventListener("click", () => choose(false));
  alive.addEventListener("click", () => choose(true));
  beside.near(views, load);
}

function explorable(drawing, told, vegaEmbed) {
  const { groups, rows, ends, words } = told;
  const twoBands = "inner_lower" in rows[0];
  const end = Math.max(...rows.map((row) => row.time));
  const start = Math.round(end / 6);
  const shown = new Set(groups.map((group) => group.key));
  let view = null;

  const choices = element("fieldset", {}, element("legend", {}, "Show"));
  for (const group of groups) {
    const box = element("input", { type: "checkbox", value: group.key, checked: "" });
    box.addEventListener("change", () => {
      if (box.checked) shown.add(group.key);
      else shown.delete(group.key);
      update();
    });
    choices.append(element("label", {}, box, sample(group), group.label));
  }
  const bands = element("select", { name: "bands" }, ...groups.map((group) => new Option(group.label, group.key)), new Option("none", ""));
  bands.addEventListener("change", () => update());
  choices.append(element("label", {}, words.bands, bands));

  const slider = element("input", { type: "range", min: 0, max: Math.ceil(end), step: 0.5, value: start });
  const exact = element("input", { type: "number", min: 0, max: Math.ceil(end), step: "any", value: start });
  const body = element("tbody");
  const heads = words.heads.map((name) => element("th", { scope: "col" }, name));
  const readings = element("table", { class: "readings" }, element("caption", { class: "visually-hidden" }, `Read off at the chosen ${told.unit}`), element("thead", {}, element("tr", {}, ...heads)), body);
  const time = element("div", { class: "tools" }, element("label", {}, `Read off at ${told.unit} `, exact), element("label", {}, element("span", { class: "visually-hidden" }, `${told.unit}`), slider));
  const canvas = element("div", { class: "chart", role: "img", "aria-label": "Curves of the groups chosen above; the table below gives their values at the chosen time." });
  const foot = told.foot ? [element("p", { class: "hint" }, told.foot)] : [];
  const card = element("div", { class: "drawing chart-card" }, canvas, ...foot);
  const hint = element("p", { class: "hint" }, "Point at the curves, or set a time, to read them off. The caption below describes the figure as printed.");
  const panel = element("div", { class: "chart-panel" }, element("div", { class: "tools" }, choices), card, hint, time, element("div", { "aria-live": "polite" }, readings));
  panel.hidden = true;
  drawing.after(panel);

  function setWeek(week) {
    const kept = Math.min(Math.max(week, 0), Math.ceil(end));
    slider.value = kept;
    exact.value = Math.round(kept * 100) / 100;
    update();
  }
  slider.addEventListener("input", () => setWeek(Number(slider.value)));
  exact.addEventListener("input", () => {
    if (exact.value === "" || Number.isNaN(Number(exact.value))) return;
    slider.value = exact.value;
    update();
  });

  function update() {
    const week = Number(exact.value) || 0;
    body.replaceChildren(...groups.filter((group) => shown.has(group.key)).map((group) => {
      const step = reading(rows, group, week);
      const limits = between(step.lower, step.upper);
      const told = twoBands ? [between(step.inner_lower, step.inner_upper), limits] : [limits, String(step.at_risk)];
      const cells = [percent(step.proportion), ...told].map((text) => element("td", {}, text));
      return element("tr", {}, element("th", { scope: "row" }, group.label), ...cells);
    }));
    view?.signal("shown", [...shown]).signal("bands", bands.value).signal("week", week).runAsync();
  }

  async function open() {
    // A step holds until the next, so a band goes on to its end, where the next step has no limits.
    const areas = [...rows.filter((row) => "stretch" in row), ...ends];
    const spec = { ...chartOf(told, end, twoBands), datasets: { curves: rows, areas } };
    const options = { mode: "vega-lite", ast: true, renderer: "svg", actions: false, tooltip: false, defaultStyle: false };
    view = (await vegaEmbed(canvas, spec, options)).view;
    // The frame has role and name; what Vega says of every mark only repeats the table.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    view.addEventListener("pointermove", (event) => {
      const left = canvas.querySelector("svg").getBoundingClientRect().left + view.origin()[0];
      setWeek(Math.round(view.scale("x").invert(event.clientX - left) * 10) / 10);
    });
    update();
  }

  // Only what is shown has a width that the chart can take.
  panel.addEventListener("shown", open, { once: true });
  update();
  return panel;
}

document.querySelectorAll("[data-survival]").forEach(switchable);
