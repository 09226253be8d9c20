"""What the collectors stand on: reading /proc, the audit link, fanotify, DNS messages, and the memory of processes."""
