"""The people of a sandbox: users, their tokens, and what they are in a course."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from captionkit.sandbox.access import ROLES
from captionkit.sandbox.state import State

#: Who is in every sandbox, and what they are in a course that is added.
USERS = {"teacher": "teacher", "colleague": "teacher", "student": "student", "admin": None, "stranger": None}


def sandbox_token(name: str) -> str:
    """A user's token: the same in every sandbox, worth nothing anywhere else, and easy to search logs for."""
    return f"sandbox~{name}~{hashlib.sha256(name.encode()).hexdigest()[:32]}"


class People:
    """The operations on users and tokens."""

    def __init__(self, state: State) -> None:
        self._state = state
        if state.one("SELECT 1 FROM users") is None:
            for name in USERS:
                self.add_user(name, admin=name == "admin")

    def add_user(self, name: str, *, admin: bool = False) -> int:
        """A user with a token (`tokens[name]`); the id."""
        with self._state.together():
            user = self._state.insert("users", name=name, is_admin=int(admin))
            self._state.insert("tokens", token=sandbox_token(name), user_id=user)
        return user

    def enroll(self, user: str | int, course: int, role: str = "teacher") -> None:
        """Give a user a role in a course: teacher, ta, designer; reader, student, observer may only look."""
        if role not in ROLES:
            raise ValueError(f"no role is called {role!r}; there are: {', '.join(sorted(ROLES))}")
        self._join(f"course_{course}", self._user(user), role)

    def leave(self, user: str | int, course: int) -> None:
        """Take a user out of a course."""
        with self._state.lock:
            self._state.run(
                "DELETE FROM members WHERE context = ? AND user_id = ?", f"course_{course}", self._user(user)
            )

    def add_token(
        self,
        user: str | int,
        *,
        scopes: list[str] | None = None,
        allow_includes: bool = False,
        token: str | None = None,
    ) -> str:
        """Another token for a user.

        Args:
            scopes: those of a scope-enforced developer key, e.g. "url:GET|/api/v1/media_objects"; None does not limit.
            allow_includes: whether the key allows include parameters; without, `include[]` is stripped silently.
        """
        with self._state.lock:
            user_id = self._user(user)
            number = len(self._state.all("SELECT 1 FROM tokens"))
            token = token or sandbox_token(f"{user_id}-{number}")
            self._state.insert(
                "tokens",
                token=token,
                user_id=user_id,
                scopes=None if scopes is None else json.dumps(scopes),
                allow_includes=int(allow_includes),
            )
        return token

    def end_token(self, token: str, state: str = "revoked") -> None:
        """Make a token unusable: "revoked" or "expired"; "active" brings it back."""
        if state not in ("active", "revoked", "expired"):
            raise ValueError(f"a token is active, revoked or expired, not {state!r}")
        with self._state.lock:
            self._state.run(
                "UPDATE tokens SET state = ?, expired_at = ? WHERE token = ?", state, self._state.stamp(), token
            )

    def users(self) -> list[dict[str, Any]]:
        """Everybody, with their tokens: these are play tokens."""
        with self._state.lock:
            rows = self._state.all("SELECT id, name, is_admin FROM users ORDER BY id")
            return [dict(row) | {"token": sandbox_token(row["name"])} for row in rows]

    def _user(self, user: str | int) -> int:
        column = "name" if isinstance(user, str) else "id"
        row = self._state.one(f"SELECT id FROM users WHERE {column} = ?", user)
        if row is None:
            raise ValueError(f"there is no user {user!r}")
        return int(row["id"])

    def _join(self, context: str, user_id: int, role: str) -> None:
        self._state.run(
            "INSERT OR REPLACE INTO members (context, user_id, role) VALUES (?, ?, ?)", context, user_id, role
        )
