"""The path of a référent, step by step, as she walks it: one module per step."""
