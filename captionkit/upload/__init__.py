"""Uploading recordings, with the captions that lie beside them.

    items     what is to be uploaded: files, addresses, titles from a CSV file or from beside the file, captions
    journal   what was done, durable before the next step, so that a run that was killed goes on
    run       the steps of each item, several at a time
    from_address, beside    making a media from an address, and sending the captions beside a recording, once

The service is whatever has the methods of `run.Service`; `captionkit.remotes.studio.api` is one.
"""
