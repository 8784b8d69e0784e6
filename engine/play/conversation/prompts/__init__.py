"""The exact prompts that were kept: who had which memory before their eyes, and words that were forgotten since."""
