"""The show: a fold over frame inputs. Pure."""
