"""Whose program asks for a start address: each user of a computer sees what the others start."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from desk_client import Client

from captionkit.desk.server import Desk
from captionkit.desk.users import owner_of

LISTED = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:B5F3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2215869 1 0000000000000000
   1: 0100007F:B5F3 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 2215871 1 0000000000000000
   2: 0100007F:C001 0100007F:B5F3 01 00000000:00000000 00:00000000 00000000  1001        0 2215870 1 0000000000000000
   3: 0A00000A:C002 0100007F:B5F3 01 00000000:00000000 00:00000000 00000000  1001        0 2215872 1 0000000000000000
"""


def test_the_owner_is_that_of_the_end_that_asks() -> None:
    assert owner_of(LISTED, 0xC001, 0xB5F3) == 1001
    assert owner_of(LISTED, 0xB5F3, 0xC001) == 1000
    assert owner_of(LISTED, 0xC002, 0xB5F3) is None
    assert owner_of("", 0xC001, 0xB5F3) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what others start, and whose a connection is")
def test_another_user_who_is_quicker_than_the_browser_is_not_let_in(desk: Desk, client: Client) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be another user for a moment")
    start = urlsplit(desk.gate.start_address())
    asks = (
        f"exec 3<>/dev/tcp/127.0.0.1/{start.port}; "
        f"printf 'GET {start.path} HTTP/1.0\\r\\nHost: {start.netloc}\\r\\n\\r\\n' >&3; cat <&3"
    )
    others = subprocess.run(
        ["bash", "-c", asks], user=65534, capture_output=True, encoding="utf-8", timeout=20, cwd="/"
    )
    assert " 403 " in others.stdout and desk.gate.secret not in others.stdout, others
    assert "Another user" in others.stdout
    assert client.session.get(start.geturl(), timeout=20).url == client.root
