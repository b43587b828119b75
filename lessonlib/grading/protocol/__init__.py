"""What the judge and a submission's process both speak: limits, messages, and values in them."""
