"""Writes porter.tsv: words and their stems by Snowball's implementation of Porter's published algorithm.

Usage: make_porter.py TEXT... > porter.tsv, with the package snowballstemmer (judge: 3.x, algorithm "porter"). Every tenth of
the distinct words of three letters and more is kept.
"""
import re
import sys

import snowballstemmer

words = set()
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        words.update(word for word in re.findall(r"[a-z]+", file.read().lower()) if len(word) > 2)
stemmer = snowballstemmer.stemmer("porter")
for word in sorted(words)[::10]:
    print(word, stemmer.stemWord(word), sep="\t")
