"""Mail: connectors to mailboxes, copies of one message found in all of them, quarantine and back."""
