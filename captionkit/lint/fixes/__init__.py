"""The fixes, a file for each kind. Found by looking into this folder; `captionkit.lint.mend` says how to add one."""
