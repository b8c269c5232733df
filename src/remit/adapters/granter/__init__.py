"""The only code that writes to Azure: the identity that `remit setup azure` makes, and its removal.

Nobody but `bootstrap/granter.py` imports it; reading a tenant goes another way.
"""
