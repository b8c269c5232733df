"""Shapes that cross the border: Azure's payloads coming in, Remit's public JSON (`v1`) going out."""
