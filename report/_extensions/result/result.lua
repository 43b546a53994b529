-- {{< result ID >}} prints a recorded result and links it to the cell that computed it.
-- An id that no notebook recorded fails the render.

local results

local function load()
  results = {}
  local folder = pandoc.path.join({ quarto.project.directory or ".", "results" })
  for _, name in ipairs(pandoc.system.list_directory(folder)) do
    if name:match("%.json$") then
      local stream = assert(io.open(pandoc.path.join({ folder, name })))
      local document = pandoc.json.decode(stream:read("a"), false)
      stream:close()
      for _, entry in ipairs(document.results) do
        entry.notebook = document.notebook
        results[entry.id] = entry
      end
    end
  end
end

return {
  ["result"] = function(args)
    if not results then load() end
    local id = pandoc.utils.stringify(args[1] or "")
    local found = results[id]
    if not found then
      error("no notebook recorded a result " .. id)
    end
    if not quarto.doc.is_format("html") then
      return pandoc.Str(found.text)
    end
    local url = "_executed/" .. found.notebook .. "-preview.html#" .. found.cell
    local title = id .. "; notebook " .. found.notebook .. ", cell " .. found.cell
    local attributes = {
      ["data-result"] = id,
      ["data-notebook"] = found.notebook,
      ["data-cell"] = found.cell,
    }
    return pandoc.Link({ pandoc.Str(found.text) }, url, title, pandoc.Attr("", { "result" }, attributes))
  end,
}
