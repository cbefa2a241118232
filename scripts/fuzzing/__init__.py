"""What `scripts/fuzz.py` attacks. Each module without a leading underscore is one target and exports `Target`.

A target is made once with a source of chance and a folder of caption files, and then attacks step by step:

    class Target:
        def __init__(self, chance: random.Random, corpus: Path) -> None: ...
        def step(self) -> None: ...             # one attack; an exception is a breach
        def evidence(self) -> bytes: ...        # what was being tried, for the file that the breach leaves
        def done(self) -> str: ...              # how much was tried, for the last line

A step takes a second or two at most, so that all targets have their turn. The folder is the list.
"""
