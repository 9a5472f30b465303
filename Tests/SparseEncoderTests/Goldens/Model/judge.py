"""What transformers and PyTorch say about a SPLADE model: the judge of SparseEncoderTests/Model.

  judge.py rows < request.json > rows.json    rows of token sequences by the model in a folder
  judge.py make FAMILY SEED FOLDER            a random model; FAMILY is bert, distilbert or bert-base
  judge.py goldens MODEL                      writes the goldens beside this script; MODEL is the folder of SPLADE-tiny

A request is {"folder":, "pooling":, "activation":, "sequences": [[token id]]}. A row has terms, weights, positions, and
for each term the distance of its greatest logit to the second one, below which the position is a matter of rounding.
"""

import json
import os
import random
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


@torch.no_grad()
def rows(folder, sequences, pooling="max", activation="relu"):
    from transformers import AutoModelForMaskedLM

    model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    result = []
    for sequence in sequences:
        logits = model(input_ids=torch.tensor([sequence]), attention_mask=torch.ones(1, len(sequence))).logits[0]
        weights = torch.log1p(torch.relu(logits))
        if activation == "log1p_relu":
            weights = torch.log1p(weights)
        pooled = weights.max(0).values if pooling == "max" else weights.sum(0)
        terms = pooled.nonzero().flatten()
        own = logits[:, terms]
        top = torch.cat([own, torch.full((1, len(terms)), -torch.inf)]).topk(2, dim=0).values
        result.append(
            {
                "terms": terms.tolist(),
                "weights": pooled[terms].tolist(),
                "positions": own.argmax(0).tolist() if len(terms) else [],
                "margins": [min(m, 1e9) for m in (top[0] - top[1]).tolist()],
            }
        )
    return result


def make(family, seed, folder):
    """A random model of which some logits are positive and most negative, as a trained one's are."""
    from transformers import BertConfig, BertForMaskedLM, DistilBertConfig, DistilBertForMaskedLM

    torch.manual_seed(seed)
    if family == "bert":
        model = BertForMaskedLM(BertConfig(
            vocab_size=1003, hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96,
            max_position_embeddings=128))
    elif family == "distilbert":
        model = DistilBertForMaskedLM(DistilBertConfig(
            vocab_size=997, dim=32, n_layers=2, n_heads=2, hidden_dim=80, max_position_embeddings=96))
    else:
        model = BertForMaskedLM(BertConfig())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name.lower():
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif parameter.dim() == 1:
                parameter.normal_(-2.0 if parameter.numel() == model.config.vocab_size else 0, 0.1)
            elif family != "bert-base":
                parameter.normal_(0, 0.2)
            else:
                parameter.normal_(0, 0.04)
    model.save_pretrained(folder)
    # A checkpoint has a vocabulary, though the judge is asked about token ids.
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"p{i}" for i in range(model.config.vocab_size - 5)]
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(pieces) + "\n")


def goldens(tiny):
    checkpoints = os.path.join(HERE, "../../../CheckpointsTests/Goldens")
    cases = [(tiny, "splade-tiny", 30522, 512, "max", "relu")]
    for name, pooling, activation in [
        ("bert-old-names", "max", "relu"),
        ("bert-untied-bf16", "max", "relu"),
        ("distilbert-sum", "sum", "relu"),
        ("router-inference-free", "max", "log1p_relu"),
    ]:
        folder = os.path.join(checkpoints, name)
        config = json.load(open(os.path.join(folder, "config.json")))
        cases.append((folder, name, config["vocab_size"], config["max_position_embeddings"], pooling, activation))
    for folder, name, vocabulary, longest, pooling, activation in cases:
        generator = random.Random(name)
        lengths = [1, 2, 3, 7, min(31, longest), longest]
        sequences = [[generator.randrange(vocabulary) for _ in range(length)] for length in lengths]
        value = {"sequences": sequences, "rows": rows(folder, sequences, pooling, activation)}
        with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(value, file)
            file.write("\n")


if __name__ == "__main__":
    if sys.argv[1] == "rows":
        request = json.load(sys.stdin)
        json.dump(rows(**request), sys.stdout)
    elif sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        goldens(sys.argv[2])
