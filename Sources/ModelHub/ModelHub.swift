// The room of ModelHub.
