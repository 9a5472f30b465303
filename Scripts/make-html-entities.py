#!/usr/bin/env python3
"""Writes the table of HTML's named character references from Python's copy of the standard's list (html.entities)."""
import html.entities
names = html.entities.html5
items = []
for name in sorted(names):
    points = ",".join(f"{ord(c):X}" for c in names[name])
    items.append(f"{name}={points}")
lines = []
line = ""
for item in items:
    if len(line) + len(item) + 1 > 112:
        lines.append(line)
        line = ""
    line += item + " "
lines.append(line)
print('''/// The standard's named character references, 2,231 of them; those without a semicolon are the old ones that need none.
///
/// Made by Scripts/make-html-entities.py; `name=code points`, in order of the names.
enum HTMLEntityList {
  static let text = """''')
print(" \\\n".join("    " + line.rstrip() for line in lines))
print('    """\n}')
