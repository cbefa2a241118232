"""Studio (Instructure Media): its public API, and that as a `captionkit.sync.ports.Remote`."""
