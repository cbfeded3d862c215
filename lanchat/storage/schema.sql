-- The newest version of the database, for all rooms of one person. open_database.py brings older ones up to it.

-- A room's number is never used twice: it is the high part of its entries' ids.
CREATE TABLE rooms (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    owner BLOB,                     -- the pin: the key that founded the room
    passphrase INTEGER NOT NULL,
    hosted INTEGER NOT NULL,
    secret BLOB,
    address TEXT,
    port INTEGER,
    read_seq INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    epoch INTEGER NOT NULL,         -- of the last opening that is known; 0: a replica that has not begun
    base INTEGER NOT NULL,          -- entries base+1, base+2, ... are here, without a gap
    base_head BLOB NOT NULL,
    topic TEXT,                     -- as the host set it last
    topic_entry INTEGER,            -- the id of the entry that did
    keeps BLOB,                     -- MessagePack: the newest entry that says who keeps the room open
    passes BLOB NOT NULL DEFAULT x'90', -- MessagePack: the chain of passes that entitles me to keep it open
    generation INTEGER NOT NULL DEFAULT 0, -- of the passphrase; passes of an older one are void
    keepers TEXT NOT NULL DEFAULT 'anyone', -- who may keep it open when I leave: 'anyone', 'named', 'nobody'
    guest_port INTEGER NOT NULL DEFAULT 0 -- where its page for phones was last; 0: nowhere
) STRICT;

-- Older ranges of a room's entries, before that one, with entries missing between: base+1 ... last, without a gap. A
-- range with base = last has no entries: it says that those after it were kept once. Missing ones are fetched again.
CREATE TABLE parts (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    base INTEGER NOT NULL,
    base_head BLOB NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (room, base)
) STRICT;

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    first_seen INTEGER NOT NULL,
    nick TEXT,                      -- with revision and signature: the newest card; NULL while unknown
    revision INTEGER,
    signature BLOB,
    verified_at INTEGER,            -- when the person compared keys with this member, ms; NULL: not yet
    profile BLOB                    -- of the newest card
) STRICT;

-- A device of a member that has written in a room.
CREATE TABLE writers (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    member INTEGER NOT NULL REFERENCES members,
    device_id BLOB NOT NULL,
    last_counter INTEGER NOT NULL,
    UNIQUE (room, member, device_id)
) STRICT;

-- id = room number << 40 | seq, so that a page and a search within a room are ranges of ids.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,         -- 0: outside any unbroken range, so only its signature vouches for it
    entry_id BLOB NOT NULL,
    writer INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,             -- what it means: core/content.py
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    head BLOB NOT NULL,
    target BLOB,                    -- the entry_id of what it refers to
    is_message INTEGER NOT NULL DEFAULT 1, -- people see it as a message; see messages.py
    erased BLOB                     -- the SHA-256 of a body that was erased
) STRICT;

CREATE UNIQUE INDEX entries_once ON entries (entry_id, writer);

-- For finding what somebody wrote.
CREATE INDEX entries_by_writer ON entries (writer);

-- For finding the annotations and the answers of a message.
CREATE INDEX entries_by_target ON entries (target) WHERE target IS NOT NULL;

-- For finding the messages that offer files. See offers.py.
CREATE INDEX entries_offers ON entries (id) WHERE kind = 'file' AND is_message;

-- For finding whether a ban was taken back later. See projection.py.
CREATE INDEX entries_bans ON entries (id) WHERE kind IN ('+ban', '+unban', '+role');

-- What annotations made of messages, by the ids of the messages' entries. See projection.py.
CREATE TABLE changed (
    id INTEGER PRIMARY KEY,
    text TEXT,                      -- as last edited; NULL: as it was written
    edited_at INTEGER NOT NULL DEFAULT 0, -- ms; 0: never
    deleted_by INTEGER REFERENCES members,
    pinned INTEGER NOT NULL DEFAULT 0 -- the id of the entry that pinned it; 0: not pinned
) STRICT;

CREATE INDEX changed_pinned ON changed (id) WHERE pinned;

CREATE TABLE reactions (
    message INTEGER NOT NULL,       -- as in `changed`
    emoji TEXT NOT NULL,
    member INTEGER NOT NULL REFERENCES members,
    entry INTEGER NOT NULL,         -- the id of the entry that says it
    PRIMARY KEY (message, emoji, member)
) STRICT, WITHOUT ROWID;

-- For counting messages without reading them all.
CREATE INDEX entries_silent ON entries (id) WHERE NOT is_message;

-- The search index: the words of text entries, by the same id. See search_text.py.
CREATE VIRTUAL TABLE words USING fts5 (
    body, content = '', columnsize = 0, prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);

-- Entries whose words are in the index as version 5 put them there. They are indexed anew, a few at a time.
CREATE TABLE indexed_before (
    id INTEGER PRIMARY KEY
) STRICT;

-- Messages whose entries left a Log that gave way, and whose words are still in the index. They are taken out a few at a
-- time, and before other entries get their ids. See search_index.py.
CREATE TABLE left_in_index (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    text TEXT,                      -- as in `changed`
    version_5 INTEGER               -- NULL: not indexed before; see above
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    entry_id BLOB NOT NULL,
    author BLOB NOT NULL,
    device_id BLOB NOT NULL,
    counter INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    refused TEXT,                   -- the code of the host's reason to refuse it for ever; NULL: it waits
    target BLOB,
    peer BLOB,                      -- for whom a private message is, and its text, which cannot be read from the body
    private_text TEXT,
    private_offer BLOB,             -- or the offer of files that is sealed in it
    UNIQUE (room, entry_id)
) STRICT;

-- Entries of a Log that gave way, on their way into the Log of the keeper: see carried.py. In the order of the old Log.
CREATE TABLE carried (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    entry_id BLOB NOT NULL,
    author BLOB NOT NULL,
    device_id BLOB NOT NULL,
    counter INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    target BLOB,
    erased BLOB,
    read INTEGER NOT NULL,          -- the person has read it, or wrote it
    refused TEXT,                   -- as in `outbox`
    peer BLOB,                      -- the other one of the two whom a private message is of, if it could be opened
    private_kind TEXT,              -- and what it says, as in `private`
    private_text TEXT,
    private_offer BLOB,
    UNIQUE (room, entry_id, author)
) STRICT;

-- Entries that were read before they came back into the Log, after what was read of it: they are not unread again.
CREATE TABLE read_before (
    id INTEGER PRIMARY KEY
) STRICT;

-- Private messages: see private_messages.py. A thread has those of one room that another member and I wrote each other.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    member INTEGER NOT NULL REFERENCES members,
    read_seq INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, member)
) STRICT;

CREATE TABLE private (
    id INTEGER PRIMARY KEY,         -- of the entry that it was sealed in
    thread INTEGER NOT NULL REFERENCES threads ON DELETE CASCADE,
    mine INTEGER NOT NULL,
    kind TEXT NOT NULL,             -- of what was sealed; '+sealed': it cannot be opened
    text TEXT NOT NULL,
    offer BLOB                      -- of files: as it was sealed
) STRICT;

CREATE INDEX private_in_order ON private (thread, id);

-- Of those that cannot be opened, one in each thread.
CREATE UNIQUE INDEX private_closed ON private (thread) WHERE kind = '+sealed';

CREATE VIRTUAL TABLE private_words USING fts5 (
    body, content = '', columnsize = 0, prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);

-- Sealed entries that were written while nobody could open them, as when a damaged database was read.
CREATE TABLE sealed_before (
    id INTEGER PRIMARY KEY
) STRICT;

-- Messages that the person wants to find again. Nobody else knows of them.
CREATE TABLE bookmarks (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    entry_id BLOB NOT NULL,
    added_at INTEGER NOT NULL,      -- ms
    UNIQUE (room, entry_id)
) STRICT;

-- The last counter given out, for each room and device of mine. Kept when the room is forgotten: a host that remembers
-- it refuses a counter that is used twice.
CREATE TABLE counters (
    room_id TEXT NOT NULL,
    device_id BLOB NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (room_id, device_id)
) STRICT;

-- Which room answered at an address that the person typed. Port 0: none was typed.
CREATE TABLE addresses (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    PRIMARY KEY (host, port)
) STRICT;

-- Which members need no passphrase any more in a room of ours; which are banned from a room, or have a role in it: that
-- is what its Log says (projection.py).
CREATE TABLE standing (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    key BLOB NOT NULL,
    admitted INTEGER NOT NULL DEFAULT 0,
    banned INTEGER NOT NULL DEFAULT 0,  -- the rank of who did it: 1 a co-owner, 2 the owner
    role BLOB,                          -- the body of the +role entry
    PRIMARY KEY (room, key)
) STRICT;

-- What was offered in rooms and is on this computer: see file_records.py. The bytes themselves are in files.
CREATE TABLE manifests (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE,      -- the SHA-256 of the content
    content BLOB NOT NULL
) STRICT;

-- Originals that were offered, and what came or is coming.
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE,
    standing TEXT NOT NULL,         -- 'mine', 'here', 'coming', 'paused', 'failed'
    path BLOB NOT NULL,             -- as the file system names it
    part BLOB NOT NULL,             -- where its bytes are while it is coming
    size INTEGER NOT NULL,
    done INTEGER NOT NULL,
    stamps BLOB NOT NULL,           -- MessagePack: path, size and time of each file that is whole
    added_at INTEGER NOT NULL,      -- ms
    key BLOB NOT NULL DEFAULT x'',  -- of a private offer
    head BLOB NOT NULL DEFAULT x''  -- of my originals that are offered privately
) STRICT;

-- Which messages offer them: only members of these rooms may have them from us.
CREATE TABLE room_files (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    entry_id BLOB NOT NULL,
    root BLOB NOT NULL,
    PRIMARY KEY (room, entry_id)
) STRICT;

CREATE INDEX room_files_by_root ON room_files (root);

-- What members offered, kept for the others in rooms hosted here: see file_store.py.
CREATE TABLE stored_files (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    added_at INTEGER NOT NULL       -- ms
) STRICT;

-- The codes with which phones come into rooms that are open here, or that were given to this computer because it may
-- keep a room open next: see guest_code_rows.py. The newest one of a room has the highest id.
CREATE TABLE guest_codes (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    secret BLOB NOT NULL,
    made_at INTEGER NOT NULL,       -- ms
    used_at INTEGER NOT NULL,       -- ms; when it was made, or somebody came in with it last
    ends_at INTEGER                 -- ms; from then on it lets nobody new in; NULL: until it is withdrawn
) STRICT;

-- Who came in with a code, and may come back with it.
CREATE TABLE guest_keys (
    key BLOB NOT NULL,
    code INTEGER NOT NULL REFERENCES guest_codes ON DELETE CASCADE,
    came_at INTEGER NOT NULL,       -- ms; when they came first, 0: not known, -1: they were sent away, and may not
    PRIMARY KEY (code, key)
) STRICT;
