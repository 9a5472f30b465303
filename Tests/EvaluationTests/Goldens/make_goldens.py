"""Writes the goldens beside it with the judges: judgments, a run, and each query's values as trec_eval computes them.

    .deps/judges/bin/python Tests/EvaluationTests/Goldens/make_goldens.py

`qrels.txt` and `run.trec` are a task of few queries with what collections have: tied scores, scores that tie as 32-bit
floats only, gaps, unjudged passages, graded and negative judgments, queries without a relevant passage, queries on one
side only. In `values.tsv` the first line names the queries that both sides have; each further line is a measure and its
value for each of them. trec_eval's own code (pytrec-eval-terrier) gives all but Judged and RR with a cut-off, which it
does not have; those are ir_measures', which is given the ranking in trec_eval's order.
"""

import os
import random

import ir_measures
import numpy
import pytrec_eval

HERE = os.path.dirname(os.path.abspath(__file__))

# Our name of a family, trec_eval's name, cut-offs (None for the whole ranking), whether it takes rel, whether judged_only.
FAMILIES = [
    ("nDCG", "ndcg", [None], False, True),
    ("nDCG", "ndcg_cut", [1, 3, 10, 100], False, True),
    ("R", "recall", [1, 5, 100], True, True),
    ("P", "P", [1, 3, 100], True, True),
    ("RR", "recip_rank", [None], True, True),
    ("AP", "map", [None], True, True),
    ("AP", "map_cut", [5, 100], True, True),
    ("Success", "success", [1, 10], True, True),
    ("Rprec", "Rprec", [None], True, True),
    ("Bpref", "bpref", [None], True, False),
    ("infAP", "infAP", [None], True, False),
    ("SetP", "set_P", [None], True, True),
    ("SetR", "set_recall", [None], True, False),
    ("SetF", "set_F", [None], True, True),
]
OTHERS = ["Judged", "Judged@1", "Judged@5", "Judged@100", "RR@1", "RR@5", "RR(rel=2)@5"]


def task():
    """Judgments {query: {passage: grade}} and a run {query: [(passage, score)]} in the order of its file."""
    draw = random.Random(20261123)
    qrels, run = {}, {}
    for number in range(20):
        query = f"q{number:02}"
        passages = [draw.choice([f"d{i}", f"d0{i}", f"é{i}", f"日本{i}"]) for i in range(draw.randrange(3, 24))]
        grades = [[0, 1], [0, 1, 2, 3, 4], [-2, -1, 0, 1, 2, 3], [0, 0, 0, 0, 1], [-1, 0], [2, 12]][number % 6]
        # Negative grades below -1 make pytrec_eval write out of bounds; trec_eval has one meaning for all of them.
        grades = [max(grade, -1) for grade in grades]
        qrels[query] = {passage: draw.choice(grades) for passage in passages if draw.random() < 0.75}
        qrels[query] |= {f"never{i}": draw.choice(grades) for i in range(draw.randrange(0, 4))}
        style = [
            lambda: round(draw.uniform(-5, 30), 4),
            lambda: float(draw.randrange(3)),
            lambda: 12 + draw.randrange(9) * 1e-7,
            lambda: 0.0,
        ][draw.randrange(4)]
        run[query] = [(passage, style()) for passage in draw.sample(passages, max(1, len(passages) - draw.randrange(6)))]
    # On one side only.
    del run["q18"], qrels["q19"]
    return {query: grades for query, grades in qrels.items() if grades}, run


def measures():
    """(name in our notation, trec_eval's name, lowest relevant grade, whether unjudged passages are left out)"""
    for ours, theirs, cutoffs, takes_rel, takes_judged_only in FAMILIES:
        for cutoff in cutoffs:
            for level in (1, 2) if takes_rel else (1,):
                for judged_only in (False, True) if takes_judged_only else (False,):
                    options = ["rel=2"] * (level == 2) + ["judged_only=True"] * judged_only
                    name = ours + (f"({','.join(options)})" if options else "") + (f"@{cutoff}" if cutoff else "")
                    yield name, theirs + (f"_{cutoff}" if cutoff else ""), level, judged_only


def in_order(ranking):
    """The ranking in trec_eval's order, with scores that no reader takes for ties."""
    order = sorted(ranking, key=lambda entry: entry[0].encode(), reverse=True)
    order.sort(key=lambda entry: -numpy.float32(entry[1]))
    return {passage: float(len(order) - rank) for rank, (passage, _) in enumerate(order)}


def main():
    qrels, run = task()
    with open(os.path.join(HERE, "qrels.txt"), "w", encoding="utf-8") as file:
        for query, grades in qrels.items():
            file.writelines(f"{query} 0 {passage} {grade}\n" for passage, grade in grades.items())
    with open(os.path.join(HERE, "run.trec"), "w", encoding="utf-8") as file:
        for query, ranking in run.items():
            file.writelines(f"{query} Q0 {p} {rank} {score!r} golden\n" for rank, (p, score) in enumerate(ranking, 1))

    values = {}
    for name, theirs, level, judged_only in measures():
        evaluator = pytrec_eval.RelevanceEvaluator(
            qrels, {theirs}, relevance_level=level, judged_docs_only_flag=int(judged_only))
        result = evaluator.evaluate({query: dict(ranking) for query, ranking in run.items()})
        values[name] = {query: next(iter(of_query.values())) for query, of_query in result.items()}
    ordered = {query: in_order(ranking) for query, ranking in run.items()}
    for name in OTHERS:
        values[name] = {
            metric.query_id: metric.value
            for metric in ir_measures.iter_calc([ir_measures.parse_measure(name)], qrels, ordered)
        }

    queries = sorted(set(qrels) & set(run))
    with open(os.path.join(HERE, "values.tsv"), "w", encoding="utf-8") as file:
        file.write("\t".join(["measure", *queries]) + "\n")
        for name, of_query in values.items():
            file.write("\t".join([name, *(f"{of_query[query]:.12g}" for query in queries)]) + "\n")


if __name__ == "__main__":
    main()
