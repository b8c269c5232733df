"""How Azure is called: clouds and their endpoints, credentials and tokens, one thin HTTP client.

Shared by the adapters that read a tenant and the one that writes to it; it knows requests and answers, not what they
say.
"""
