// Tests of LineFiles.
