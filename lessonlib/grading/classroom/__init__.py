"""Many submissions: where they lie, who works on them, and where their grades go."""
