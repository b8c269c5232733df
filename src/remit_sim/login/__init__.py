"""The authority: OIDC discovery, the token endpoint, and the endpoints that give managed identities their tokens."""
