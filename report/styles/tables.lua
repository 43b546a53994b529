-- Tables of the page: header cells that name their scope, and a frame that scrolls by itself.

-- What stands, unseen, in a corner that has no heading of its own.
local corner = "Row"
-- The name of a table without caption; no two frames of a page may bear the same name.
local nameless = "Table"
-- A cell of at most so many characters is kept on one line (SHORT in case_review/rendering/columns.py).
local short = 14
-- What indents the label of a row, and the deepest indent that the style knows.
local em, deepest = utf8.char(0x2003), 3
local names = {}

local function text(cell)
  return pandoc.utils.stringify(cell.contents)
end

local function empty(cell)
  return not text(cell):match("%S")
end

-- Equations, such as `n = 84`, stay on one line.
local function unbroken(inlines)
  for place, each in ipairs(inlines) do
    if each.t == "Str" and each.text == "=" then
      for _, beside in ipairs({ place - 1, place + 1 }) do
        if inlines[beside] and inlines[beside].t == "Space" then inlines[beside] = pandoc.Str("\u{a0}") end
      end
    end
  end
  return inlines
end

local function head(cell)
  cell.attributes.scope = "col"
  cell.contents = cell.contents:walk({ Inlines = unbroken })
  if empty(cell) then
    local hidden = pandoc.Span({ pandoc.Str(corner) }, pandoc.Attr("", { "visually-hidden" }))
    cell.contents = { pandoc.Plain({ hidden }) }
  end
end

-- The label of a row is indented by a class: a line may break after a blank, but not after that.
local function indent(cell)
  local block = cell.contents[1]
  local first = block and block.content and block.content[1]
  local depth = 0
  while first and first.t == "Str" and first.text:sub(1, #em) == em do
    first.text = first.text:sub(#em + 1)
    depth = depth + 1
  end
  if depth > 0 then
    block.content[1] = first
    cell.contents[1] = block
    cell.classes:insert("indent-" .. math.min(depth, deepest))
  end
end

-- Whether a row is a heading: bold text in the first cell, nothing in the others.
local function opens_block(row)
  local block = row.cells[1].contents[1]
  local first = block and block.content and block.content[1]
  if not first or first.t ~= "Strong" or #row.cells == 1 then return false end
  for place = 2, #row.cells do
    if not empty(row.cells[place]) then return false end
  end
  return true
end

-- Whether a cell of the body takes several columns or rows: no column holds just row headings then.
local function spans(found)
  for _, body in ipairs(found.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        if cell.col_span > 1 or cell.row_span > 1 then return true end
      end
    end
  end
  return false
end

function Table(found)
  local headed = not spans(found)
  for _, row in ipairs(found.head.rows) do
    for _, cell in ipairs(row.cells) do head(cell) end
  end
  local shared = false
  for _, spec in ipairs(found.colspecs) do shared = shared or spec[2] ~= nil end
  -- A body is cut before each row that opens a block; first cells become row headings.
  local groups = pandoc.List({})
  for _, body in ipairs(found.bodies) do
    local group
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        -- The widths of the columns leave room for them.
        if shared and utf8.len(text(cell)) <= short then cell.classes:insert("short") end
      end
      if headed then indent(row.cells[1]) end
      local opens = headed and opens_block(row)
      if opens or not group then
        group = { attr = pandoc.Attr(), body = pandoc.List({}), head = pandoc.List({}) }
        group.row_head_columns = headed and 1 or 0
        groups:insert(group)
      end
      if headed and not empty(row.cells[1]) then
        row.cells[1].attributes.scope = opens and "rowgroup" or "row"
      end
      group.body:insert(row)
    end
  end
  found.bodies = groups
  local name = pandoc.utils.stringify(found.caption.long)
  if name == "" then name = nameless end
  names[name] = (names[name] or 0) + 1
  if names[name] > 1 then name = name .. " " .. names[name] end
  -- The role makes the name count; the index lets the keyboard scroll. The script takes both away
  -- from a table that fits.
  local region = { { "role", "region" }, { "tabindex", "0" }, { "aria-label", name } }
  return pandoc.Div({ found }, pandoc.Attr("", { "table-scroll" }, region))
end
