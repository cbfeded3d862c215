"""Run by test_files_killed: what is offered comes, again and again; each that is whole is told.

Arguments: the folder of the originals, the folder for what comes, and one for what is remembered.
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from file_samples import offered
from people import open_store

from lanchat.core.file_manifest import Manifest
from lanchat.storage.file_records import FileRecord
from lanchat.storage.partial_files import PartialFiles, new_part

there, here, data = map(Path, sys.argv[1:])
chance = random.Random()
with open_store(data) as store:
    offers = [offered(path) for path in sorted(there.iterdir())]
    sources = {manifest.root: source for _found, manifest, source in offers}

    def receive(manifest: Manifest, record: FileRecord) -> None:
        assert record.part is not None
        partial = PartialFiles(manifest, record.part, record.path)
        partial.check()
        print("has", partial.done, flush=True)
        missing = partial.missing()
        chance.shuffle(missing)
        for index in missing:
            partial.write(index, sources[manifest.root].read(index))
        path, stamps = partial.finish()
        store.files.put(FileRecord(manifest.root, "here", path, manifest.size, None, manifest.size, stamps))
        print("whole", path.name, flush=True)
        store.files.remove(manifest.root)

    for record in store.files.all():  # what was on its way
        content = store.files.manifest(record.root)
        assert content is not None
        if record.stage == "coming":
            receive(Manifest.read(content), record)
    for _found, manifest, _source in itertools.cycle(offers):
        target = here / manifest.target_name("")
        record = FileRecord(manifest.root, "coming", target, manifest.size, new_part(target, manifest.root))
        with store.transaction():
            store.files.put_manifest(manifest.root, manifest.content)
            store.files.put(record)
        receive(manifest, record)
