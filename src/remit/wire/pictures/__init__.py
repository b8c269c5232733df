"""Paths and neighbourhoods as pictures: SVG, and one HTML page that works without a network."""
