#!/usr/bin/env python3
"""The judge of HTMLReader: the words that a reader sees of HTML pages, by html5lib (lxml for well-formed XHTML).

html_words.py FOLDER: prints a JSON object, path -> words, for each .html file below the folder. What Parlance leaves out
on purpose (navigation, tables of contents, hidden parts, section numbers) is left out here too, on the judge's tree.
"""

import json
import os
import re
import sys

import html5lib
from lxml import etree

HIDDEN = set(
    "audio button canvas datalist footer head iframe map math nav noembed noframes noscript object script select style svg "
    "template textarea title video".split()
)
CLASSES = set(
    "breadcrumb breadcrumbs contents headerlink list-of-equations list-of-examples list-of-figures list-of-tables nav "
    "navbar navfooter navheader navigation related sphinxsidebar toc".split()
)
BLOCKS = set(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li listing main menu ol p plaintext pre search section summary table "
    "tbody td tfoot th thead tr ul xmp".split()
)


def name_of(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else None


def is_left_out(element):
    name = name_of(element)
    if name is None or name in HIDDEN or element.get("hidden") is not None:
        return True
    if element.get("role") == "navigation" or element.get("aria-hidden") == "true":
        return True
    if element.get("id") in ("toc", "footer", "TOC"):
        return True
    return name != "body" and bool(CLASSES & set((element.get("class") or "").split()))


def collect(element, out):
    name = name_of(element)
    if is_left_out(element):
        if name in BLOCKS or name in ("nav", "footer"):
            out.append(" ")
        return
    if re.fullmatch("h[1-6]", name):
        heading = []
        for part in element.itertext():
            heading.append(part)
        text = " ".join("".join(heading).split())
        out.append(" " + re.sub(r"^\d[\d.]*\.[\d.]* ", "", text) + " ")
        return
    if name in BLOCKS:
        out.append(" ")
    out.append(element.text or "")
    for child in element:
        collect(child, out)
        out.append(child.tail or "")
    if name in BLOCKS:
        out.append(" ")


def words(data):
    if data.startswith(b"<?xml"):
        parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, recover=True, huge_tree=True)
        root = etree.fromstring(data, parser)
        body = [element for element in root.iter() if name_of(element) == "body"][0]
    else:
        tree = html5lib.parse(data, treebuilder="lxml", namespaceHTMLElements=False, transport_encoding="utf-8")
        body = tree.getroot().find("body")
    out = []
    collect(body, out)
    return re.findall(r"\w+", "".join(out).replace("\xad", ""))


def main():
    sys.setrecursionlimit(10000)
    found = {}
    for folder, _, files in os.walk(sys.argv[1]):
        for file in files:
            if file.endswith(".html"):
                path = os.path.join(folder, file)
                if not os.path.islink(path):
                    with open(path, "rb") as page:
                        found[os.path.relpath(path, sys.argv[1])] = words(page.read())
    json.dump(found, sys.stdout)


main()
