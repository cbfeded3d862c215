/* The load generator: many members of one room in one process, one thread, one epoll set.
 *
 * main.c     what is asked for, the phases of a run, and what is reported
 * wire.c     connections: TCP, TLS, bytes in and out
 * posts.c    what is posted and when; who saw which post how late
 * lanchat.c  lanchat as a client speaks it (msgpack.h: its bytes)
 * lines.c    IRC, Redis and NATS, which speak in lines
 * mqtt.c     MQTT 3.1.1
 *
 * Everything is reached from one `struct load`. Times are nanoseconds of CLOCK_MONOTONIC. */
#ifndef LOAD_H
#define LOAD_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEXT_SIZE = 100,      /* bytes of every text; the first eight are the post's number in hex */
    POST_SIZE = 512,      /* the most one encoded post takes, in any protocol */
    BATCH = 64,           /* the most posts written in one go */
    SCRATCH = 1024 * 1024 /* what one member may be sent in one turn, and more than any unit of a protocol */
};

struct load;
struct member;

/* One chat protocol as a client speaks it. */
struct protocol {
    const char *name;
    const char *alpn; /* length first, as TLS has it; NULL: none */
    bool tls;
    /* The connection stands; the client speaks first, or waits. */
    void (*begin)(struct member *member);
    /* Works through what came and says how much of it was whole units; the rest is shown again with more behind it. */
    size_t (*take)(struct member *member, const uint8_t *data, size_t size);
    /* Makes what can be made of posts before the clock starts; NULL: nothing. */
    void (*prepare)(struct load *load, uint32_t first, uint32_t end);
    /* Writes the member's posts `first`, `first + posters`, ...: `count` of them. Returns the bytes written. */
    size_t (*encode)(struct member *member, uint32_t first, uint32_t count, uint8_t *out);
    /* About ten times a second for everybody who is in: what a client says of its own accord; NULL: nothing. */
    void (*tick)(struct member *member, int64_t time);
};

extern const struct protocol lanchat, irc, mqtt, redis, nats;

enum stage {
    WAITING,     /* not connected yet, or again not */
    CONNECTING,  /* TCP */
    HANDSHAKING, /* TLS */
    ENTERING,    /* the protocol's own words */
    IN,
    STALLED, /* was in, reads no more */
    GONE     /* was in, and the host closed it */
};

struct bytes {
    uint8_t *data;
    size_t size, room;
};

struct member {
    struct load *load;
    uint32_t number;
    enum stage stage;
    int fd;
    SSL *ssl;
    bool will_stall;
    bool reads_rows; /* looks at every post it is sent; otherwise it counts them */
    int64_t began;   /* when it first tried to get in */
    int64_t due;     /* WAITING: when to try */
    int64_t heard, said;
    struct bytes kept;   /* the start of a unit whose end has not come */
    struct bytes unsent; /* what the socket did not take yet */
    uint32_t in_flight;  /* own posts not seen back */
    uint32_t next_post;
    void *own; /* the protocol's */
};

struct counts { /* over the measured time */
    int64_t began, ended;
    uint64_t deliveries, posts, bytes;
    double own_cpu, host_cpu; /* seconds */
    int64_t latest;           /* the most a paced post was sent after its time */
};

struct load {
    const struct protocol *protocol;
    /* asked for */
    const char *host;
    int port;
    uint32_t members, posters, window, at_once, stalled;
    double rate, warm_up, seconds, settle;
    uint32_t prepare; /* posts made before the clock starts */
    int host_pid;
    int qos;
    bool from_start; /* lanchat: not newcomers, but members who have missed everything so far */
    /* the run */
    int epoll;
    SSL_CTX *tls;
    struct member *all;
    uint32_t entering, in;
    int64_t started_joining, joined;
    bool posting, measuring;
    uint32_t gone, retries, refused, gaps, late_signatures;
    struct counts counts;
    int64_t pace_from;  /* when the first paced post was due */
    uint32_t paced;     /* posts sent at the asked rate */
    int64_t *sent;      /* when each post was sent */
    uint32_t sent_room;
    uint32_t prepared;
    uint32_t *delays, delays_count, delays_room; /* microseconds, one for each delivery looked at */
    uint32_t *joins;                             /* microseconds each member took to get in */
    uint8_t *scratch;
    void *own; /* the protocol's */
};

int64_t now(void);
/* Ends the program with a word on stderr. */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);
void *grown(void *array, size_t count, size_t size);

void wire_start(struct load *load);
void wire_open(struct member *member);
void wire_event(struct member *member, uint32_t events);
void wire_send(struct member *member, const void *data, size_t size);
void wire_close(struct member *member);
void wire_stall(struct member *member);

/* The member is in: from now on posts reach it. */
void member_is_in(struct member *member);

void posts_prepare(struct load *load, uint32_t end);
/* Posts what the window or the pace allows by now. */
void posts_send(struct load *load);
/* When the next paced post is due. */
int64_t posts_due(const struct load *load);
void posts_text(uint32_t post, char *text);
/* Which post a text is; false for anything that is none of this run's. */
bool posts_number(const struct load *load, const uint8_t *text, uint32_t *post);
/* `member` was sent `rows` posts. */
void posts_delivered(struct member *member, uint32_t rows);
/* A member that reads rows was sent this post. */
void posts_seen(struct member *member, uint32_t post);

#endif
