/// What Python needs to load a student that sentence-transformers' own modules cannot express.
///
/// The text goes into an exported folder as it stands here, and is tested against sentence-transformers 5 and 6.
enum ParlanceStudentModule {
  static let text = #"""
    """A query encoder that Parlance distilled, with its passage encoder, for sentence-transformers 5 and 6:

        from sentence_transformers import SparseEncoder

        model = SparseEncoder("FOLDER", trust_remote_code=True)
        queries = model.encode_query(["last question [SEP] answer before it [SEP] first question"])
        documents = model.encode_document(["title text"])

    query = gate * frozen(last question) + student(conversation), of which the terms that query/parlance.json tells are kept.
    Where it has factors, both parts of a term's weight are multiplied by exp(theta . x), x telling where it was said.
    """

    import json
    import math
    import os
    import shutil

    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    try:
        from sentence_transformers.base.modules import InputModule
    except ImportError:
        from sentence_transformers.models import InputModule


    class Files:
        """The files of the model, in a folder or on the hub."""

        def __init__(self, name, token=None, cache_folder=None, revision=None, local_files_only=False):
            self.name = name
            self.hub = {"token": token, "revision": revision, "local_files_only": local_files_only}
            self.cache = cache_folder

        def path(self, folder, file):
            return InputModule.load_file_path(self.name, f"{folder}/{file}", cache_folder=self.cache, **self.hub)

        def json(self, folder, file):
            path = self.path(folder, file)
            if path is None:
                return {}
            with open(path, encoding="utf-8") as opened:
                return json.load(opened)

        def pretrained(self, kind, folder):
            return kind.from_pretrained(self.name, subfolder=folder, cache_dir=self.cache, **self.hub)


    class Splade(torch.nn.Module):
        """One SPLADE model with its tokenizer."""

        def __init__(self, files, folder):
            super().__init__()
            self.folder = folder
            self.model = files.pretrained(AutoModelForMaskedLM, folder).float()
            self.tokenizer = files.pretrained(AutoTokenizer, folder)
            self.max_length = files.json(folder, "sentence_bert_config.json").get("max_seq_length") or 512
            self.head = {"pooling_strategy": "max", "activation_function": "relu"}
            self.head.update(files.json(folder, "1_SpladePooling/config.json"))

        def tokenize(self, texts):
            return self.tokenizer(
                texts, padding=True, truncation="longest_first", max_length=self.max_length, return_tensors="pt")

        def forward(self, features):
            weights = torch.log1p(torch.relu(self.model(**features).logits))
            if self.head["activation_function"] == "log1p_relu":
                weights = torch.log1p(weights)
            weights = weights * features["attention_mask"].unsqueeze(-1)
            return weights.sum(1) if self.head["pooling_strategy"] == "sum" else weights.amax(1)

        def save(self, path):
            folder = os.path.join(path, self.folder)
            self.model.save_pretrained(folder)
            self.tokenizer.save_pretrained(folder)
            os.makedirs(os.path.join(folder, "1_SpladePooling"), exist_ok=True)
            for file, content in (
                ("sentence_bert_config.json", {"max_seq_length": self.max_length, "do_lower_case": False}),
                ("1_SpladePooling/config.json", self.head),
            ):
                with open(os.path.join(folder, file), "w", encoding="utf-8") as opened:
                    json.dump(content, opened, indent=2)


    class ParlanceStudent(InputModule):
        """Queries by the student, documents by the encoder that it was distilled for."""

        forward_kwargs = {"task"}
        # What the student declares beside its weights.
        own_files = ("parlance.json", "gate.safetensors", "least_weights.safetensors")

        def __init__(self, files):
            super().__init__()
            self.files = files
            self.declared = files.json("query", "parlance.json")
            self.residual = self.declared.get("residual")
            self.student = Splade(files, "query")
            self.frozen = Splade(files, "query/frozen") if self.residual else None
            # The frozen encoder is the documents' unless they have a folder of their own.
            self.document = Splade(files, "document") if files.path("document", "config.json") else self.frozen
            self.gate = self.numbers("gate", (self.residual or {}).get("gate"))
            self.least_weights = self.numbers("least_weights", self.declared.get("least_weights"))
            self.factors = (self.residual or {}).get("factors")

        def numbers(self, name, declared):
            if isinstance(declared, str):
                return torch.nn.Buffer(load_file(self.files.path("query", declared))[name], persistent=False)
            return declared

        @classmethod
        def load(cls, model_name_or_path, subfolder="", token=None, cache_folder=None, revision=None,
                 local_files_only=False, **kwargs):
            return cls(Files(model_name_or_path, token, cache_folder, revision, local_files_only))

        def save(self, output_path, *args, **kwargs):
            for part in {self.student, self.frozen, self.document} - {None}:
                part.save(output_path)
            for file in self.own_files:
                path = self.files.path("query", file)
                if path is not None:
                    shutil.copy(path, os.path.join(output_path, "query", file))

        @property
        def tokenizer(self):
            return self.student.tokenizer

        @property
        def max_seq_length(self):
            return self.student.max_length

        def get_sentence_embedding_dimension(self):
            return self.student.model.config.vocab_size

        def preprocess(self, inputs, prompt=None, task=None, **kwargs):
            return self.tokenize([(prompt or "") + text for text in inputs], task=task)

        def tokenize(self, texts, task=None, **kwargs):
            if task != "query":
                return {**self.document.tokenize(texts), "task": task}
            features = {**self.student.tokenize(texts), "task": task}
            if self.frozen is not None:
                questions = self.frozen.tokenize([text.split("[SEP]", 1)[0] for text in texts])
                features.update({f"question_{key}": value for key, value in questions.items()})
            if self.factors is not None:
                features["said"] = [self.segments(text) for text in texts]
            return features

        def segments(self, text):
            """How often each token is in the last question, the answer before it, the question before that, and so on."""
            segments = [{}]
            tokens = self.tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
            for token in tokens:
                if token == self.tokenizer.sep_token_id:
                    segments.append({})
                else:
                    segments[-1][token] = segments[-1].get(token, 0) + 1
            return segments

        def factor(self, theta, segments, term):
            """exp(theta . x) with the features of query/parlance.json."""
            questions, answers = segments[2::2], segments[1::2]
            user = [place for place, said in enumerate(questions) if term in said]
            assistant = [place for place, said in enumerate(answers) if term in said]
            x = {
                "one": 1,
                "question": term in segments[0],
                "user": bool(user),
                "assistant": bool(assistant),
                "both": bool(user and assistant),
                "first": bool(questions) and term in questions[-1],
                "user_recency": 1 / (user[0] + 1) if user else 0,
                "assistant_recency": 1 / (assistant[0] + 1) if assistant else 0,
                "user_share": len(user) / max(1, len(questions)),
                "assistant_share": len(assistant) / max(1, len(answers)),
                "user_count": math.log1p(len(user)),
                "assistant_count": math.log1p(len(assistant)),
                "assistant_frequency": math.log1p(sum(said.get(term, 0) for said in answers)),
                "depth": math.log1p(len(questions)),
                "length": math.log1p(sum(segments[0].values())),
            }
            exponent = sum(number * x[name] for name, number in zip(self.factors["features"], theta))
            return math.exp(min(max(exponent, -5.0), 3.0))

        def multiplied(self, vectors, frozen, said):
            """Both parts, each weight times its factor."""
            vectors, frozen = vectors.clone(), frozen.clone()
            for row, segments in enumerate(said):
                for term in torch.nonzero((vectors[row] > 0) | (frozen[row] > 0)).flatten().tolist():
                    is_frozen = bool(frozen[row, term] > 0)
                    own = "question" if is_frozen or term in segments[0] else "history"
                    vectors[row, term] *= self.factor(self.factors[own], segments, term)
                    if is_frozen:
                        frozen[row, term] *= self.factor(self.factors["frozen"], segments, term)
            return vectors, frozen

        def forward(self, features, task=None, **kwargs):
            task = features.get("task", task)
            tensors = {key: value for key, value in features.items() if key in self.student.tokenizer.model_input_names}
            if task != "query":
                return {**features, "sentence_embedding": self.document(tensors)}
            vectors = self.student(tensors)
            if self.frozen is not None:
                start = len("question_")
                questions = {key[start:]: value for key, value in features.items() if key.startswith("question_")}
                gate = self.gate
                column = self.residual.get("gate_column")
                if column is not None:
                    gate = vectors[:, column : column + 1].clone()
                    vectors = vectors.index_fill(1, torch.tensor([column], device=vectors.device), 0)
                frozen = self.frozen(questions)
                if column is not None:
                    frozen = frozen.index_fill(1, torch.tensor([column], device=vectors.device), 0)
                if self.factors is not None:
                    vectors, frozen = self.multiplied(vectors, frozen, features["said"])
                vectors = vectors + gate * frozen
            return {**features, "sentence_embedding": self.pruned(vectors)}

        def pruned(self, vectors):
            if self.least_weights is not None:
                vectors = vectors * (vectors >= self.least_weights)
            kept = self.declared.get("kept_terms")
            if kept is not None:
                least = vectors.topk(min(kept, vectors.shape[1]), dim=1)
                vectors = torch.zeros_like(vectors).scatter(1, least.indices, least.values)
            return vectors

    """#
}
