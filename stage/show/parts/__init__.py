"""The parts of the state that seldom change, and its encoding in parts. Pure."""
