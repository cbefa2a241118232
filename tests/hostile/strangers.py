"""A stranger's folder, a server of theirs that notes what it is sent, and a user with a home and a secret."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SRT = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"


class Thief:
    """A server that answers everything with an empty object, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        thief = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                thief.requests.append(f"{self.requestline}\n{self.headers}")
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  as http.server calls them

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Thief:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class User:
    """Somebody who runs captionkit, each command as a process of its own, with nobody to answer questions."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir()
        (home / ".bashrc").write_text("echo welcome home\n", encoding="utf-8")
        (home / "secret.srt").write_text(SRT.format("the words of the secret"), encoding="utf-8")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CANVAS_", "CAPTIONKIT_"))},
            "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_CACHE_HOME": str(home / ".cache"),
            "APPDATA": str(home / ".config"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def run(self, folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "captionkit", *words], cwd=folder, env={**self.environment, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def everything(self) -> dict[str, str]:
        """Every file of the home and what is in it, but for captionkit's own cache."""
        return tree(self.home, but=".cache")


def tree(folder: Path, *, but: str = " ") -> dict[str, str]:
    """Path and digest of everything below a folder; of a link where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.startswith(but):
            continue
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found
