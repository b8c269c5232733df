"""Follow a stream of logs into the store of usage."""
