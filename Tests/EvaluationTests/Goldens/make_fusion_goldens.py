"""Writes `fusion.tsv` beside it: two generated rankings and what ranx 0.3.21 fuses of them.

    python3 -m venv v && v/bin/pip install ranx==0.3.21 && v/bin/python Tests/EvaluationTests/Goldens/make_fusion_goldens.py

A line `run NAME PASSAGE SCORE` is an input; `fused METHOD NORMALISATION MISSING PASSAGE SCORE` what comes out, with the
names that `parlance fuse` has. ranx takes a passage that a run lacks for 0, which is what both of our ways come to for
min-max and sum. Inputs have no ranking of equal scores: ranx gives such 0 by min-max, we 1. ranx's zmuv divides by the
standard deviation of the whole ranking, as ours does; its max is not of weighted scores, so weights are 1 there.
"""

import os
import random

from ranx import Run, fuse

HERE = os.path.dirname(os.path.abspath(__file__))
NORMALISATIONS = {"none": None, "min-max": "min-max", "max": "max", "sum": "sum", "z-score": "zmuv"}
WEIGHTS = (1.0, 2.5)


def inputs():
    draw = random.Random(20261126)
    passages = [f"d{i:02}" for i in range(24)]
    first = {passage: round(draw.uniform(3, 30), 4) for passage in draw.sample(passages, 15)}
    second = {passage: round(draw.uniform(0.1, 1), 4) for passage in draw.sample(passages, 12)}
    return first, second


def main():
    first, second = inputs()
    lines = []
    for name, run in (("one", first), ("two", second)):
        lines += [f"run\t{name}\t{passage}\t{score!r}" for passage, score in sorted(run.items())]
    for normalisation, theirs in NORMALISATIONS.items():
        for method in ("sum", "mnz", "max"):
            # Refused: what is below zero falls where it is multiplied.
            if (method, normalisation) == ("mnz", "z-score"):
                continue
            weights = WEIGHTS if method == "sum" else (1.0, 1.0)
            runs = [Run({"q": dict(run)}, name=name) for name, run in (("one", first), ("two", second))]
            name = {"sum": "wsum", "mnz": "mnz", "max": "max"}[method]
            arguments = {"params": {"weights": weights}} if method == "sum" else {}
            fused = fuse(runs=runs, norm=theirs, method=name, **arguments)["q"]
            missing = ["zero", "lowest"] if normalisation in ("min-max", "sum") else ["zero"]
            for way in missing:
                lines += [
                    f"fused\t{method}\t{normalisation}\t{way}\t{passage}\t{float(score)!r}"
                    for passage, score in sorted(fused.items())
                ]
    with open(os.path.join(HERE, "fusion.tsv"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
