// The room of BinaryFiles.
