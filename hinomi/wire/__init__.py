"""What sensor and server say to each other, and nothing else: batches, control messages, signed commands, policy, facts."""
