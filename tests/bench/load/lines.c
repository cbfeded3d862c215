/* IRC, Redis pub/sub (RESP3) and NATS: protocols of lines, where a text is (the end of) a line of its own. */
#include "load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef void take_line(struct member *member, const uint8_t *line, size_t size);

static size_t take_lines(struct member *member, const uint8_t *data, size_t size, take_line *take) {
    const uint8_t *at = data, *end = data + size, *stop;
    while (at < end && (stop = memchr(at, '\n', (size_t)(end - at)))) {
        size_t length = (size_t)(stop - at);
        take(member, at, length && at[length - 1] == '\r' ? length - 1 : length);
        at = stop + 1;
    }
    return (size_t)(at - data);
}

static bool starts(const uint8_t *line, size_t size, const char *word) {
    size_t length = strlen(word);
    return size >= length && memcmp(line, word, length) == 0;
}

static void one_text(struct member *member, const uint8_t *text) {
    uint32_t post;
    posts_delivered(member, 1);
    if (member->reads_rows && posts_number(member->load, text, &post))
        posts_seen(member, post);
}

static void say(struct member *member, const char *words) {
    wire_send(member, words, strlen(words));
}

/* Each post with what the protocol puts before and after its text. */
static size_t encode_lines(struct member *member, uint32_t first, uint32_t count, uint8_t *out, const char *before) {
    size_t length = strlen(before);
    uint8_t *at = out;
    for (; count > 0; count--, first += member->load->posters) {
        memcpy(at, before, length);
        posts_text(first, (char *)at + length);
        at += length + TEXT_SIZE;
        *at++ = '\r';
        *at++ = '\n';
    }
    return (size_t)(at - out);
}

/* --- IRC ---------------------------------------------------------------------------------------------------------- */
static void irc_begin(struct member *member) {
    char words[80]; /* a nick has nine characters, and none of an earlier run that may not be gone yet */
    snprintf(words, sizeof words, "NICK b%03x%u\r\nUSER b 0 * :bench\r\n", getpid() & 0xfff, member->number);
    say(member, words);
}

static void irc_line(struct member *member, const uint8_t *line, size_t size) {
    if (starts(line, size, "PING ")) {
        char answer[512];
        snprintf(answer, sizeof answer, "PONG %.*s\r\n", (int)size - 5, (const char *)line + 5);
        say(member, answer);
        return;
    }
    const uint8_t *verb = memchr(line, ' ', size);
    if (!verb)
        return;
    size -= (size_t)(++verb - line);
    if (starts(verb, size, "PRIVMSG ")) {
        if (size > TEXT_SIZE)
            one_text(member, verb + size - TEXT_SIZE);
    } else if (member->stage == ENTERING && starts(verb, size, "001 ")) {
        say(member, "JOIN #bench\r\n");
    } else if (member->stage == ENTERING && starts(verb, size, "366 ")) {
        member_is_in(member);
    }
}

static size_t irc_take(struct member *member, const uint8_t *data, size_t size) {
    return take_lines(member, data, size, irc_line);
}

static size_t irc_encode(struct member *member, uint32_t first, uint32_t count, uint8_t *out) {
    return encode_lines(member, first, count, out, "PRIVMSG #bench :");
}

const struct protocol irc = {
    .name = "irc", .tls = true, .begin = irc_begin, .take = irc_take, .encode = irc_encode,
};

/* --- Redis -------------------------------------------------------------------------------------------------------- */
static void redis_begin(struct member *member) {
    say(member, "HELLO 3\r\nSUBSCRIBE bench\r\n"); /* 3: a subscriber may publish too */
}

static void redis_line(struct member *member, const uint8_t *line, size_t size) {
    if (size == TEXT_SIZE)
        one_text(member, line);
    else if (member->stage == ENTERING && starts(line, size, "subscribe"))
        member_is_in(member);
}

static size_t redis_take(struct member *member, const uint8_t *data, size_t size) {
    return take_lines(member, data, size, redis_line);
}

static size_t redis_encode(struct member *member, uint32_t first, uint32_t count, uint8_t *out) {
    return encode_lines(member, first, count, out, "*3\r\n$7\r\nPUBLISH\r\n$5\r\nbench\r\n$100\r\n");
}

const struct protocol redis = {
    .name = "redis", .begin = redis_begin, .take = redis_take, .encode = redis_encode,
};

/* --- NATS --------------------------------------------------------------------------------------------------------- */
static void nats_begin(struct member *member) {
    say(member, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB bench 1\r\nPING\r\n");
}

static void nats_line(struct member *member, const uint8_t *line, size_t size) {
    if (size == TEXT_SIZE)
        one_text(member, line);
    else if (starts(line, size, "PING"))
        say(member, "PONG\r\n");
    else if (member->stage == ENTERING && starts(line, size, "PONG"))
        member_is_in(member);
}

static size_t nats_take(struct member *member, const uint8_t *data, size_t size) {
    return take_lines(member, data, size, nats_line);
}

static size_t nats_encode(struct member *member, uint32_t first, uint32_t count, uint8_t *out) {
    return encode_lines(member, first, count, out, "PUB bench 100\r\n");
}

const struct protocol nats = {
    .name = "nats", .begin = nats_begin, .take = nats_take, .encode = nats_encode,
};
