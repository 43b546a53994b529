-- Run by Quarto before it renders: says what to type where what the manuscript shows is not there.

local function files(folder, ending)
  local found = {}
  local there, names = pcall(pandoc.system.list_directory, folder)
  for _, name in ipairs(there and names or {}) do
    if name:sub(-#ending) == ending then found[#found + 1] = name end
  end
  table.sort(found)
  return found
end

local function text(path)
  local stream = assert(io.open(path, "rb"))
  local content = stream:read("a")
  stream:close()
  return content
end

local function refuse(what)
  io.stderr:write('Type "make notebooks" first: ' .. what .. "\n")
  os.exit(1)
end

local executed, recorded = {}, {}
for _, name in ipairs(files("_executed", ".ipynb")) do
  local failed = name:match("^(.*)%.failed%.ipynb$")
  if failed then refuse("notebook " .. failed .. " has failed") end
  executed[name] = true
end
for _, name in ipairs(files("results", ".json")) do
  for id in text("results/" .. name):gmatch('"id": *"([^"]+)"') do recorded[id] = true end
end
for _, name in ipairs(files("../notebooks", ".ipynb")) do
  if not executed[name] then refuse("report/_executed/" .. name .. " is missing") end
end
for id in text("index.qmd"):gmatch("{{< result ([^%s]+) >}}") do
  if not recorded[id] then refuse("no notebook has recorded " .. id) end
end
