// Tests of BinaryFiles.
