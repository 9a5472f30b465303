// Tests of Retrieval.
