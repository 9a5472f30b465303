// Tests of InvertedIndex.
