"""Profiles kept on disk, snapshot by snapshot, and the index over time that they give."""
