// The room of Checkpoints.
