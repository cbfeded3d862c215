/* lanchat as a client speaks it: hello -> auth -> entered, resume -> welcome, then posts and entries.
 *
 * It proves who it is and signs what it posts as a real client does. It does not check what it is sent: that is a
 * client's own cost, not the host's. */
#include "load.h"
#include "msgpack.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY = 32, SIGNATURE = 64, DEVICE = 8, ENTRY_ID = 16, ROOM_ID = 16 };

static const int64_t MILLISECOND = 1000000;

/* One member: kept over reconnects. */
struct identity {
    EVP_PKEY *key;
    uint8_t public[KEY], device[DEVICE];
    uint64_t next_seq, told; /* the next entry's number; what that was when it said how far it has the Log */
    int64_t told_at;
};

/* What all members share: the room, and the entries made before the clock starts. */
struct room {
    char id[ROOM_ID];
    uint8_t run[ENTRY_ID - 8]; /* the first half of every entry_id: this run's posts, not an earlier one's */
    uint8_t *entries;          /* POST_SIZE apart */
    uint16_t *sizes;
    uint32_t space;
};

/* --- digests and signatures: as core/model.py has them ------------------------------------------------------------ */
struct digest {
    uint8_t bytes[POST_SIZE];
    size_t size;
};

static void put(struct digest *it, const void *bytes, size_t size) {
    if (it->size + size > sizeof it->bytes)
        die("something to sign is longer than expected");
    memcpy(it->bytes + it->size, bytes, size);
    it->size += size;
}

static void part(struct digest *it, const void *bytes, size_t size) {
    uint8_t length[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
    put(it, length, sizeof length);
    put(it, bytes, size);
}

static void part_number(struct digest *it, uint64_t number) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    part(it, bytes, sizeof bytes);
}

static struct digest digest_of(const char *label) {
    struct digest it = {.size = 0};
    put(&it, "lanchat/1 ", 10);
    put(&it, label, strlen(label));
    return it;
}

static void sign(const struct identity *who, const struct digest *what, uint8_t signature[SIGNATURE]) {
    static EVP_MD_CTX *context;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    size_t size = SIGNATURE;
    SHA256(what->bytes, what->size, digest);
    if (!context && !(context = EVP_MD_CTX_new()))
        die("no memory to sign");
    EVP_MD_CTX_reset(context);
    if (EVP_DigestSignInit(context, NULL, NULL, NULL, who->key) != 1
        || EVP_DigestSign(context, signature, &size, digest, sizeof digest) != 1)
        die("cannot sign");
}

/* --- getting in --------------------------------------------------------------------------------------------------- */
static uint8_t frame_out[BATCH * POST_SIZE + 64];

static uint8_t *start_frame(const char *tag, uint32_t fields) {
    uint8_t *at = mp_put_map(frame_out + 4, fields + 1);
    at = mp_put_text(at, "t", 1);
    return mp_put_text(at, tag, strlen(tag));
}

static uint8_t *field(uint8_t *at, const char *name) {
    return mp_put_text(at, name, strlen(name));
}

static size_t end_frame(const uint8_t *at) {
    uint32_t size = (uint32_t)(at - frame_out) - 4;
    for (int i = 0; i < 4; i++)
        frame_out[i] = (uint8_t)(size >> (24 - 8 * i));
    return size + 4;
}

static void send_frame(struct member *member, const uint8_t *at) {
    wire_send(member, frame_out, end_frame(at));
}

static struct room *room_of(struct load *load) {
    if (!load->own) {
        struct room *room = load->own = grown(NULL, 1, sizeof *room);
        memset(room, 0, sizeof *room);
        RAND_bytes(room->run, sizeof room->run);
    }
    return load->own;
}

static struct identity *identity_of(struct member *member) {
    if (!member->own) {
        struct identity *made = member->own = grown(NULL, 1, sizeof *made);
        size_t size = KEY;
        memset(made, 0, sizeof *made);
        made->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        if (!made->key || EVP_PKEY_get_raw_public_key(made->key, made->public, &size) != 1)
            die("cannot make a key");
        RAND_bytes(made->device, DEVICE);
    }
    return member->own;
}

static void begin(struct member *member) {
    (void)member; /* the host says hello */
}

static void host_fingerprint(struct member *member, uint8_t out[SHA256_DIGEST_LENGTH]) {
    uint8_t *der = NULL;
    X509 *certificate = SSL_get1_peer_certificate(member->ssl);
    int size = certificate ? i2d_X509(certificate, &der) : -1;
    if (size < 0)
        die("the host has no certificate");
    SHA256(der, (size_t)size, out);
    OPENSSL_free(der);
    X509_free(certificate);
}

static uint8_t *put_card(uint8_t *at, struct member *member) {
    struct identity *me = identity_of(member);
    struct digest card = digest_of("card");
    uint8_t signature[SIGNATURE];
    char nick[20];
    size_t size = (size_t)snprintf(nick, sizeof nick, "b%u", member->number);
    part(&card, me->public, KEY);
    part(&card, nick, size);
    part_number(&card, 1);
    sign(me, &card, signature);
    at = mp_put_array(at, 4);
    at = mp_put_bytes(at, me->public, KEY);
    at = mp_put_text(at, nick, size);
    at = mp_put_count(at, 1); /* the card's revision */
    return mp_put_bytes(at, signature, SIGNATURE);
}

static void send_auth(struct member *member, const uint8_t *nonce, uint32_t nonce_size) {
    struct identity *me = identity_of(member);
    struct digest proof = digest_of("client-auth");
    uint8_t fingerprint[SHA256_DIGEST_LENGTH], own_nonce[32], signature[SIGNATURE];
    host_fingerprint(member, fingerprint);
    RAND_bytes(own_nonce, sizeof own_nonce);
    part(&proof, fingerprint, sizeof fingerprint);
    part(&proof, nonce, nonce_size);
    part(&proof, own_nonce, sizeof own_nonce);
    part(&proof, room_of(member->load)->id, ROOM_ID);
    part(&proof, me->public, KEY);
    part(&proof, me->device, DEVICE);
    sign(me, &proof, signature);
    uint8_t *at = field(start_frame("auth", 4), "card");
    at = field(put_card(at, member), "nonce");
    at = field(mp_put_bytes(at, own_nonce, sizeof own_nonce), "device_id");
    at = field(mp_put_bytes(at, me->device, DEVICE), "signature");
    send_frame(member, mp_put_bytes(at, signature, SIGNATURE));
}

static void take_hello(struct member *member, struct mp *in, uint32_t fields) {
    const uint8_t *nonce = NULL, *id = NULL;
    uint32_t nonce_size = 0, id_size = 0, size;
    while (fields-- > 0) {
        const uint8_t *name = mp_text(in, &size);
        if (mp_is(name, size, "nonce"))
            nonce = mp_text(in, &nonce_size);
        else if (mp_is(name, size, "room_id"))
            id = mp_text(in, &id_size);
        else
            mp_skip(in);
    }
    if (!nonce || !id || id_size != ROOM_ID)
        die("a hello without nonce and room_id");
    memcpy(room_of(member->load)->id, id, ROOM_ID);
    send_auth(member, nonce, nonce_size);
}

static void send_resume(struct member *member) {
    static const uint8_t nothing[32];
    uint8_t *at = field(start_frame("resume", 3), "epoch");
    at = field(mp_put_count(at, member->load->from_start ? 1 : 0), "last"); /* epoch 0: a newcomer */
    at = field(mp_put_count(at, 0), "head");
    send_frame(member, mp_put_bytes(at, nothing, sizeof nothing));
}

static void take_welcome(struct member *member, struct mp *in, uint32_t fields) {
    struct identity *me = identity_of(member);
    uint32_t size;
    while (fields-- > 0) {
        const uint8_t *name = mp_text(in, &size);
        if (mp_is(name, size, "base"))
            me->next_seq = me->told = mp_count(in) + 1;
        else
            mp_skip(in);
    }
    member_is_in(member);
}

/* --- entries ------------------------------------------------------------------------------------------------------ */
static void look_into(struct member *member, struct mp *in, uint32_t rows) {
    struct room *room = room_of(member->load);
    uint32_t size, post;
    while (rows-- > 0) {
        uint32_t values = mp_array(in);
        mp_skip(in); /* writer */
        const uint8_t *id = mp_text(in, &size);
        if (id && size == ENTRY_ID && memcmp(id, room->run, sizeof room->run) == 0
            && posts_number(member->load, id + sizeof room->run, &post))
            posts_seen(member, post);
        for (uint32_t value = 2; value < values && !in->bad; value++)
            mp_skip(in);
    }
}

static void take_entries(struct member *member, struct mp *in, uint32_t fields) {
    struct identity *me = identity_of(member);
    uint64_t first = 0;
    uint32_t size;
    while (fields-- > 0) {
        const uint8_t *name = mp_text(in, &size);
        if (mp_is(name, size, "first")) {
            first = mp_count(in);
        } else if (mp_is(name, size, "rows")) {
            uint32_t rows = mp_array(in);
            member->load->gaps += first != me->next_seq;
            me->next_seq = first + rows;
            posts_delivered(member, rows);
            if (member->reads_rows)
                look_into(member, in, rows);
            return; /* what follows the rows is not looked at */
        } else {
            mp_skip(in);
        }
    }
}

/* --- frames ------------------------------------------------------------------------------------------------------- */
static void complain(struct member *member, struct mp *in, uint32_t fields) {
    uint32_t size;
    if (member->load->refused++ >= 3) /* the first ones say it all */
        return;
    while (fields-- > 0) {
        const uint8_t *name = mp_text(in, &size);
        if (mp_is(name, size, "reason")) {
            const uint8_t *reason = mp_text(in, &size);
            fprintf(stderr, "member %u is refused: %.*s\n", member->number, reason ? (int)size : 0,
                    (const char *)reason);
        } else {
            mp_skip(in);
        }
    }
}

static void take_frame(struct member *member, const uint8_t *body, size_t body_size) {
    struct mp in = {body, body + body_size, false};
    uint32_t fields = mp_map(&in), size;
    mp_text(&in, &size); /* "t" comes first */
    const uint8_t *tag = mp_text(&in, &size);
    fields -= 1;
    if (mp_is(tag, size, "entries"))
        take_entries(member, &in, fields);
    else if (mp_is(tag, size, "hello"))
        take_hello(member, &in, fields);
    else if (mp_is(tag, size, "entered"))
        send_resume(member);
    else if (mp_is(tag, size, "welcome"))
        take_welcome(member, &in, fields);
    else if (mp_is(tag, size, "refused") || mp_is(tag, size, "rejected") || mp_is(tag, size, "slow_down")
             || mp_is(tag, size, "bye"))
        complain(member, &in, fields);
    if (in.bad)
        die("a frame from the host that is none");
}

static size_t take(struct member *member, const uint8_t *data, size_t size) {
    size_t at = 0;
    while (size - at >= 4) {
        const uint8_t *head = data + at;
        size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (size - at - 4 < length)
            break;
        take_frame(member, head + 4, length);
        at += 4 + length;
    }
    return at;
}

static int64_t within(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

/* What a client says unasked: how far it has the Log, and a ping in silence; both seldom in a large room. */
static void tick(struct member *member, int64_t time) {
    struct identity *me = identity_of(member);
    int64_t people = member->load->members + 1;
    int64_t between = within(5 * people, 100, 5000), idle = within(10 * people, 5000, 10000);
    if (me->next_seq != me->told && time - me->told_at >= between * MILLISECOND) {
        me->told = me->next_seq;
        me->told_at = time;
        send_frame(member, mp_put_count(field(start_frame("have", 1), "seq"), me->told - 1));
    }
    int64_t quiet_since = member->heard < member->said ? member->heard : member->said;
    if (time - quiet_since >= idle * MILLISECOND && time - member->said >= 100 * MILLISECOND)
        send_frame(member, start_frame("ping", 0));
}

/* --- posting ------------------------------------------------------------------------------------------------------ */
static uint16_t put_entry(struct load *load, uint32_t post, uint8_t *out) {
    struct identity *author = identity_of(&load->all[post % load->posters]);
    struct digest entry = digest_of("entry");
    uint64_t counter = post / load->posters + 1;
    uint8_t entry_id[ENTRY_ID], body[SHA256_DIGEST_LENGTH], signature[SIGNATURE];
    char text[TEXT_SIZE];
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    uint64_t sent_at = (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000;
    posts_text(post, text);
    memcpy(entry_id, room_of(load)->run, ENTRY_ID - 8);
    memcpy(entry_id + ENTRY_ID - 8, text, 8);
    part(&entry, room_of(load)->id, ROOM_ID);
    part(&entry, author->public, KEY);
    part(&entry, author->device, DEVICE);
    part_number(&entry, counter);
    part(&entry, entry_id, ENTRY_ID);
    part(&entry, "text", 4);
    SHA256((const uint8_t *)text, TEXT_SIZE, body);
    part(&entry, body, sizeof body);
    part_number(&entry, sent_at);
    sign(author, &entry, signature);
    uint8_t *at = mp_put_array(out, 9);
    at = mp_put_bytes(at, entry_id, ENTRY_ID);
    at = mp_put_bytes(at, author->public, KEY);
    at = mp_put_bytes(at, author->device, DEVICE);
    at = mp_put_count(at, counter);
    at = mp_put_text(at, "text", 4);
    at = mp_put_nil(at); /* target */
    at = mp_put_bytes(at, (const uint8_t *)text, TEXT_SIZE);
    at = mp_put_count(at, sent_at);
    return (uint16_t)(mp_put_bytes(at, signature, SIGNATURE) - out);
}

static void prepare(struct load *load, uint32_t first, uint32_t end) {
    struct room *room = room_of(load);
    if (end > room->space) {
        room->space = end + end / 4;
        room->entries = grown(room->entries, room->space, POST_SIZE);
        room->sizes = grown(room->sizes, room->space, sizeof *room->sizes);
    }
    for (uint32_t post = first; post < end; post++)
        room->sizes[post] = put_entry(load, post, room->entries + (size_t)post * POST_SIZE);
}

static size_t encode(struct member *member, uint32_t first, uint32_t count, uint8_t *out) {
    struct room *room = room_of(member->load);
    uint8_t *at = mp_put_array(field(start_frame("post", 1), "entries"), count);
    for (; count > 0; count--, first += member->load->posters) {
        memcpy(at, room->entries + (size_t)first * POST_SIZE, room->sizes[first]);
        at += room->sizes[first];
    }
    size_t size = end_frame(at);
    memcpy(out, frame_out, size);
    return size;
}

const struct protocol lanchat = {
    .name = "lanchat",
    .alpn = "\x09lanchat/1",
    .tls = true,
    .begin = begin,
    .take = take,
    .prepare = prepare,
    .encode = encode,
    .tick = tick,
};
