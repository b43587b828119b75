"""What runs beside a submission, locked away with it. It holds no secret and decides nothing."""
