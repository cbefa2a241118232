"""Canvas LMS: its Media Objects API, and that as a `captionkit.sync.ports.Remote`."""
