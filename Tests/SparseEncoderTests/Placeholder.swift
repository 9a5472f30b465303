// Tests of SparseEncoder.
