"""Avatars: drawing or uploading the anchor that fixes a character's face."""
