// Tests of RankedResults.
