"""What a test, a demo or a colleague can do to the stand-in without being its client: fill the world, and change it.

Each public method is also an operation of the control endpoint: `POST /sandbox/<method>` with its arguments as JSON.
Users are named ("teacher") or numbered. What is answered here is the truth of the database, not what the API shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Row
from typing import Any

from captionkit.sandbox import conversion
from captionkit.sandbox.browser import viewed
from captionkit.sandbox.creation import NewMedia, create_file, create_media
from captionkit.sandbox.lookup import media_object
from captionkit.sandbox.people import USERS, People
from captionkit.sandbox.seeding import seed_media
from captionkit.sandbox.titles import sort_key

#: What a copy of a file takes over from it.
_COPIED = ("display_name", "content_type", "media_entry_id", "size", "created_at")


class World(People):
    """The operations on courses, media and tracks."""

    # Courses and media

    def add_course(self, name: str, *, sis_id: str | None = None, created_at: str = "2020-01-01T00:00:00Z") -> int:
        """A course with teacher and colleague as its teachers and student as a student; the id.

        Args:
            created_at: long ago by default, since a course is there before what is put into it.
        """
        with self._state.together():
            course = self._state.insert("courses", name=name, sis_id=sis_id, created_at=created_at)
            for user, role in USERS.items():
                if role is not None:
                    self._join(f"course_{course}", self._user(user), role)
        return course

    def add_group(self, name: str) -> int:
        """A group of teacher and colleague; the id."""
        with self._state.together():
            group = self._state.insert("groups_", name=name)
            for user in ("teacher", "colleague"):
                self._join(f"group_{group}", self._user(user), "teacher")
        return group

    def courses(self) -> list[dict[str, Any]]:
        with self._state.lock:
            return [dict(row) for row in self._state.all("SELECT * FROM courses ORDER BY id")]

    def add_media(
        self,
        course: int | None,
        title: str | None,
        *,
        user: str | int = "teacher",
        group: int | None = None,
        media_id: str | None = None,
        old_media_id: str | None = None,
        media_type: str | None = "video/mp4",
        filename: str | None = None,
        user_entered_title: str | None = None,
        with_file: bool = True,
        in_files: bool = False,
        created_at: str | None = None,
    ) -> str:
        """A media object and its file; the media id.

        Args:
            course: where the file is; None, and no group, puts it into the user's own files.
            title: None is shown as "Untitled".
            user: who uploaded it.
            with_file: False makes a media object without a file, as old servers have them.
            in_files: uploaded under Files, which notes by whom; a recording made in the editor has a file of nobody's.
        """
        new = NewMedia(
            media_id, old_media_id, media_type, filename, user_entered_title, with_file, in_files, created_at
        )
        with self._changing_media():
            owner = self._user(user)
            home = f"user_{owner}" if group is None else f"group_{group}"
            return create_media(self._state, home if course is None else f"course_{course}", owner, title, new)

    def add_file(
        self, course: int, name: str, *, content_type: str = "application/pdf", media_entry_id: str | None = None
    ) -> int:
        """A file without a media object; with `media_entry_id="maybe"` one whose media is still being made."""
        with self._changing_media():
            return self._add_file(f"course_{course}", name, content_type, media_entry_id, self._state.stamp())

    def copy_media(self, media_id: str, course: int, *, own_tracks: bool = False) -> int:
        """Copy the file of a media object into another course, as an import from its course does; the new file's id.

        The media object stays one, and the original's tracks are inherited by the copy.

        Args:
            own_tracks: as newer servers import: the copy gets tracks of its own, which show no user.
        """
        with self._changing_media():
            media = self._media(media_id)
            file = self._state.one("SELECT * FROM attachments WHERE id = ?", media["attachment_id"])
            if file is None:
                raise ValueError(f"{media_id} has no file to copy")
            source = file["context"].removeprefix("course_")
            if source.isdecimal():
                self._imported(int(source), course)
            (copy,) = self._copy_files("id = ?", file["id"], course, own_tracks=own_tracks)
            return copy

    def copy_course(self, course: int, name: str, *, own_tracks: bool = False) -> int:
        """A new course with copies of all files of another; its id. Only the teacher teaches it.

        Args:
            own_tracks: as newer servers import: the copies get tracks of their own, which show no user.
        """
        with self._changing_media():
            copy = self._state.insert("courses", name=name, created_at=self._state.stamp())
            self._join(f"course_{copy}", self._user("teacher"), "teacher")
            self._imported(course, copy)
            self._copy_files("context = ? AND deleted = 0", f"course_{course}", copy, own_tracks=own_tracks)
        return copy

    def sync_blueprint(self, blueprint: int, course: int) -> list[int]:
        """Bring the files of a blueprint course into one that is associated with it; the new files' ids.

        Canvas does not list this among the imports of the course.
        """
        with self._changing_media():
            self._state.run("UPDATE courses SET blueprint_id = ? WHERE id = ?", blueprint, course)
            return self._copy_files("context = ? AND deleted = 0", f"course_{blueprint}", course)

    def media(self, course: int | None = None) -> list[dict[str, Any]]:
        """All media objects, or those whose original file is in the course, with `file_ids` of it and its copies."""
        with self._state.lock:
            where = "1" if course is None else f"a.context = 'course_{int(course)}'"
            rows = self._state.all(
                "SELECT mo.*, a.context AS file_context, a.locked FROM media_objects mo "
                f"LEFT JOIN attachments a ON a.id = mo.attachment_id WHERE {where} ORDER BY mo.id"
            )
            files: dict[str, list[int]] = {}
            for file in self._state.all("SELECT id, media_entry_id FROM attachments WHERE deleted = 0 ORDER BY id"):
                files.setdefault(file["media_entry_id"], []).append(file["id"])
            return [dict(row) | {"file_ids": files.get(row["media_id"], [])} for row in rows]

    def file_id(self, media_id: str, course: int | None = None) -> int:
        """The file of a media object: the original, or its copy in a course."""
        with self._state.lock:
            media = self._media(media_id)
            if course is None:
                return int(media["attachment_id"])
            row = self._state.one(
                "SELECT id FROM attachments WHERE context = ? AND media_entry_id = ? AND deleted = 0 ORDER BY id DESC",
                f"course_{course}",
                media["media_id"],
            )
            if row is None:
                raise ValueError(f"course {course} has no file of {media_id}")
            return int(row["id"])

    def rename(self, media_id: str, title: str) -> None:
        """Somebody gives a media object another title."""
        with self._changing_media():
            self._state.run(
                "UPDATE media_objects SET user_entered_title = ?, sort_title = ?, updated_at = ? WHERE id = ?",
                title,
                sort_key(title),
                self._state.stamp(),
                self._media(media_id)["id"],
            )

    def delete_media(self, media_id: str) -> None:
        """Delete a media object and its files, as the web interface does: gone from listings, still found by its id."""
        with self._changing_media():
            media = self._media(media_id)
            self._state.run("UPDATE media_objects SET deleted = 1 WHERE id = ?", media["id"])
            self._state.run("UPDATE attachments SET deleted = 1 WHERE media_entry_id = ?", media["media_id"])

    def purge_media(self, media_id: str) -> None:
        """Remove a media object, its files and its tracks without a trace: its path answers "unauthorized"."""
        with self._changing_media():
            media = self._media(media_id)
            self._state.run("DELETE FROM tracks WHERE media_object_id = ?", media["id"])
            self._state.run("DELETE FROM attachments WHERE media_entry_id = ?", media["media_id"])
            self._state.run("DELETE FROM media_objects WHERE id = ?", media["id"])

    def replace_file(self, file: int, course: int, name: str, *, media_entry_id: str | None = None) -> int:
        """Delete a file in favour of a new one, which its id then leads to; the new id."""
        with self._changing_media():
            old = self._state.one("SELECT * FROM attachments WHERE id = ?", file)
            if old is None:
                raise ValueError(f"there is no file {file}")
            entry = media_entry_id or old["media_entry_id"]
            new = self._add_file(f"course_{course}", name, old["content_type"], entry, self._state.stamp())
            self._state.run("UPDATE attachments SET deleted = 1, replacement_id = ? WHERE id = ?", new, file)
        return new

    def replace_data(self, file: int, user: str | int) -> None:
        """Somebody uploads new data for a file under Files: from then on it shows who did, a copy too."""
        with self._changing_media():
            self._state.run("UPDATE attachments SET user_id = ? WHERE id = ?", self._user(user), file)

    def submit_file(self, file: int) -> None:
        """The file is handed in with an assignment: nobody may change its captions any more."""
        with self._changing_media():
            self._state.run("INSERT OR IGNORE INTO submissions (attachment_id) VALUES (?)", file)

    def delete_original(self, media_id: str) -> None:
        """Delete the file that a media object was made for: its copies lose the tracks that they were lent."""
        with self._changing_media():
            media = self._media(media_id)
            self._state.run("UPDATE attachments SET deleted = 1 WHERE id = ?", media["attachment_id"])
            self._state.run("UPDATE media_objects SET attachment_id = NULL WHERE id = ?", media["id"])

    def delete_file(self, file: int) -> None:
        """Delete a file; its media object stays."""
        with self._changing_media():
            self._state.run("UPDATE attachments SET deleted = 1 WHERE id = ?", file)

    def hide_file(self, file: int, hidden: bool = True) -> None:
        """Hide a file from everybody who may not edit it."""
        with self._changing_media():
            self._state.run("UPDATE attachments SET hidden = ? WHERE id = ?", int(hidden), file)

    def lock(self, media_id: str, locked: bool = True) -> None:
        """Lock the content of a media object's original file by a blueprint course."""
        with self._changing_media():
            self._state.run(
                "UPDATE attachments SET locked = ? WHERE id = ?", int(locked), self._media(media_id)["attachment_id"]
            )

    def lock_file(self, file: int, locked: bool = True) -> None:
        """Lock the content of one file, e.g. of a copy."""
        with self._changing_media():
            self._state.run("UPDATE attachments SET locked = ? WHERE id = ?", int(locked), file)

    def set_auto_caption_status(self, media_id: str, status: str | None) -> None:
        with self._changing_media():
            self._state.run(
                "UPDATE media_objects SET auto_caption_status = ? WHERE id = ?", status, self._media(media_id)["id"]
            )

    # Tracks

    def add_track(
        self,
        media_id: str,
        locale: str,
        content: str = "",
        *,
        user: str | int = "teacher",
        kind: str = "subtitles",
        asr: bool = False,
        workflow_state: str = "ready",
        file: int | None = None,
        in_scope_of_file: bool = True,
    ) -> int:
        """A track as `user` would have made it; the id.

        Args:
            asr: an automatic track; with `workflow_state="processing"` it has no content yet.
            file: a copy of the file, whose own track it is to be; None means the original.
            in_scope_of_file: False makes a track without attachment, as servers of old made them.
        """
        with self._state.lock:
            media = self._media(media_id)
            now = self._state.stamp()
            home = (media["attachment_id"] if file is None else file) if in_scope_of_file else None
            return self._state.insert(
                "tracks",
                user_id=self._user(user),
                media_object_id=media["id"],
                attachment_id=home,
                locale=locale,
                kind=kind,
                content=content,
                webvtt_content=conversion.webvtt_of(content) if content and conversion.is_converted(content) else None,
                external_id=f"1_asr{media['id']}{locale}" if asr else None,
                workflow_state=workflow_state,
                created_at=now,
                updated_at=now,
            )

    def edit_track(self, track: int, content: str, *, kind: str | None = None) -> None:
        """Somebody replaces a track's content: same id, `updated_at` moves; the stale column as on the server."""
        with self._state.lock:
            row = self._state.one("SELECT * FROM tracks WHERE id = ?", track)
            if row is None:
                raise ValueError(f"there is no track {track}")
            webvtt = conversion.webvtt_of(content) if conversion.is_converted(content) else row["webvtt_content"]
            self._state.run(
                "UPDATE tracks SET content = ?, webvtt_content = ?, kind = ?, updated_at = ? WHERE id = ?",
                content,
                webvtt,
                kind or row["kind"],
                self._state.stamp(),
                track,
            )

    def delete_track(self, track: int) -> None:
        """Somebody deletes a track."""
        with self._state.lock:
            self._state.run("DELETE FROM tracks WHERE id = ?", track)

    def open_tab(self, user: str | int, file: int) -> dict[str, Any]:
        """Somebody opens Canvas's own page of a file's captions, which knows the list as it is now; see `save_tab`."""
        with self._state.lock:
            return {"user": user, "file": file, "locales": sorted(self._shown_by(file))}

    def save_tab(self, tab: dict[str, Any], changed: dict[str, str]) -> None:
        """Somebody saves what was typed into a page that may be stale: it sends the list that it knew when it was
        opened, so that what was added since is removed.

        Args:
            changed: locale -> new text.
        """
        file, user = tab["file"], self._user(tab["user"])
        with self._state.lock:
            shown = self._shown_by(file)
            for locale in shown.keys() - set(tab["locales"]) - changed.keys():
                self._state.run("DELETE FROM tracks WHERE id = ?", shown[locale]["id"])
            row = self._state.one("SELECT media_entry_id FROM attachments WHERE id = ?", file)
            assert row is not None
            for locale, text in changed.items():
                own = self._state.one("SELECT id FROM tracks WHERE attachment_id = ? AND locale = ?", file, locale)
                if own is None:
                    self.add_track(row["media_entry_id"], locale, text, user=user, file=file)
                else:
                    self.edit_track(own["id"], text)

    def shown(self, file: int) -> dict[str, str]:
        """What viewers get by a file, by locale: its own tracks, and its original's in languages that it lacks."""
        with self._state.lock:
            return {locale: viewed(row) for locale, row in self._shown_by(file).items()}

    def _shown_by(self, file: int) -> dict[str, Row]:
        """What a file shows: its own tracks, and its original's in languages that it lacks."""
        rows = self._state.all(
            "SELECT t.*, t.attachment_id = :file AS own FROM tracks t JOIN attachments a ON a.id = :file "
            "JOIN media_objects mo ON mo.id = t.media_object_id AND mo.media_id = a.media_entry_id "
            "WHERE t.attachment_id IN (:file, mo.attachment_id) ORDER BY own",
            file=file,
        )
        return {row["locale"]: row for row in rows}

    def finish_asr(self, track: int, content: str) -> None:
        """The automatic captions of a track that was being processed are there."""
        self.edit_track(track, content)
        with self._state.lock:
            self._state.run("UPDATE tracks SET workflow_state = 'ready' WHERE id = ?", track)

    def set_workflow_state(self, track: int, workflow_state: str) -> None:
        """Mark a track "ready", "processing" or "failed"."""
        with self._state.lock:
            self._state.run("UPDATE tracks SET workflow_state = ? WHERE id = ?", workflow_state, track)

    def tracks(self, media_id: str) -> list[dict[str, Any]]:
        """All tracks of a media object, of every user and file, with content, `webvtt_content` and the user's name."""
        with self._state.lock:
            return self._tracks("t.media_object_id = ?", self._media(media_id)["id"])

    def all_tracks(self) -> list[dict[str, Any]]:
        """All tracks there are, with the media id of each."""
        with self._state.lock:
            return self._tracks("1")

    def viewed(self, track: int) -> str:
        """What players receive for a track, which is not always what was uploaded last."""
        with self._state.lock:
            row = self._state.one("SELECT * FROM tracks WHERE id = ?", track)
            if row is None:
                raise ValueError(f"there is no track {track}")
            return viewed(row)

    def seed(
        self,
        course: int,
        media: int,
        tracks: int = 0,
        *,
        title: str = "Lecture {:05d}",
        locales: tuple[str, ...] = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "tr"),
        user: str | int = "teacher",
        content: str = "1\n00:00:01,000 --> 00:00:03,000\nLecture {number}, {locale}\n",
    ) -> list[str]:
        """Many media objects at once, with tracks in the first so many locales; their media ids."""
        titles = [title.format(n + 1) for n in range(media)]
        with self._changing_media():
            return seed_media(self._state, f"course_{course}", self._user(user), titles, locales[:tracks], content)

    # How it is done

    @contextmanager
    def _changing_media(self) -> Iterator[None]:
        with self._state.together():
            self._state.listing_orders.clear()
            yield

    def _tracks(self, where: str, *values: Any) -> list[dict[str, Any]]:
        rows = self._state.all(
            "SELECT t.*, u.name AS user, mo.media_id FROM tracks t LEFT JOIN users u ON u.id = t.user_id "
            f"JOIN media_objects mo ON mo.id = t.media_object_id WHERE {where} ORDER BY t.locale, t.id",
            *values,
        )
        return [dict(row) | {"asr": row["external_id"] is not None} for row in rows]

    def _media(self, media_id: str) -> Row:
        row = media_object(self._state, media_id)
        if row is None:
            raise ValueError(f"there is no media object {media_id!r}")
        return row

    def _imported(self, source: int, course: int) -> None:
        now = self._state.stamp()
        self._state.insert("imports", course_id=course, source_id=source, created_at=now, finished_at=now)

    def _copy_files(self, condition: str, value: Any, course: int, *, own_tracks: bool = False) -> list[int]:
        """Attachment#clone_for: all is taken over, the creation time too; but not the user, and it is updated now."""
        copies = []
        for row in self._state.all(f"SELECT * FROM attachments WHERE {condition} ORDER BY id", value):
            taken = {name: row[name] for name in _COPIED}
            copy = self._state.insert(
                "attachments", context=f"course_{course}", updated_at=self._state.stamp(), **taken
            )
            copies.append(copy)
            tracks = self._state.all("SELECT * FROM tracks WHERE attachment_id = ?", row["id"]) if own_tracks else []
            for track in tracks:
                self._state.insert("tracks", **{**dict(track), "id": None, "user_id": None, "attachment_id": copy})
        return copies

    def _add_file(self, context: str, name: str, content_type: str, entry: str | None, now: str) -> int:
        return create_file(self._state, context, name, content_type, entry, now)
