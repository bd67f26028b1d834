"""The derived and flat tables, worked out from the recorded ones by pure functions of frames."""
