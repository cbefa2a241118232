"""The desk: a folder of captions and its course in a browser, without a terminal.

A second thin layer over `captionkit.workspace`, as the command line is one: what the one refuses, the other refuses,
and neither decides anything. `gate` says who is let in, `session` what is open, `job` what goes on, `pages` has a
module for each page, `server` ties them to a port of this computer.
"""
