// The room of WordPiece.
