"""Puts the page's files into Swift, so that the program needs no folder beside it: make-page.py [--check]

Sources/SearchService/Page/Assets/ is what people edit; PageFiles.swift beside it is made from it and committed, and
`make lint` checks that it is current.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "Sources/SearchService/Page")
TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def swift():
    parts = [
        "// Made by Scripts/make-page.py of Assets/; edit those.\n// swift-format-ignore-file\n\n"
        "/// The page's files.\nenum PageFiles {\n  /// Name, media type, contents.\n"
        "  static let all: [(name: String, type: String, text: String)] = [\n"
    ]
    for name in sorted(os.listdir(os.path.join(PAGE, "Assets"))):
        with open(os.path.join(PAGE, "Assets", name), encoding="utf-8") as file:
            text = file.read()
        if '"""##' in text:
            sys.exit(f"{name} holds the end of a Swift string")
        parts.append(f'    ("{name}", "{TYPES[os.path.splitext(name)[1]]}", ##"""\n{text}\n"""##),\n')
    parts.append("  ]\n}\n")
    return "".join(parts)


def main():
    path = os.path.join(PAGE, "PageFiles.swift")
    made = swift()
    if sys.argv[1:] == ["--check"]:
        with open(path, encoding="utf-8") as file:
            if file.read() != made:
                sys.exit("PageFiles.swift is not made of Assets/; run python3 Scripts/make-page.py")
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(made)


if __name__ == "__main__":
    main()
