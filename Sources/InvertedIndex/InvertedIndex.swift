// The room of InvertedIndex.
