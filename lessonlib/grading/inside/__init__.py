"""What runs beside a submission, inside the isolation. It holds no secret and decides nothing."""
