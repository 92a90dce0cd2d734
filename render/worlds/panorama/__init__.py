"""The world as an equirectangular panorama: its records and rules, and its drawing."""
