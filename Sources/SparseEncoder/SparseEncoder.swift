// The room of SparseEncoder.
