"""The call, from digits or speech to sound."""
