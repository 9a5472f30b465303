"""Writes objective.json: small random batches, and what PyTorch's autograd says of their losses and regularisers.

    .deps/judges/bin/python Tests/DistillationTests/Goldens/Objective/make_goldens.py

Everything is dense and written as the formulas read, in double precision; nothing of Parlance is used.
"""

import json
import pathlib
import random

import torch
import torch.nn.functional as F

V = 20
torch.set_default_dtype(torch.float64)

OBJECTIVES = {
    "kld": {"contrastive": {"weight": 0}},
    "kld at temperature 2": {"kld": {"temperature": 2}, "contrastive": {"weight": 0}},
    "kld at temperature 2, scaled by its square": {
        "kld": {"temperature": 2, "scale_by_squared_temperature": True}, "contrastive": {"weight": 0}},
    "kld, scores multiplied by 2": {
        "kld": {"temperature": 2, "reference_temperature": True}, "contrastive": {"weight": 0}},
    "kld with the positive's share times 5": {"positive_weight": 5, "contrastive": {"weight": 0}},
    "the paper's": {},
    "contrastive": {"contrastive": {"weight": 1}},
    "contrastive, sharp": {"contrastive": {"weight": 0.2, "temperature": 0.08}},
    "contrastive, own negatives": {"contrastive": {"weight": 1, "in_batch_negatives": False}},
    "contrastive, unmasked": {"contrastive": {"weight": 1, "mask_known_positives": False}},
    "margin": {"kld": {"weight": 0}, "margin_mse": {"weight": 1}, "contrastive": {"weight": 0}},
    "margin of all pairs": {
        "kld": {"weight": 0}, "margin_mse": {"weight": 1, "pairs": "all"}, "contrastive": {"weight": 0}},
    "everything": {"kld": {"weight": 0.7}, "margin_mse": {"weight": 0.05}, "contrastive": {"weight": 0.1}},
}

REGULARISERS = {
    "l1": {"weights": {"query": 0.5, "passage": 0.25}},
    "l1, a setting, ramped": {"weights": "higher", "ramp_steps": 4},
    "l1, growing with depth": {"weights": {"query": 0.5}, "depth_growth": 0.2},
    "flops": {"weights": {"query": 0.5, "passage": 0.25}, "query": {"kind": "flops"}},
    "flops, growing with depth": {"weights": {"query": 0.5}, "query": {"kind": "flops"}, "depth_growth": 0.2},
    "masked flops": {"weights": {"query": 0.5}, "query": {"kind": "l0_flops", "threshold": 9}},
    "df flops": {
        "weights": {"query": 0.5}, "query": {"kind": "df_flops", "alpha": 0.4, "beta": 3, "decay": 0.9}},
    "anti-zero": {"weights": "high", "anti_zero": True},
}
SETTINGS = {"high": (5e-3, 1e-3), "higher": (5e-2, 1e-2)}


def dense(rng):
    """A vector whose weights are whole numbers of 1/256, so that single precision holds them exactly."""
    return [rng.randint(2, 400) / 256 if rng.random() < 0.5 else 0.0 for _ in range(V)]


def float32(value):
    return torch.tensor(value, dtype=torch.float32).item()


def make_batch(rng, corrected, distils):
    samples, known = [], []
    for query in range(4):
        passages = rng.sample(range(12), rng.randint(4, 6))
        samples.append({
            "passages": passages,
            "teacher_scores": [float32(rng.uniform(0, 4)) for _ in passages],
            "positives": [1, 1, 0, 3][query],
            "distils_positives": distils,
            "log_expected_counts": [float32(rng.uniform(-3, 0)) for _ in passages] if corrected else [],
        })
        known.append(sorted(set(passages[:samples[-1]["positives"]] + [rng.randrange(12)])))
    return {
        "samples": samples, "known_positives": known, "turns": [rng.randint(1, 9) for _ in samples],
        "queries": [dense(rng) for _ in samples], "passages": [dense(rng) for _ in range(12)],
    }


def objective(settings, batch, scores):
    kld, margin = settings.get("kld", {}), settings.get("margin_mse", {})
    contrastive = settings.get("contrastive", {})
    w = contrastive.get("weight", 0.01)
    parts = {}

    def teacher(sample):
        return torch.tensor(sample["teacher_scores"])

    def listed(sample):
        return slice(0 if sample["distils_positives"] else sample["positives"], None)

    if kld.get("weight", 1) > 0:
        divisor = kld.get("temperature", 1)
        if kld.get("reference_temperature"):
            divisor = 1 / divisor
        total = 0
        for s, sample in zip(scores, batch["samples"]):
            counts = torch.tensor(sample["log_expected_counts"] or [0.0] * len(sample["passages"]))
            t = (teacher(sample) / divisor - counts)[listed(sample)]
            s = (s[sample["passages"]] / divisor - counts)[listed(sample)]
            p = F.softmax(t, 0)
            if sample["distils_positives"]:
                emphasis = torch.ones_like(p)
                emphasis[:sample["positives"]] = settings.get("positive_weight", 1)
                p = p * emphasis / (p * emphasis).sum()
            total = total + F.kl_div(F.log_softmax(s, 0), p, reduction="sum")
        parts["kld"] = total / len(scores)
        if kld.get("scale_by_squared_temperature"):
            parts["kld"] = parts["kld"] * divisor ** 2

    if margin.get("weight", 0) > 0:
        total = 0
        for s, sample in zip(scores, batch["samples"]):
            s, t, n = s[sample["passages"]], teacher(sample), len(sample["passages"])
            if margin.get("pairs", "positive") == "all":
                pairs = [(a, b) for a in range(n)[listed(sample)] for b in range(a + 1, n)]
            else:
                pairs = [(a, b) for a in range(sample["positives"]) for b in range(sample["positives"], n)]
            errors = [((s[a] - s[b]) - (t[a] - t[b])) ** 2 for a, b in pairs]
            total = total + (torch.stack(errors).mean() if errors else 0)
        parts["margin_mse"] = total / len(scores)

    if w > 0:
        losses = []
        for i, sample in enumerate(batch["samples"]):
            positives = sample["passages"][:sample["positives"]]
            others = batch["samples"] if contrastive.get("in_batch_negatives", True) else [sample]
            negatives = [p for other in others for p in other["passages"][other["positives"]:]]
            if contrastive.get("mask_known_positives", True):
                negatives = [p for p in negatives if p not in positives and p not in batch["known_positives"][i]]
            ranked = [scores[i][[positive] + negatives] / contrastive.get("temperature", 1) for positive in positives]
            if ranked:
                losses.append(F.cross_entropy(torch.stack(ranked), torch.zeros(len(ranked), dtype=torch.long)))
        parts["contrastive"] = torch.stack(losses).mean()

    parts["total"] = (1 - w) * (
        kld.get("weight", 1) * parts.get("kld", 0) + margin.get("weight", 0) * parts.get("margin_mse", 0)
    ) + w * parts.get("contrastive", 0)
    return parts


def regulariser(settings, batch, q, d, step, running):
    weights, penalty = settings["weights"], settings.get("query", {"kind": "l1"})
    on_queries, on_passages = SETTINGS[weights] if isinstance(weights, str) else (
        weights.get("query", 0), weights.get("passage", 0))
    ramp = min(1, (step / (settings.get("ramp_steps", 0) + 1)) ** 2)
    growth = 1 + settings.get("depth_growth", 0) * (torch.tensor(batch["turns"]) - 1)
    rows = q * growth.sqrt()[:, None]
    if penalty["kind"] == "l1":
        value = (q.abs().sum(1) * growth).mean()
    elif penalty["kind"] == "flops":
        value = (rows.mean(0) ** 2).sum()
    elif penalty["kind"] == "l0_flops":
        mask = (q > 0).sum(1) > penalty["threshold"]
        value = ((rows * mask[:, None]).mean(0) ** 2).sum()
    else:
        keep = penalty["decay"]
        running["sums"] = keep * running["sums"] + (1 - keep) * (q > 0).double().mean(0)
        running["whole"] = keep * running["whole"] + (1 - keep)
        x = running["sums"] / running["whole"]
        exponent = torch.log(torch.tensor(2.0)) / torch.log(torch.tensor(penalty["alpha"]))
        w = (1 / (1 + (x ** exponent - 1) ** penalty["beta"])).detach()
        value = ((w * rows.mean(0)) ** 2).sum()
    parts = {"query": value, "passage_flops": (d.mean(0) ** 2).sum()}
    total = ramp * (on_queries * value + on_passages * parts["passage_flops"])
    if settings.get("anti_zero"):
        parts["anti_zero_queries"] = 1 / q.sum() ** 2
        parts["anti_zero_passages"] = 1 / d.sum() ** 2
        total = total + parts["anti_zero_queries"] + parts["anti_zero_passages"]
    parts["total"] = total
    return parts


def judged(parts, q, d):
    """The parts' values and the total's derivative by each weight that is not zero."""
    for tensor in (q, d):
        tensor.grad = None
    parts["total"].backward()

    def active(tensor):
        grad = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
        return [float(f"{g:.10g}") for g in grad[tensor > 0].tolist()]

    return {
        "parts": {name: float(f"{value.item():.15g}") for name, value in parts.items()},
        "query_gradient": active(q), "passage_gradient": active(d),
    }


def main():
    rng = random.Random(20260604)
    batches = [
        make_batch(rng, corrected=False, distils=True), make_batch(rng, corrected=True, distils=True),
        make_batch(rng, corrected=True, distils=False)]
    tensors = [
        (torch.tensor(b["queries"], requires_grad=True), torch.tensor(b["passages"], requires_grad=True))
        for b in batches]
    objectives = [
        {"name": name, "configuration": settings, "batch": index, **judged(objective(settings, batch, q @ d.T), q, d)}
        for name, settings in OBJECTIVES.items()
        for index, (batch, (q, d)) in enumerate(zip(batches, tensors))]
    regularisers = []
    for name, settings in REGULARISERS.items():
        running = {"sums": torch.zeros(V), "whole": 0.0}
        for index, (batch, (q, d)) in enumerate(zip(batches, tensors)):
            parts = regulariser(settings, batch, q, d, index + 1, running)
            regularisers.append({
                "name": name, "configuration": settings, "batch": index, "step": index + 1, **judged(parts, q, d)})
    golden = {"torch": torch.__version__, "batches": batches, "objectives": objectives, "regularisers": regularisers}
    place = pathlib.Path(__file__).with_name("objective.json")
    lines = json.dumps(golden).replace('{"name"', '\n{"name"').replace('{"samples"', '\n{"samples"')
    place.write_text(lines + "\n")


main()
