"""The composition root: reads the settings and wires the parts together."""
