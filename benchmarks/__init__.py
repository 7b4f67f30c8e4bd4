"""Speed and quality beside peers, and scaling series."""
