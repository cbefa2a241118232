"""A run over an archive: list it, give its parts out, write down which are done, and look at all of them together."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from captionkit.errors import CaptionkitError, UsageError
from captionkit.lint.checker import Checker
from captionkit.lint.folder import FolderFiles, of_folder
from captionkit.lint.settings import Settings
from captionkit.scale import stores
from captionkit.scale.convert import RIVALS, Conversion, wanted, without_rivals
from captionkit.scale.engine import Lost, cluster, give_out
from captionkit.scale.manifest import NAME, Manifest, is_part_name, read_manifest, stamp
from captionkit.scale.parts import PART_FILES, Entry, Part, part_of, parts, remaining
from captionkit.scale.stores import UNREAD, UNWRITTEN, address_of, is_address, open_store, shown
from captionkit.scale.tables import Table, file_rows, finding_rows, read_table
from captionkit.scale.work import Done, Task, give_up, without_collector

#: What the rules about folders find.
FOLDER = "findings/folder.parquet"
#: The place of the files that are not converted, behind all others.
_LAST = 1 << 60


@dataclass
class Archive:
    """An archive and what is to be done with it.

    Attributes:
        source: the address or folder, as the user named it.
        report: the address or folder of the tables.
        what: the settings of a check, or a conversion.
        exclude: globs of what is left out.
        engine: see `captionkit.scale.engine`.
        workers: processes on this computer.
        part_files: files a part, at least.
        resume: whether parts that are done stay so; what changed in the archive since is done anew.
    """

    source: str
    report: str
    what: Settings | Conversion
    exclude: Sequence[str] = ()
    engine: str = "dask"
    workers: int = 0
    part_files: int = PART_FILES
    resume: bool = False

    def run(self, listen: Callable[[int, Done], None] = lambda parts, done: None) -> Manifest:
        """Do it all.

        Args:
            listen: hears after each part how many parts and what is done.

        Raises:
            UsageError: the addresses or the settings are wrong, or the report is of another run.
            RemoteError, LocalError: the archive cannot be listed, or the report cannot be written.
            WorkerDiffers
        """
        source, report = address_of(self.source), address_of(self.report)
        if isinstance(self.what, Conversion) and self.what.target.startswith(f"{source}/"):
            raise UsageError(
                "the results would lie among what is to be converted", where=self.what.target,
                unchanged="Nothing was read.", hint="Name a place outside of it with -o.",
            )  # fmt: skip
        store, out = open_store(source), open_store(report)
        if isinstance(self.what, Settings):
            Checker(self.what)  # what is wrong with them is said before anything is begun
        manifest = self._begin(out, source)
        made: dict[tuple[int, ...], Part] = {}
        total = Done(0, 0, 0)
        listed: set[str] = set()
        queue = _Queue(
            self._todo(store, out, Task(stamp(), source, self.source, report, part_of((), ()), self.what), made, listed)
        )
        first = next(queue, None)
        if first is not None:  # else there is nothing to do, and no engine is needed for it
            queue.first.append(first)
            with cluster(self.engine, self.workers, stamp()) as client:
                for task, outcome in give_out(client, queue):
                    if isinstance(outcome, Lost):
                        if len(task.part.entries) > 1:
                            queue.first.extend(task._replace(part=half) for half in task.part.halves())
                            continue
                        outcome = give_up(task, str(outcome))
                    total = Done(*map(sum, zip(total, outcome, strict=True)))
                    made[task.part.place] = _light(task.part)
                    self._require_written(out, task.part)
                    listen(len(made), total)
        order = [made[place] for place in sorted(made)]
        files = sum(one.entries[0].size for one in order)
        manifest = replace(manifest, parts=tuple(one.name for one in order), files=files)
        if isinstance(self.what, Settings):
            with without_collector():
                self._look_at_all(out, manifest, self.what)
        manifest = replace(manifest, finished=True)
        out.put(NAME, manifest.data())
        _delete_others(out, manifest, listed)
        return manifest

    def _todo(
        self, store: stores.Store, out: stores.Store, task: Task, made: dict[tuple[int, ...], Part], listed: set[str]
    ) -> Iterator[Task]:
        """What is to be done, as the archive is listed; what is done already is put down.

        Args:
            task: as those that are made, but for the part.
            made: is given the parts that are done. listed: the names of those that the listing has.
        """
        done = frozenset(self._marked(out))
        rivals: list[Entry] = []
        entries = self._listed(store)
        if isinstance(self.what, Conversion):
            entries = without_rivals(entries, self.what, rivals)
        for part in parts(entries, self.part_files):
            listed.add(part.name)
            todo, finished = remaining(part, done)
            made.update({one.place: _light(one) for one in finished})
            if todo:
                self._write_listing(out, part)
            for one in todo:
                yield task._replace(part=one)
        for part in parts(rivals, self.part_files):
            listed.add(part.name)
            self._write_listing(out, part)
            give_up(task._replace(part=part), RIVALS)
            made[_LAST, *part.place] = _light(part)

    def _begin(self, out: stores.Store, source: str) -> Manifest:
        is_check = isinstance(self.what, Settings)
        manifest = Manifest(
            work="check" if is_check else "convert",
            version=stamp().version,
            rules=stamp().rules,
            settings=self.what.fingerprint(),
            settings_text=repr(self.what),
            source=source,
            part_files=self.part_files,
        )
        before = read_manifest(out)
        if before is None and next(out.list("files", (".parquet",)), None):
            raise UsageError(
                "there are tables of another run in this folder, and no manifest.json says of which",
                where=self.report,
                unchanged="Nothing was read.",
                hint="Name another folder, or delete files/ and findings/ in this one.",
            )
        # Of two that begin at once only one is the first.
        is_first = before is None and out.put_new(NAME, manifest.data())
        if not is_first and not self.resume:
            raise UsageError(
                "there is a report of captionkit in this folder already",
                where=self.report,
                unchanged="Nothing was read.",
                hint="Go on with it, and bring it up to date, with --resume; or name another folder.",
            )
        before = before or (None if is_first else read_manifest(out))
        differs = before.differs(manifest) if before is not None else ""
        if differs:
            raise UsageError(
                f"the report in this folder is of another run: {differs}",
                where=self.report,
                unchanged="Nothing was read.",
                hint="Name another folder.",
            )
        return manifest

    def _listed(self, store: stores.Store) -> Iterator[Entry]:
        for entry in stores.captions(store, self.exclude, self.source):
            if isinstance(self.what, Settings) or wanted(entry.path, self.what):
                yield entry

    def _marked(self, out: stores.Store) -> Iterator[str]:
        """The parts that are done: their table is whole, is of the files that they are called by, and of each file
        something is known. What could not be read is tried again."""
        kind = "files" if isinstance(self.what, Settings) else "converted"
        begins = shown(self.source, "x")[:-1]
        for entry in out.list("files", (".parquet",)) if self.resume else ():
            name = entry.path.rpartition("/")[2].removesuffix(".parquet")
            try:
                table = read_table(kind, out.get(f"files/{name}.parquet"), entry.path)
            except (OSError, CaptionkitError):
                continue
            rows = zip(*(table[column].to_pylist() for column in ("path", "size", "tag", "error")), strict=True)
            entries = []
            for path, size, tag, error in rows:
                if path is None or not path.startswith(begins) or (error or "").startswith((UNREAD, UNWRITTEN)):
                    break
                entries.append(Entry(path.removeprefix(begins).replace(os.sep, "/"), size, tag))
            else:
                if part_of((), entries).name == name:
                    yield name

    def _write_listing(self, out: stores.Store, part: Part) -> None:
        table = Table("listing")
        table.add(part.entries)
        out.put(f"listing/{part.name}.parquet", table.data())

    def _require_written(self, out: stores.Store, part: Part) -> None:
        """A worker elsewhere may have written to a folder of its own that has the same name."""
        if is_address(out.address):
            return
        try:
            out.get(f"files/{part.name}.parquet")
        except OSError:
            raise UsageError(
                "what the workers write does not arrive here: they do not share this folder",
                where=self.report,
                hint="Name a place that all of them see, such as s3://bucket/report.",
            ) from None

    def _look_at_all(self, out: stores.Store, manifest: Manifest, settings: Settings) -> None:
        """The rules about folders, once over the names and what is compared of each file."""
        files, checker = FolderFiles(), Checker(settings)
        for name in manifest.parts if checker.compares_files else ():
            for row in file_rows(part_data(out, "files", name), f"{self.report}/files/{name}.parquet"):
                files.add(row.result.path, row.result.facts)
        if not is_address(self.source):
            files.measure()
        table = Table("findings")
        for result in of_folder(files, checker):
            table.add(finding_rows(result))
        out.put(FOLDER, table.data())


class _Queue:
    """Tasks as they come, those that were put back first. It may end and go on."""

    def __init__(self, tasks: Iterator[Task]) -> None:
        self.first: deque[Task] = deque()
        self._tasks = tasks

    def __iter__(self) -> _Queue:
        return self

    def __next__(self) -> Task:
        return self.first.popleft() if self.first else next(self._tasks)


def _light(part: Part) -> Part:
    """A part without its files, whose number stands as the size of one."""
    return part._replace(entries=(Entry("", len(part.entries)),))


def _delete_others(out: stores.Store, manifest: Manifest, listed: set[str]) -> None:
    """Take away the tables of parts that are no more, since files have changed: whoever reads the folders as they
    stand has each file once."""
    done = set(manifest.parts)
    for folder, current in (("findings", done), ("files", done), ("listing", listed)):
        for entry in list(out.list(folder, (".parquet",))):
            name = entry.path.rpartition("/")[2].removesuffix(".parquet")
            if is_part_name(name) and name not in current:
                out.delete(f"{folder}/{name}.parquet")


def part_data(store: stores.Store, kind: str, name: str) -> bytes:
    """The bytes of a table.

    Raises:
        UsageError: it is not there.
    """
    try:
        return store.get(f"{kind}/{name}.parquet")
    except OSError as error:
        raise UsageError(
            f"cannot read {kind}/{name}.parquet: {error}", where=store.address, hint="Make it again with --resume."
        ) from None
