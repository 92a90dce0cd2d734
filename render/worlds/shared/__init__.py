"""What several kinds of layer share: pure are their values, keys and records; `sources` is what passes need of them."""
