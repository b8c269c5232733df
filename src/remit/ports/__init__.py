"""What the use cases need of the outside, in our words: readers of tenants, stores of snapshots, a clock."""
