"""What is known about an error beyond its traceback."""
