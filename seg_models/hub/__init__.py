"""Talking to the Hugging Face Hub, without ever hanging."""
