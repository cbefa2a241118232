"""The little of Canvas's other APIs that a caption client needs: users, courses and what was brought into them, and
files with their media ids."""

from __future__ import annotations

from sqlite3 import Row
from typing import Any

from captionkit.sandbox.answers import Answer
from captionkit.sandbox.call import Call
from captionkit.sandbox.media import page_of, search_term_too_short


def show_user(call: Call) -> Answer:
    wanted = call.args["id"]
    if wanted not in ("self", str(call.caller.user_id)) and not call.caller.is_admin:
        raise call.not_found()
    row = call.state.one(
        "SELECT id, name FROM users WHERE id = ?",
        call.caller.user_id if wanted == "self" else _number(call, wanted),
    )
    if row is None:
        raise call.not_found()
    name = row["name"]
    return call.answer({"id": row["id"], "name": name, "sortable_name": name, "short_name": name, "locale": None})


def show_course(call: Call) -> Answer:
    row = _course(call, call.args["id"])
    if not call.caller.may_read(f"course_{row['id']}"):
        raise call.unauthorized()
    data = {"id": row["id"], "name": row["name"], "course_code": row["name"], "workflow_state": "available"}
    return call.answer(data | {"account_id": 1, "sis_course_id": row["sis_id"], "created_at": row["created_at"]})


def list_imports(call: Call) -> Answer:
    """ContentMigrationsController#index: newest first, without what a blueprint brought."""
    course = _course(call, call.args["course_id"])
    if not call.caller.may_edit(f"course_{course['id']}"):
        raise call.unauthorized()
    rows = call.state.all("SELECT * FROM imports WHERE course_id = ? ORDER BY id DESC", course["id"])
    chosen, link = page_of(call, [row["id"] for row in rows], f"/api/v1/courses/{course['id']}/content_migrations")
    shown = [
        {
            "id": row["id"],
            "migration_type": "course_copy_importer",
            "workflow_state": "completed" if row["finished_at"] else "running",
            "created_at": row["created_at"],
            "started_at": row["created_at"],
            "finished_at": row["finished_at"],
            "settings": {"source_course_id": row["source_id"]},
        }
        for row in rows
        if row["id"] in set(chosen)
    ]
    return call.answer(shown, ("Link", link))


def list_blueprint_subscriptions(call: Call) -> Answer:
    course = _course(call, call.args["course_id"])
    if not call.caller.may_edit(f"course_{course['id']}"):
        raise call.unauthorized()
    blueprint = call.state.one("SELECT id, name FROM courses WHERE id = ?", course["blueprint_id"])
    if blueprint is None:
        return call.answer([])
    about = {"id": blueprint["id"], "name": blueprint["name"], "course_code": blueprint["name"]}
    return call.answer([{"id": 1, "template_id": 1, "blueprint_course": about}])


def show_file(call: Call) -> Answer:
    row = call.state.one("SELECT * FROM attachments WHERE id = ?", _number(call, call.args["id"]))
    if row is None or (row["deleted"] and row["replacement_id"] is None):
        raise call.not_found()
    if "course_id" in call.args and row["context"] != f"course_{_course(call, call.args['course_id'])['id']}":
        raise call.not_found()
    if not call.caller.may_download(row):
        raise call.unauthorized()
    return call.answer(_file_json(call, row))


def list_files(call: Call) -> Answer:
    course = _course(call, call.args["course_id"])
    context = f"course_{course['id']}"
    if not call.caller.may_read(context):
        raise call.unauthorized()
    conditions, values = ["context = ?", "deleted = 0"], [context]
    types = call.params.get("content_types", [])
    types = [types] if isinstance(types, str) else list(types)
    if types:
        conditions.append("(" + " OR ".join("content_type = ? OR content_type LIKE ?" for _ in types) + ")")
        for name in types:
            # `video` stands for every video/...; a full type only for itself.
            values += [name, f"{name}/%" if "/" not in name else name]
    term = call.params.get("search_term")
    if term is not None:
        if len(str(term)) < 2:
            raise search_term_too_short(call.words)
        conditions.append("instr(lower(display_name), lower(?)) > 0")
        values.append(str(term))
    if not call.caller.may_edit(context):
        conditions.append("hidden = 0")
    column = {"size": "size", "created_at": "created_at", "updated_at": "updated_at", "content_type": "content_type"}
    order = column.get(str(call.params.get("sort")), "display_name COLLATE NOCASE")
    direction = "DESC" if call.params.get("order") == "desc" else "ASC"
    query = f"SELECT id FROM attachments WHERE {' AND '.join(conditions)} ORDER BY {order} {direction}, id"
    key = (query, *values)
    ids = call.state.listing_orders.get(key)
    if ids is None:
        ids = call.state.listing_orders[key] = [row["id"] for row in call.state.all(query, *values)]
    chosen, link = page_of(call, ids, f"/api/v1/courses/{call.args['course_id']}/files")
    rows = {
        row["id"]: row
        for row in call.state.all(f"SELECT * FROM attachments WHERE id IN ({','.join('?' * len(chosen))})", *chosen)
    }
    call.cost += call.switches.row_cost * len(chosen)
    included = call.params.get("include", [])
    shows_user = isinstance(included, list) and "user" in included and not call.caller.strips_includes
    return call.answer([_file_json(call, rows[i], with_user=shows_user) for i in chosen], ("Link", link))


def _file_json(call: Call, row: Row, *, with_user: bool = False) -> dict[str, Any]:
    data = {
        "id": row["id"],
        "uuid": f"sandbox{row['id']:033d}",
        "folder_id": 1,
        "display_name": row["display_name"],
        "filename": row["display_name"].replace(" ", "+"),
        "upload_status": "success",
        "content-type": row["content_type"],
        "url": f"{call.base}/files/{row['id']}/download?download_frd=1",
        "size": row["size"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "modified_at": row["updated_at"],
        "locked": False,
        "hidden": bool(row["hidden"]),
        "hidden_for_user": False,
        "locked_for_user": False,
        "mime_class": row["content_type"].partition("/")[0],
        "media_entry_id": row["media_entry_id"],
    }
    if not call.switches.files_show_media_entry_id:
        del data["media_entry_id"]
    if with_user:
        data["user"] = _uploader(call, row["user_id"])
    return data


def _uploader(call: Call, user_id: int | None) -> dict[str, Any]:
    """Whoever uploaded the file; nobody, as of recordings and copies, is an empty object."""
    row = call.state.one("SELECT id, name FROM users WHERE id = ?", user_id) if user_id is not None else None
    return {"id": row["id"], "display_name": row["name"]} if row is not None else {}


def _course(call: Call, wanted: str) -> Row:
    """By id or, unlike on the listing of media objects, by `sis_course_id:`."""
    if wanted.startswith("sis_course_id:"):
        row = call.state.one("SELECT * FROM courses WHERE sis_id = ?", wanted.partition(":")[2])
    else:
        row = call.state.one("SELECT * FROM courses WHERE id = ?", _number(call, wanted))
    if row is None:
        raise call.not_found()
    return row


def _number(call: Call, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise call.not_found()
    return int(text)
