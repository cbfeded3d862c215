-- The newest version of the database, for all rooms of one person. migrations.py brings older ones up to it.

-- A room's number is never used twice: it is the high part of its entries' ids.
CREATE TABLE rooms (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    host_key BLOB,                  -- the pin
    passphrase INTEGER NOT NULL,
    hosted INTEGER NOT NULL,
    secret BLOB,
    address TEXT,
    port INTEGER,
    read_seq INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    epoch INTEGER NOT NULL,         -- of the host that writes now
    base INTEGER NOT NULL,          -- entries base+1, base+2, ... are here, without a gap
    base_head BLOB NOT NULL
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
    verified_at INTEGER             -- when the person compared keys with this member, ms; NULL: not yet
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
    is_message INTEGER NOT NULL DEFAULT 1 -- people see it as a message; see messages.py
) STRICT;

CREATE UNIQUE INDEX entries_once ON entries (entry_id, writer);

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

-- Which members need no passphrase any more in a room of ours, and which are banned from it.
CREATE TABLE standing (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    key BLOB NOT NULL,
    admitted INTEGER NOT NULL DEFAULT 0,
    banned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, key)
) STRICT;
