"""What matplotlib has drawn, as a record: series, axes, faults."""
