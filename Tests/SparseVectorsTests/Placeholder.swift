// Tests of SparseVectors.
