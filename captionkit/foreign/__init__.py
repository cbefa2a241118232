"""Files that are neither SRT nor WebVTT: what they are, and what to do with them."""
