"""How commands change values: checked, remembered, faded. Pure."""
