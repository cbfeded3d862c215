#include "msgpack.h"

#include <string.h>

static uint8_t *put(uint8_t *at, uint8_t tag, uint64_t value, int width) {
    *at++ = tag;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
        *at++ = (uint8_t)(value >> shift);
    return at;
}

uint8_t *mp_put_map(uint8_t *at, uint32_t pairs) {
    return put(at, (uint8_t)(0x80 | pairs), 0, 0); /* no frame has more than 15 fields */
}

uint8_t *mp_put_array(uint8_t *at, uint32_t items) {
    return items < 16 ? put(at, (uint8_t)(0x90 | items), 0, 0) : put(at, 0xdc, items, 2);
}

uint8_t *mp_put_text(uint8_t *at, const char *text, size_t size) {
    if (size < 32)
        at = put(at, (uint8_t)(0xa0 | size), 0, 0);
    else
        at = size < 256 ? put(at, 0xd9, size, 1) : put(at, 0xda, size, 2);
    memcpy(at, text, size);
    return at + size;
}

uint8_t *mp_put_bytes(uint8_t *at, const uint8_t *bytes, size_t size) {
    at = size < 256 ? put(at, 0xc4, size, 1) : put(at, 0xc5, size, 2);
    memcpy(at, bytes, size);
    return at + size;
}

uint8_t *mp_put_count(uint8_t *at, uint64_t value) {
    return value < 128 ? put(at, (uint8_t)value, 0, 0) : put(at, 0xcf, value, 8);
}

uint8_t *mp_put_nil(uint8_t *at) {
    return put(at, 0xc0, 0, 0);
}

static uint64_t number(struct mp *in, int width) {
    uint64_t value = 0;
    if (in->end - in->at < width) {
        in->bad = true;
        in->at = in->end;
        return 0;
    }
    while (width-- > 0)
        value = value << 8 | *in->at++;
    return value;
}

/* One head: what follows it is `size` bytes of the value itself, or `items` more values. */
struct head {
    enum { PLAIN, TEXT, ARRAY, MAP } kind;
    uint64_t value; /* PLAIN: the number, where it is one */
    uint32_t size, items;
};

static struct head head(struct mp *in) {
    uint8_t tag = (uint8_t)number(in, 1);
    if (tag < 0x80 || tag >= 0xe0)
        return (struct head){PLAIN, tag, 0, 0};
    if (tag < 0x90)
        return (struct head){MAP, 0, 0, tag & 15};
    if (tag < 0xa0)
        return (struct head){ARRAY, 0, 0, tag & 15};
    if (tag < 0xc0)
        return (struct head){TEXT, 0, tag & 31, 0};
    switch (tag) {
    case 0xc0: case 0xc2: case 0xc3:
        return (struct head){PLAIN, tag & 1, 0, 0};
    case 0xc4: case 0xc5: case 0xc6:
        return (struct head){TEXT, 0, (uint32_t)number(in, 1 << (tag - 0xc4)), 0};
    case 0xca: case 0xcb:
        return (struct head){PLAIN, 0, 4u << (tag - 0xca), 0};
    case 0xcc: case 0xcd: case 0xce: case 0xcf:
        return (struct head){PLAIN, number(in, 1 << (tag - 0xcc)), 0, 0};
    case 0xd0: case 0xd1: case 0xd2: case 0xd3:
        return (struct head){PLAIN, number(in, 1 << (tag - 0xd0)), 0, 0};
    case 0xd9: case 0xda: case 0xdb:
        return (struct head){TEXT, 0, (uint32_t)number(in, 1 << (tag - 0xd9)), 0};
    case 0xdc: case 0xdd:
        return (struct head){ARRAY, 0, 0, (uint32_t)number(in, 2 << (tag - 0xdc))};
    case 0xde: case 0xdf:
        return (struct head){MAP, 0, 0, (uint32_t)number(in, 2 << (tag - 0xde))};
    default: /* extension types: no frame has them */
        in->bad = true;
        in->at = in->end;
        return (struct head){PLAIN, 0, 0, 0};
    }
}

static const uint8_t *advance(struct mp *in, uint32_t size) {
    const uint8_t *value = in->at;
    if ((size_t)(in->end - in->at) < size) {
        in->bad = true;
        in->at = in->end;
        return NULL;
    }
    in->at += size;
    return value;
}

uint32_t mp_map(struct mp *in) {
    struct head it = head(in);
    in->bad |= it.kind != MAP;
    return in->bad ? 0 : it.items;
}

uint32_t mp_array(struct mp *in) {
    struct head it = head(in);
    in->bad |= it.kind != ARRAY;
    return in->bad ? 0 : it.items;
}

uint64_t mp_count(struct mp *in) {
    struct head it = head(in);
    in->bad |= it.kind != PLAIN || it.size != 0;
    return in->bad ? 0 : it.value;
}

const uint8_t *mp_text(struct mp *in, uint32_t *size) {
    struct head it = head(in);
    in->bad |= it.kind != TEXT;
    *size = it.size;
    return in->bad ? NULL : advance(in, it.size);
}

void mp_skip(struct mp *in) {
    uint64_t left = 1;
    while (left-- > 0 && !in->bad) {
        struct head it = head(in);
        advance(in, it.size);
        left += it.kind == MAP ? 2 * (uint64_t)it.items : it.items;
    }
}

bool mp_is(const uint8_t *text, uint32_t size, const char *word) {
    return text && size == strlen(word) && memcmp(text, word, size) == 0;
}
