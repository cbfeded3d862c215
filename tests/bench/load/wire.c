/* Connections: TCP, TLS, bytes in and out. Non-blocking throughout. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TLS_READ = 64 * 1024, STALLED_BUFFER = 16 * 1024 };

static const int64_t TRY_AGAIN = 500 * 1000000LL; /* after a refused try, as a client waits */

void wire_start(struct load *load) {
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->scratch = malloc(SCRATCH);
    if (load->epoll < 0 || !load->scratch)
        die("cannot start: %s", strerror(errno));
    if (!load->protocol->tls)
        return;
    load->tls = SSL_CTX_new(TLS_client_method());
    if (!load->tls || !SSL_CTX_set_min_proto_version(load->tls, TLS1_3_VERSION))
        die("this OpenSSL has no TLS 1.3");
    SSL_CTX_set_verify(load->tls, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(load->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(load->tls, 1); /* several records with one read */
    SSL_CTX_set_default_read_buffer_len(load->tls, TLS_READ);
    const char *alpn = load->protocol->alpn;
    if (alpn && SSL_CTX_set_alpn_protos(load->tls, (const uint8_t *)alpn, (unsigned)strlen(alpn)) != 0)
        die("ALPN refused");
}

static void watch(struct member *member, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = member};
    if (epoll_ctl(member->load->epoll, operation, member->fd, &event) != 0)
        die("epoll_ctl: %s", strerror(errno));
}

void wire_open(struct member *member) {
    struct load *load = member->load;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    int yes = 1, small = STALLED_BUFFER;
    member->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (member->fd < 0 || inet_pton(AF_INET, load->host, &to.sin_addr) != 1)
        die("no socket to %s: %s", load->host, strerror(errno));
    setsockopt(member->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (member->will_stall)
        setsockopt(member->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    member->stage = CONNECTING;
    load->entering++;
    if (connect(member->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    watch(member, EPOLL_CTL_ADD, EPOLLOUT);
}

void wire_close(struct member *member) {
    struct load *load = member->load;
    SSL_free(member->ssl);
    member->ssl = NULL;
    close(member->fd);
    member->fd = -1;
    member->kept.size = member->unsent.size = 0;
    if (member->stage == IN || member->stage == STALLED) {
        member->stage = GONE;
        load->gone++;
        load->in--;
    } else {
        member->stage = WAITING;
        member->due = now() + TRY_AGAIN;
        load->entering--;
        load->retries++;
    }
}

void wire_stall(struct member *member) {
    member->stage = STALLED;
    watch(member, EPOLL_CTL_DEL, 0);
}

static void hold(struct bytes *bytes, const uint8_t *data, size_t size) {
    if (!size)
        return;
    if (bytes->size + size > bytes->room) {
        bytes->room = 2 * (bytes->size + size);
        bytes->data = grown(bytes->data, bytes->room, 1);
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

/* How much the socket took; 0 when it takes nothing now or never again (then reading tells). */
static size_t put(struct member *member, const uint8_t *data, size_t size) {
    size_t taken = 0;
    while (taken < size) {
        long count = member->ssl ? SSL_write(member->ssl, data + taken, (int)(size - taken))
                                 : send(member->fd, data + taken, size - taken, MSG_NOSIGNAL);
        if (count <= 0)
            break;
        taken += (size_t)count;
    }
    ERR_clear_error();
    return taken;
}

void wire_send(struct member *member, const void *data, size_t size) {
    size_t taken = member->unsent.size ? 0 : put(member, data, size);
    member->said = now();
    if (taken == size)
        return;
    if (!member->unsent.size)
        watch(member, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    hold(&member->unsent, (const uint8_t *)data + taken, size - taken);
}

static void send_rest(struct member *member) {
    struct bytes *rest = &member->unsent;
    size_t taken = put(member, rest->data, rest->size);
    memmove(rest->data, rest->data + taken, rest->size - taken);
    rest->size -= taken;
    if (!rest->size)
        watch(member, EPOLL_CTL_MOD, EPOLLIN);
}

static void handshake(struct member *member) {
    int result = SSL_do_handshake(member->ssl);
    if (result == 1) {
        member->stage = ENTERING;
        watch(member, EPOLL_CTL_MOD, EPOLLIN);
        member->load->protocol->begin(member);
        return;
    }
    int error = SSL_get_error(member->ssl, result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        watch(member, EPOLL_CTL_MOD, error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
    else
        wire_close(member);
}

static void connected(struct member *member) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(member->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == ECONNREFUSED)
        die("nobody listens on port %d", member->load->port);
    if (error) {
        wire_close(member);
        return;
    }
    if (!member->load->protocol->tls) {
        member->stage = ENTERING;
        watch(member, EPOLL_CTL_MOD, EPOLLIN);
        member->load->protocol->begin(member);
        return;
    }
    member->ssl = SSL_new(member->load->tls);
    if (!member->ssl || !SSL_set_fd(member->ssl, member->fd))
        die("no memory for TLS");
    SSL_set_connect_state(member->ssl);
    member->stage = HANDSHAKING;
    handshake(member);
}

/* Reads until the socket has no more. False: the other side is gone. */
static bool get(struct member *member, uint8_t *into, size_t room, size_t *size) {
    while (*size < room) {
        long count = member->ssl ? SSL_read(member->ssl, into + *size, (int)(room - *size))
                                 : recv(member->fd, into + *size, room - *size, 0);
        if (count > 0) {
            *size += (size_t)count;
            continue;
        }
        if (!member->ssl)
            return count < 0 && errno == EAGAIN;
        int error = SSL_get_error(member->ssl, (int)count);
        ERR_clear_error();
        return error == SSL_ERROR_WANT_READ;
    }
    return true;
}

static void receive(struct member *member) {
    struct load *load = member->load;
    size_t size = member->kept.size;
    bool open, full;
    if (size)
        memcpy(load->scratch, member->kept.data, size);
    do {
        size_t before = size;
        open = get(member, load->scratch, SCRATCH, &size);
        full = size == SCRATCH;
        if (load->measuring)
            load->counts.bytes += size - before;
        size_t used = load->protocol->take(member, load->scratch, size);
        if (full && used == 0)
            die("a unit of more than %d bytes", SCRATCH);
        memmove(load->scratch, load->scratch + used, size - used);
        size -= used;
    } while (open && full);
    member->heard = now();
    member->kept.size = 0;
    hold(&member->kept, load->scratch, size);
    if (!open)
        wire_close(member);
}

void wire_event(struct member *member, uint32_t events) {
    switch (member->stage) {
    case CONNECTING:
        connected(member);
        break;
    case HANDSHAKING:
        handshake(member);
        break;
    case ENTERING:
    case IN:
        if (events & EPOLLOUT)
            send_rest(member);
        if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            receive(member);
        break;
    case WAITING:
    case STALLED:
    case GONE:
        break;
    }
}
