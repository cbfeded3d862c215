/* What is posted and when; who saw which post how late.
 *
 * Posts are numbered through the run. Post n is written by member n % posters, so the members' own sequences need no
 * table, and a post is known again by the number in its text. A post is over when its witness has it: the author itself,
 * or, where nobody is sent their own words, the next member. A member has at most `window` posts that are not over. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static const char FILLER[] =
    " the quick brown fox jumps over the lazy dog, and the lazy dog lets it; so it goes, day after day";

_Static_assert(sizeof FILLER - 1 >= TEXT_SIZE - 8, "a text is filled to its end");

void posts_text(uint32_t post, char *text) {
    for (int digit = 0; digit < 8; digit++)
        text[digit] = "0123456789abcdef"[post >> (28 - 4 * digit) & 15];
    memcpy(text + 8, FILLER, TEXT_SIZE - 8);
}

bool posts_number(const struct load *load, const uint8_t *text, uint32_t *post) {
    uint32_t number = 0;
    for (int digit = 0; digit < 8; digit++) {
        uint8_t c = text[digit];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        number = number << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *post = number;
    return number < load->sent_room && load->sent[number] != 0;
}

void posts_prepare(struct load *load, uint32_t end) {
    if (end <= load->prepared)
        return;
    if (load->protocol->prepare)
        load->protocol->prepare(load, load->prepared, end);
    load->prepared = end;
}

static void remember_sent(struct load *load, uint32_t post) {
    if (post >= load->sent_room) {
        uint32_t room = 2 * post + 65536;
        load->sent = grown(load->sent, room, sizeof *load->sent);
        memset(load->sent + load->sent_room, 0, (room - load->sent_room) * sizeof *load->sent);
        load->sent_room = room;
    }
    load->sent[post] = now();
}

static void post(struct member *member, uint32_t count) {
    static uint8_t out[BATCH * POST_SIZE];
    struct load *load = member->load;
    uint32_t first = member->next_post, last = first + (count - 1) * load->posters;
    if (last >= load->prepared) {
        load->late_signatures += load->protocol->prepare ? last + 1 - load->prepared : 0;
        posts_prepare(load, last + 1);
    }
    size_t size = load->protocol->encode(member, first, count, out);
    for (uint32_t number = first; number <= last; number += load->posters)
        remember_sent(load, number);
    member->next_post = last + load->posters;
    member->in_flight += count;
    wire_send(member, out, size);
}

int64_t posts_due(const struct load *load) {
    return load->pace_from + (int64_t)(load->paced * (1e9 / load->rate));
}

static void post_at_pace(struct load *load) {
    int64_t late;
    while ((late = now() - posts_due(load)) >= 0) {
        struct member *member = &load->all[load->paced++ % load->posters];
        if (load->measuring && late > load->counts.latest)
            load->counts.latest = late;
        if (member->stage == IN)
            post(member, 1);
        else
            member->next_post += load->posters;
    }
}

void posts_send(struct load *load) {
    if (load->rate > 0)
        post_at_pace(load);
    for (uint32_t number = 0; load->window && number < load->posters; number++) {
        struct member *member = &load->all[number];
        while (member->stage == IN && member->in_flight < load->window) {
            uint32_t free = load->window - member->in_flight;
            post(member, free < BATCH ? free : BATCH);
        }
    }
}

void posts_delivered(struct member *member, uint32_t rows) {
    if (member->load->measuring)
        member->load->counts.deliveries += rows;
}

void posts_seen(struct member *member, uint32_t post) {
    struct load *load = member->load;
    struct member *author = &load->all[post % load->posters];
    /* IRC alone does not send a member its own words: there the next member's copy counts. */
    uint32_t witness = load->protocol == &irc ? (author->number + 1) % load->members : author->number;
    if (witness == member->number) {
        author->in_flight--;
        load->counts.posts += load->measuring;
    }
    if (!load->measuring || load->sent[post] < load->counts.began)
        return;
    if (load->delays_count == load->delays_room) {
        load->delays_room = 2 * load->delays_room + 65536;
        load->delays = grown(load->delays, load->delays_room, sizeof *load->delays);
    }
    load->delays[load->delays_count++] = (uint32_t)((now() - load->sent[post]) / 1000);
}
