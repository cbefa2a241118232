"""What a test or a demo can do to the stand-in Studio without being its client."""

from __future__ import annotations

from typing import Any

from captionkit.sandbox.people import sandbox_token
from captionkit.sandbox.studio import oauth
from captionkit.sandbox.studio.state import StudioState

USERS = ("teacher", "colleague", "admin")


class StudioWorld:
    """The operations on a StudioState. Users are named."""

    def __init__(self, state: StudioState) -> None:
        self._state = state
        if state.one("SELECT 1 FROM users") is None:
            for name in USERS:
                self.add_user(name, admin=name == "admin")

    def add_user(self, name: str, *, admin: bool = False) -> int:
        """A user with a library and an access token that does not end; the id."""
        with self._state.together():
            user = self._state.insert("users", name=name, email=f"{name}@sandbox.invalid", is_admin=int(admin))
            self._state.insert("collections", type="user", owner_id=user, created_at=self._state.stamp())
            self._state.insert("access_tokens", token=sandbox_token(f"studio-{name}"), user_id=user)
        return user

    def users(self) -> list[dict[str, Any]]:
        """Everybody, with their play tokens."""
        with self._state.lock:
            rows = self._state.all("SELECT * FROM users ORDER BY id")
            return [dict(row) | {"token": sandbox_token(f"studio-{row['name']}")} for row in rows]

    def end_tokens(self, user: str) -> None:
        """End all access tokens of a user, as time would."""
        with self._state.lock:
            self._state.run("UPDATE access_tokens SET ends_at = 0 WHERE user_id = ?", self._user(user))

    def end_refresh_tokens(self, user: str) -> None:
        """End all refresh tokens of a user: only a new sign-in helps."""
        with self._state.lock:
            self._state.run("UPDATE refresh_tokens SET used = 1 WHERE user_id = ?", self._user(user))

    def sign_in_code(self, user: str, redirect_uri: str = "") -> str:
        """A code as the authorisation page would give it; by default for this Studio's address or out of band."""
        with self._state.lock:
            return oauth.new_code(self._state, self._user(user), redirect_uri)

    def add_collection(self, name: str | None, *, user: str = "teacher", course_id: int | None = None) -> int:
        """A collection, or with `course_id` that of a Canvas course; the id."""
        with self._state.lock:
            return self._state.insert(
                "collections",
                name=name,
                type="user" if course_id is None else "course_wide",
                owner_id=self._user(user),
                course_id=course_id,
                created_at=self._state.stamp(),
            )

    def library(self, user: str) -> int:
        """The collection "My Uploads" of a user."""
        with self._state.lock:
            row = self._state.one("SELECT id FROM collections WHERE owner_id = ? ORDER BY id", self._user(user))
            assert row is not None
            return int(row["id"])

    def share(self, collection: int, user: str, permission: str = "view") -> None:
        """Let a user into a collection: "view" or "edit"."""
        if permission not in ("view", "edit"):
            raise ValueError(f"a permission is view or edit, not {permission!r}")
        with self._state.lock:
            self._state.run(
                "INSERT OR REPLACE INTO permissions VALUES (?, ?, ?)", collection, self._user(user), permission
            )

    def add_media(
        self, title: str, *, user: str = "teacher", collection: int | None = None, is_external: bool = False
    ) -> int:
        """A media that is ready; the id."""
        home = self.library(user) if collection is None else collection
        with self._state.lock:
            return self._state.insert(
                "media",
                title=title,
                owner_id=self._user(user),
                collection_id=home,
                created_at=self._state.stamp(),
                is_external=int(is_external),
                size=None if is_external else 1_048_576,
                source="youtube" if is_external else "upload",
            )

    def seed(self, media: int, *, user: str = "teacher", title: str = "Lecture {:05d}") -> list[int]:
        """Many media at once; their ids."""
        with self._state.together():
            return [self._seeded(user, title.format(n + 1)) for n in range(media)]

    def add_caption(
        self, media: int, srclang: str, content: str, *, status: str = "published", automatic: bool = False
    ) -> int:
        """A caption; `automatic` makes it the machine's ("notorious"). The id."""
        with self._state.lock:
            return self._state.insert(
                "captions",
                media_id=media,
                srclang=srclang,
                content=content.encode(),
                subtitle_format="srt",
                status=status,
                provider="notorious" if automatic else None,
                created_at=self._state.stamp(),
            )

    def captions(self, media: int) -> list[dict[str, Any]]:
        """The captions of a media with their content as text."""
        with self._state.lock:
            rows = self._state.all("SELECT * FROM captions WHERE media_id = ? ORDER BY id", media)
            return [dict(row) | {"content": row["content"].decode("utf-8", "replace")} for row in rows]

    def media(self) -> list[dict[str, Any]]:
        """All media, those that were begun and never completed included, with size and digest of what was sent."""
        with self._state.lock:
            return [dict(row) for row in self._state.all("SELECT * FROM media ORDER BY id")]

    def delete_media(self, media: int) -> None:
        with self._state.lock:
            self._state.run("DELETE FROM captions WHERE media_id = ?", media)
            self._state.run("DELETE FROM media WHERE id = ?", media)

    def archive_media(self, media: int) -> None:
        with self._state.lock:
            self._state.run("INSERT OR IGNORE INTO archived VALUES (?)", media)

    def view(self, media: int, day: str, *, by_student: bool = True) -> None:
        """Somebody watches a media on that day, YYYY-MM-DD."""
        at = f"{day}T12:00:00.000Z"
        with self._state.lock:
            self._state.run("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", media, at, at if by_student else None)

    def add_to_group(self, group: int, user: str) -> None:
        with self._state.lock:
            self._state.run("INSERT OR REPLACE INTO members VALUES (?, ?)", group, self._user(user))

    def end_upload_urls(self) -> None:
        """Let every upload URL expire."""
        with self._state.lock:
            self._state.run("UPDATE uploads SET ends_at = 0")

    def _seeded(self, user: str, title: str) -> int:
        return self.add_media(title, user=user)

    def _user(self, name: str) -> int:
        row = self._state.one("SELECT id FROM users WHERE name = ?", name)
        if row is None:
            raise ValueError(f"there is no user {name!r}")
        return int(row["id"])
