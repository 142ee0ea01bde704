"""What happens next in a turn."""
