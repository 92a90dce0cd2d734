"""The sky: its records and plan, and its drawing."""
