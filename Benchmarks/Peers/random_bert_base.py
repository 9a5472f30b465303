"""A checkpoint of BERT-base's shape with random weights and few positive logits: random_bert_base.py TINY FOLDER"""

import os
import shutil
import sys

import torch
from transformers import BertConfig, BertForMaskedLM

torch.manual_seed(1)
model = BertForMaskedLM(BertConfig())
with torch.no_grad():
    model.cls.predictions.bias.fill_(-2.5)
model.save_pretrained(sys.argv[2])
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(os.path.join(sys.argv[1], name), sys.argv[2])
