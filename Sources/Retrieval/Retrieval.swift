// The room of Retrieval.
