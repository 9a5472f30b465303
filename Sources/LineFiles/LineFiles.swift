// The room of LineFiles.
