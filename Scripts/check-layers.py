"""Checks the shape of the house: check-layers.py < (swift package dump-package)

1. Every target in Sources/ stands under one of Package.swift's `Layer N` comments, and depends on nothing above itself.
2. A file imports only what its target declares in Package.swift (a shared build folder lets others through by accident).
3. `unsafe` stands only in the rooms that unsafe-rooms.txt names.
"""

import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:\w+\s+)?(\w+)")
# The expression `unsafe f()`; not the attributes @unsafe and nonisolated(unsafe), and not names that end in it.
UNSAFE = re.compile(r"(?<![\w.@(\"`])unsafe\s+[\w(.&\[]")


def layers(manifest):
    """The layer of each target, as the comments of Package.swift give it."""
    found, layer = {}, None
    targets = r'(?:\broom|\.target|\.executableTarget|\.systemLibrary)\(\s*(?:name:\s*)?"(\w+)"'
    for match in re.finditer(r"// Layer (\d+)|// (Tests):|" + targets, manifest):
        number, tests, target = match.groups()
        if target is None:
            layer = None if tests else int(number)
        elif layer is not None:
            found[target] = layer
    return found


def swift_files(folder):
    for path, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(".swift"):
                yield os.path.join(path, name)


def code_lines(path):
    """The lines of a file without comments and without the text of multi-line strings."""
    in_comment = in_string = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if in_string:
                in_string = '"""' not in line
                continue
            if in_comment:
                in_comment = "*/" not in line
                continue
            code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line) if '"""' not in line else line
            code = code.split("//")[0]
            if code.count('"""') == 1:
                in_string = True
            if "/*" in code and "*/" not in code:
                in_comment = True
            yield number, code


def main():
    package = json.load(sys.stdin)
    with open(os.path.join(ROOT, "Package.swift"), encoding="utf-8") as file:
        layer_of = layers(file.read())
    with open(os.path.join(ROOT, "Scripts/unsafe-rooms.txt"), encoding="utf-8") as file:
        unsafe_rooms = [line.split()[0] for line in file if line.strip() and not line.startswith("#")]
    problems = []
    local = {target["name"] for target in package["targets"]}
    for target in package["targets"]:
        name, folder = target["name"], target.get("path") or "Sources/" + target["name"]
        if target["type"] == "test" or folder.startswith("Tests/"):
            continue
        if name not in layer_of:
            problems.append(f"Package.swift: {name} stands under no `Layer N` comment")
            continue
        declared = {(d.get("byName") or d.get("target") or d.get("product"))[0] for d in target["dependencies"]}
        for other in sorted(declared & local):
            if layer_of.get(other, 0) > layer_of[name]:
                problems.append(f"Package.swift: {name} (layer {layer_of[name]}) depends on {other} (layer {layer_of[other]})")
        for path in swift_files(os.path.join(ROOT, folder)):
            short = os.path.relpath(path, ROOT)
            room_is_unsafe = any(short.startswith(room) for room in unsafe_rooms)
            for number, line in code_lines(path):
                imported = IMPORT.match(line)
                if imported and imported[1] in local and imported[1] not in declared:
                    problems.append(f"{short}:{number}: imports {imported[1]}, which {name} does not declare in Package.swift")
                if UNSAFE.search(line) and not room_is_unsafe:
                    problems.append(f"{short}:{number}: `unsafe` outside the rooms of Scripts/unsafe-rooms.txt")
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} against the layers")
    print(f"layers: {len(layer_of)} targets, nothing points up")


if __name__ == "__main__":
    main()
