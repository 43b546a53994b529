-- Adds what case_review.rendering.quarto hands over: below each exhibit of the page a line with what
-- lies behind it, and at the end the footer or, outside HTML, "Where the numbers come from".
-- Where Quarto is started by hand nothing was handed over, and the manuscript is rendered as it is.

local html = FORMAT:match("html") ~= nil
local typst = FORMAT == "typst"
local folder = quarto.project.directory or "."

local function content(name)
  local stream = io.open(pandoc.path.join({ folder, name }), "rb")
  if not stream then return nil end
  local text = stream:read("a")
  stream:close()
  return text
end

local text = content("_case-review.json")
local handed = text and pandoc.json.decode(text, false)

local function blocks(tree)
  return pandoc.read(tree, "json").blocks
end

-- Word shows SVG only through a converter that may be missing; the notebooks also drew each as PNG.
local function drawn(image)
  local label = image.src:match("%-(fig%-[%w%-]+)%-output%-%d+%.svg$")
  local file = label and "exhibits/" .. label .. ".png"
  if file and content(file) then
    image.src = file
    image.attributes.width, image.attributes.height = "100%", nil
    return image
  end
end

-- Columns as wide as their words need, with the shares that every renderer uses.
local function fitted(widths)
  return function(found)
    if #widths == #found.colspecs or #widths == 0 then
      for place, spec in ipairs(found.colspecs) do
        found.colspecs[place] = { spec[1], widths[place] }
      end
      return found
    end
  end
end

local function raw(text)
  return pandoc.RawBlock("typst", text)
end

-- The content within a function of styles/quarto.typ.
local function within(name, content)
  local made = pandoc.Blocks({ raw("#" .. name .. "[") })
  made:extend(content)
  made:insert(raw("]"))
  return made
end

-- Give the labels of the rows a hanging indent, one step deeper than their own.
local function hanging(found)
  for _, body in ipairs(found.bodies) do
    for _, row in ipairs(body.body) do
      local first = row.cells[1].contents[1]
      if first and first.t == "Plain" then
        local depth = 0
        for _, code in utf8.codes(pandoc.utils.stringify(first)) do
          if code ~= 0x2003 then break end
          depth = depth + 1
        end
        first.content:insert(1, pandoc.RawInline("typst", "#row-label(" .. depth .. ")["))
        first.content:insert(pandoc.RawInline("typst", "]"))
        row.cells[1].contents[1] = first
      end
    end
  end
  return found
end

-- Let each number lead to its cell, as those of the prose do.
local function linked(numbers)
  return function(found)
    local rows = pandoc.List({})
    for _, body in ipairs(found.bodies) do rows:extend(body.body) end
    for _, number in ipairs(numbers) do
      local shown = rows[number.row].cells[number.column].contents[1]
      if shown and pandoc.utils.stringify(shown) ~= "" then
        local attributes = pandoc.Attr("", { "result" }, { { "data-number", number.key } })
        shown.content = { pandoc.Link(shown.content, number.url, number.title, attributes) }
      end
    end
    return found
  end
end

-- Quarto wraps an embedded cell in a Div that names the notebook by its absolute path.
local function embedded(div)
  if not div.classes:includes("quarto-embed-nb-cell") then return nil end
  local label = (div.attributes["notebook-cellId"] or ""):gsub("^cell%-", "")
  div.attributes = {}
  if not handed then return div end
  local widths = handed.columns[label] or {}
  div = div:walk({ Table = fitted(widths) })
  if typst then
    div = div:walk({ Table = hanging })
    if #widths > 0 then div.content = within("wide", div.content) end
  end
  if html and handed.numbers[label] then div = div:walk({ Table = linked(handed.numbers[label]) }) end
  if html and handed.sources[label] then div.content:extend(blocks(handed.sources[label])) end
  return div
end

-- The frames that styles/quarto.css draws for the page: their style in Word, a function in Typst.
local function framed(div)
  for _, class in ipairs(div.classes) do
    local style = handed.frames[class]
    if style then
      local name = class == "small" and "small" or "framed"
      if typst then div.content = within(name, div.content) else div.attributes["custom-style"] = style end
      return div
    end
  end
end

local function ending(doc)
  if html then
    doc.blocks:insert(pandoc.Div(blocks(handed.foot), pandoc.Attr("", { "report-footer" })))
  else
    local last = pandoc.Blocks(blocks(handed["end"]))
    if typst then last = last:walk({ Table = function(found) return within("wide", { found }) end }) end
    doc.blocks:extend(last)
  end
  return doc
end

local filters = { { Div = embedded } }
if FORMAT == "docx" then table.insert(filters, { Image = drawn }) end
if handed then table.insert(filters, { Pandoc = ending }) end
if handed and (typst or FORMAT == "docx") then table.insert(filters, { Div = framed }) end
return filters
