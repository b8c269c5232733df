"""A small invented tenant, as package data: what `remit demo` reads. Every name and id in it is made up."""
