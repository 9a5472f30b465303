// Tests of ModelHub.
