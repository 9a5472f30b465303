@_exported public import Checkpoints
@_exported public import Conversations
@_exported public import Datasets
@_exported public import Diagnostics
@_exported public import Distillation
@_exported public import Evaluation
@_exported public import Experiments
@_exported public import Identifiers
@_exported public import Interchange
@_exported public import InvertedIndex
@_exported public import ModelContext
@_exported public import ModelHub
@_exported public import RankedResults
@_exported public import Reports
@_exported public import Retrieval
@_exported public import Rewriting
@_exported public import SparseEncoder
@_exported public import SparseVectors
@_exported public import WordPiece

// Of the rooms below, the types that the public ones show. `SHA256`, whose digests some have, is not among them, since it would
// clash with everybody else's: `import BinaryFiles` to name it.
@_exported public import struct BinaryFiles.DerivedFiles
@_exported public import struct StrictJSON.JSONObject
@_exported public import enum StrictJSON.JSONValue
@_exported public import enum TensorEngine.Device
@_exported public import class TensorEngine.TensorEngine
