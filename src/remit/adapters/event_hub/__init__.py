"""Event Hubs, read by their Kafka endpoint with confluent-kafka (the extra `kafka`)."""
