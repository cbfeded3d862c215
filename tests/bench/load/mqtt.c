/* MQTT 3.1.1, QoS 0 or 1, one topic. */
#include "load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char TOPIC[] = "bench";

enum { CONNACK = 2, PUBLISH = 3, SUBACK = 9 }; /* packet types, the high half of the first byte */

static uint8_t *put_text(uint8_t *at, const char *text) {
    size_t size = strlen(text);
    *at++ = (uint8_t)(size >> 8);
    *at++ = (uint8_t)size;
    memcpy(at, text, size);
    return at + size;
}

static void send_packet(struct member *member, uint8_t type, const uint8_t *body, size_t size) {
    uint8_t packet[130] = {type, (uint8_t)size}; /* one byte of length: our own packets are small */
    memcpy(packet + 2, body, size);
    wire_send(member, packet, size + 2);
}

static void begin(struct member *member) {
    uint8_t body[100], *at = put_text(body, "MQTT");
    char client[30];
    memcpy(at, (uint8_t[]){4, 2, 0, 0}, 4); /* version 3.1.1; a clean session; no keep-alive */
    snprintf(client, sizeof client, "b%d-%u", getpid(), member->number); /* no earlier run's */
    at = put_text(at + 4, client);
    send_packet(member, 0x10, body, (size_t)(at - body));
}

static void subscribe(struct member *member) {
    uint8_t body[100] = {0, 1}, *at = put_text(body + 2, TOPIC);
    *at++ = (uint8_t)member->load->qos;
    send_packet(member, 0x82, body, (size_t)(at - body));
}

static void take_publish(struct member *member, uint8_t first, const uint8_t *body, size_t size) {
    uint32_t post;
    posts_delivered(member, 1);
    if (first & 0x06) { /* QoS 1: acknowledged */
        size_t topic = (size_t)(body[0] << 8 | body[1]);
        send_packet(member, 0x40, body + 2 + topic, 2);
    }
    if (member->reads_rows && size > TEXT_SIZE && posts_number(member->load, body + size - TEXT_SIZE, &post))
        posts_seen(member, post);
}

/* The size of the packet at `at`, and of its head; 0: not all of it is there. */
static size_t whole_packet(const uint8_t *at, size_t size, size_t *head) {
    size_t length = 0;
    for (*head = 1; *head < size && *head < 5;) {
        uint8_t byte = at[*head];
        length |= (size_t)(byte & 127) << 7 * (*head - 1);
        *head += 1;
        if (!(byte & 128))
            return *head + length <= size ? *head + length : 0;
    }
    return 0;
}

static size_t take(struct member *member, const uint8_t *data, size_t size) {
    size_t at = 0, head, packet;
    while ((packet = whole_packet(data + at, size - at, &head)) > 0) {
        const uint8_t *body = data + at + head;
        switch (data[at] >> 4) {
        case PUBLISH: take_publish(member, data[at], body, packet - head); break;
        case CONNACK: subscribe(member); break;
        case SUBACK: member_is_in(member); break;
        }
        at += packet;
    }
    return at;
}

static size_t encode(struct member *member, uint32_t first, uint32_t count, uint8_t *out) {
    int qos = member->load->qos;
    uint8_t *at = out;
    for (; count > 0; count--, first += member->load->posters) {
        uint16_t id = (uint16_t)(first % 65535 + 1);
        *at++ = (uint8_t)(0x30 | qos << 1);
        *at++ = (uint8_t)(2 + sizeof TOPIC - 1 + (qos ? 2 : 0) + TEXT_SIZE);
        at = put_text(at, TOPIC);
        if (qos) {
            *at++ = (uint8_t)(id >> 8);
            *at++ = (uint8_t)id;
        }
        posts_text(first, (char *)at);
        at += TEXT_SIZE;
    }
    return (size_t)(at - out);
}

const struct protocol mqtt = {
    .name = "mqtt", .tls = true, .begin = begin, .take = take, .encode = encode,
};
