"""The instructor's own solution is graded first: what comes of it decides how others are graded."""
