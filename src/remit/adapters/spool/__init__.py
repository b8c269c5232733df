"""Where the pages of a collection are kept until all are there: in a folder that survives anything, or in memory."""
