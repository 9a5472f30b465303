// Tests of WordPiece.
