"""Documents to keep: PDF by typst with fonts of our own, spreadsheets, and the canonical text they are checked by.

`pdf.render` sets a document, `sheets.xlsx` writes a table. Data goes in as JSON only and is never
formatted into a document's source, so that no name can become an instruction.
"""
