"""The sockets: listeners with TLS, requests made into calls, answers sent as Azure sends them."""
