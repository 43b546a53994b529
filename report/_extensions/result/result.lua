-- {{< result ID >}} prints a recorded result where Quarto is started by hand; make report hands over
-- the manuscript with its results in their places. In HTML a result leads to the cell that computed
-- it. An id that no notebook recorded fails the render.

local results

local function decoded(path)
  local stream = io.open(path, "rb")
  if not stream then return nil end
  local document = pandoc.json.decode(stream:read("a"), false)
  stream:close()
  return document
end

local function load()
  results = {}
  local project = quarto.project.directory or "."
  local folder = pandoc.path.join({ project, "results" })
  for _, name in ipairs(pandoc.system.list_directory(folder)) do
    if name:match("%.json$") then
      local document = decoded(pandoc.path.join({ folder, name }))
      for _, entry in ipairs(document.results) do
        entry.notebook = document.notebook
        results[entry.id] = entry
      end
    end
  end
end

local function words(text)
  local made = pandoc.Inlines({})
  for blank, word in text:gmatch("(%s*)([^%s]+)") do
    if blank ~= "" and #made > 0 then made:insert(pandoc.Space()) end
    made:insert(pandoc.Str(word))
  end
  return made
end

-- What a number rests on, as case_review.values has it.
local marks = { printed = "p", determined = "d", varies = "v" }

-- The text of a number with its mark.
local function marked(found)
  local made = words(found.text)
  local letter = marks[found.standing]
  if not letter then return made end
  if not quarto.doc.is_format("html") then
    made:insert(pandoc.Superscript({ pandoc.Str(letter) }))
    return made
  end
  local element = '<sup class="standing" data-standing="%s" role="img" aria-label="(%s)">%s</sup>'
  made:insert(pandoc.RawInline("html", element:format(found.standing, found.standing, letter)))
  return made
end

-- The row of the notebook's page that shows a number, named as `provenance.anchor` names it.
local function row(id)
  local name = "number-" .. id:gsub("%.", "-")
  return #name <= 40 and name or "number-" .. pandoc.utils.sha1(id):sub(1, 16)
end

local function in_page(id, found)
  local url = "notebooks/" .. found.notebook .. ".html#" .. row(id)
  local title = id .. "; notebook " .. found.notebook .. ", cell " .. found.cell
  -- Not data-notebook: Quarto takes an element with it for an embedded notebook of that name.
  -- A list, for the order of a table's keys differs from run to run.
  local attributes = { { "data-result", id }, { "data-cell", found.cell } }
  local classes = found.standing == "varies" and { "result", "varies" } or { "result" }
  return pandoc.Link(marked(found), url, title, pandoc.Attr("", classes, attributes))
end

return {
  ["result"] = function(args)
    if not results then load() end
    local id = pandoc.utils.stringify(args[1] or "")
    local found = results[id]
    if not found then
      error("no notebook recorded a result " .. id)
    end
    if quarto.doc.is_format("html") then
      return in_page(id, found)
    end
    return marked(found)
  end,
}
