"""Looking at the credential in use: who it is, what it can read, what it can do beyond that, how long it lasts."""
