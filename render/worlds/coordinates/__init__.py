"""A world whose light says where it comes from: its records and rules, and its drawing."""
