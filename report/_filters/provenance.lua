-- Adds the footer, and outside HTML the table "Where the numbers come from". What they say is
-- written by case_review.rendering.quarto, which names the file in the metadata.

local function row(cells)
  local made = {}
  for index, text in ipairs(cells) do
    made[index] = { pandoc.Plain({ pandoc.Str(text) }) }
  end
  return made
end

function Pandoc(doc)
  local path = doc.meta["case-review-provenance"]
  if not path then return doc end
  local stream = io.open(pandoc.utils.stringify(path))
  if not stream then error("the provenance file cannot be read") end
  local found = pandoc.json.decode(stream:read("a"), false)
  stream:close()
  doc.meta["case-review-provenance"] = nil
  if not FORMAT:match("html") and #found.results > 0 then
    local rows = {}
    for index, cells in ipairs(found.results) do rows[index] = row(cells) end
    local columns = { "Result", "As shown", "Notebook and cell", "Data files (SHA-256)" }
    local left = pandoc.AlignLeft
    local made = pandoc.SimpleTable({}, { left, left, left, left }, { 0.3, 0.2, 0.25, 0.25 },
      row(columns), rows)
    doc.blocks:insert(pandoc.Header(1, "Where the numbers come from"))
    doc.blocks:insert(pandoc.utils.from_simple_table(made))
  end
  doc.blocks:insert(pandoc.Header(1, "About this document"))
  for _, sentence in ipairs(found.footer) do
    doc.blocks:insert(pandoc.Para({ pandoc.Str(sentence) }))
  end
  return doc
end
