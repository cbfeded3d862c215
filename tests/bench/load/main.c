/* What is asked for, the phases of a run, and what is reported: one JSON object on stdout.
 *
 * A run: everybody joins, what can be is prepared, the room settles, then posting warms up and is measured. SIGTERM
 * ends the measuring early; the line "measuring" on stdout says that it began. */
#include "load.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256 };

static const int64_t SECOND = 1000000000, JOIN_AT_MOST = 60 * 1000000000LL;

static volatile sig_atomic_t told_to_end;

static void on_term(int signal_number) {
    (void)signal_number;
    told_to_end = 1;
}

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void *grown(void *array, size_t count, size_t size) {
    void *larger = realloc(array, (count + 1) * size);
    if (!larger)
        die("no memory for %zu times %zu bytes", count, size);
    return larger;
}

/* --- what is asked for -------------------------------------------------------------------------------------------- */
static const struct protocol *const protocols[] = {&lanchat, &irc, &mqtt, &redis, &nats};

static const struct option options[] = {
    {"protocol", required_argument, NULL, 'P'}, {"host", required_argument, NULL, 'h'},
    {"port", required_argument, NULL, 'p'},     {"members", required_argument, NULL, 'm'},
    {"posters", required_argument, NULL, 'o'},  {"window", required_argument, NULL, 'w'},
    {"rate", required_argument, NULL, 'r'},     {"warm-up", required_argument, NULL, 'u'},
    {"seconds", required_argument, NULL, 's'},  {"settle", required_argument, NULL, 'e'},
    {"at-once", required_argument, NULL, 'a'},  {"stalled", required_argument, NULL, 'l'},
    {"prepare", required_argument, NULL, 'n'},  {"host-pid", required_argument, NULL, 'i'},
    {"qos", required_argument, NULL, 'q'},      {"from-start", required_argument, NULL, 'f'},
    {NULL, 0, NULL, 0},
};

static const struct protocol *protocol_named(const char *name) {
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (strcmp(protocols[i]->name, name) == 0)
            return protocols[i];
    die("no protocol is called %s", name);
}

static void read_options(struct load *load, int count, char **words) {
    int option;
    while ((option = getopt_long(count, words, "", options, NULL)) != -1) {
        double number = optarg ? atof(optarg) : 0;
        switch (option) {
        case 'P': load->protocol = protocol_named(optarg); break;
        case 'h': load->host = optarg; break;
        case 'p': load->port = (int)number; break;
        case 'm': load->members = (uint32_t)number; break;
        case 'o': load->posters = (uint32_t)number; break;
        case 'w': load->window = (uint32_t)number; break; /* posts each poster has in flight */
        case 'r': load->rate = number; break;             /* posts a second, of all together */
        case 'u': load->warm_up = number; break;
        case 's': load->seconds = number; break;
        case 'e': load->settle = number; break;
        case 'a': load->at_once = (uint32_t)number; break; /* how many may be getting in at a time */
        case 'l': load->stalled = (uint32_t)number; break; /* the last so many stop reading once they are in */
        case 'n': load->prepare = (uint32_t)number; break;
        case 'i': load->host_pid = (int)number; break;
        case 'f': load->from_start = number != 0; break;
        case 'q': load->qos = (int)number; break;
        default: exit(2);
        }
    }
    if (!load->protocol || !load->port || load->members < 2)
        die("--protocol, --port and --members (2 or more) are needed");
    if (load->posters == 0 || load->posters + load->stalled >= load->members)
        load->posters = load->members - load->stalled;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */
void member_is_in(struct member *member) {
    struct load *load = member->load;
    member->stage = IN;
    member->heard = now();
    load->entering--;
    load->joins[member->number] = (uint32_t)((member->heard - member->began) / 1000);
    if (++load->in == load->members)
        load->joined = member->heard;
}

static void tick(struct load *load) {
    int64_t time = now();
    for (uint32_t number = 0; number < load->members; number++)
        if (load->all[number].stage == IN)
            load->protocol->tick(&load->all[number], time);
}

static void turn(struct load *load, int64_t until) {
    static struct epoll_event events[EVENTS];
    static int64_t next_tick;
    int64_t wait = until - now();
    if (load->posting && load->rate > 0 && posts_due(load) - now() < wait)
        wait = posts_due(load) - now();
    int timeout = wait > SECOND / 10 ? 100 : wait > 0 ? (int)((wait + 999999) / 1000000) : 0;
    int count = epoll_wait(load->epoll, events, EVENTS, timeout);
    if (count < 0 && errno != EINTR)
        die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        wire_event(events[i].data.ptr, events[i].events);
    if (load->posting)
        posts_send(load);
    if (load->protocol->tick && now() >= next_tick) {
        tick(load);
        next_tick = now() + SECOND / 10;
    }
}

static void run_for(struct load *load, double seconds) {
    int64_t until = now() + (int64_t)(seconds * (double)SECOND);
    do
        turn(load, until);
    while (now() < until && !told_to_end);
}

static void open_more(struct load *load) {
    for (uint32_t number = 0; number < load->members && load->entering < load->at_once; number++) {
        struct member *member = &load->all[number];
        if (member->stage == WAITING && now() >= member->due) {
            if (!member->began)
                member->began = now();
            wire_open(member);
        }
    }
}

static void join_all(struct load *load) {
    load->started_joining = now();
    while (load->in < load->members) {
        if (now() - load->started_joining > JOIN_AT_MOST || load->gone)
            die("%u of %u members are in, %u were sent away", load->in, load->members, load->gone);
        open_more(load);
        turn(load, now() + SECOND / 100);
    }
}

static void make_members(struct load *load) {
    load->all = grown(NULL, load->members, sizeof *load->all);
    load->joins = grown(NULL, load->members, sizeof *load->joins);
    memset(load->all, 0, load->members * sizeof *load->all);
    for (uint32_t number = 0; number < load->members; number++) {
        struct member *member = &load->all[number];
        member->load = load;
        member->number = member->next_post = number;
        member->fd = -1;
        member->will_stall = number >= load->members - load->stalled;
        /* At a pace everybody's delays are measured; under saturation only those who must know what comes back. */
        member->reads_rows = load->rate > 0 || number <= load->posters;
    }
}

/* --- what is measured --------------------------------------------------------------------------------------------- */
static double cpu_of(int pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long memory_of(int pid) {
    char path[40];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *file = pid ? fopen(path, "r") : NULL;
    if (!file)
        return 0;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void measure(struct load *load) {
    struct counts *counts = &load->counts;
    printf("measuring\n");
    fflush(stdout);
    counts->own_cpu = -cpu_of(getpid());
    counts->host_cpu = load->host_pid ? -cpu_of(load->host_pid) : 0;
    counts->began = now();
    load->measuring = true;
    run_for(load, load->seconds);
    load->measuring = false;
    counts->ended = now();
    counts->own_cpu += cpu_of(getpid());
    counts->host_cpu += load->host_pid ? cpu_of(load->host_pid) : 0;
}

static int ascending(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Milliseconds that `share` of the sorted microseconds do not exceed. */
static double at_share(const uint32_t *sorted, uint32_t count, double share) {
    return count ? sorted[(uint32_t)(share * (count - 1))] / 1000.0 : 0;
}

static void report(struct load *load, long memory_before, long memory_joined) {
    struct counts *counts = &load->counts;
    if (load->delays_count)
        qsort(load->delays, load->delays_count, sizeof *load->delays, ascending);
    qsort(load->joins, load->members, sizeof *load->joins, ascending);
    printf("{\"seconds\": %.4f, \"deliveries\": %lu, \"posts\": %lu, \"bytes\": %lu, \"own_cpu\": %.4f, "
           "\"host_cpu\": %.4f, ",
           (double)(counts->ended - counts->began) / 1e9, counts->deliveries, counts->posts, counts->bytes,
           counts->own_cpu, counts->host_cpu);
    printf("\"delays\": %u, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f, \"latest_post\": %.3f, ", load->delays_count,
           at_share(load->delays, load->delays_count, 0.5), at_share(load->delays, load->delays_count, 0.99),
           at_share(load->delays, load->delays_count, 1), (double)counts->latest / 1e6);
    printf("\"join_seconds\": %.4f, \"join_p50\": %.3f, \"join_p99\": %.3f, \"memory_before\": %ld, "
           "\"memory_joined\": %ld, ",
           (double)(load->joined - load->started_joining) / 1e9, at_share(load->joins, load->members, 0.5),
           at_share(load->joins, load->members, 0.99), memory_before, memory_joined);
    printf("\"members\": %u, \"stalled\": %u, \"gone\": %u, \"retries\": %u, \"refused\": %u, \"gaps\": %u, "
           "\"late_signatures\": %u}\n",
           load->members, load->stalled, load->gone, load->retries, load->refused, load->gaps, load->late_signatures);
}

int main(int count, char **words) {
    struct load load = {.host = "127.0.0.1", .at_once = 50, .settle = 0.5};
    struct sigaction end = {.sa_handler = on_term};
    struct rlimit files;
    read_options(&load, count, words);
    sigaction(SIGTERM, &end, NULL);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    make_members(&load);
    wire_start(&load);

    long memory_before = memory_of(load.host_pid);
    join_all(&load);
    posts_prepare(&load, load.prepare);
    run_for(&load, load.settle);
    long memory_joined = memory_of(load.host_pid);
    for (uint32_t number = load.members - load.stalled; number < load.members; number++)
        wire_stall(&load.all[number]);
    load.posting = load.window > 0 || load.rate > 0;
    load.pace_from = now();
    run_for(&load, load.warm_up);
    measure(&load);
    report(&load, memory_before, memory_joined);
    return 0;
}
