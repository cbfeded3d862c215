/* As much MessagePack as the load generator needs: a writer for what it says, and a reader that skips well. */
#ifndef MSGPACK_H
#define MSGPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- writing: each returns where the next value goes -------------------------------------------------------------- */
uint8_t *mp_put_map(uint8_t *at, uint32_t pairs);
uint8_t *mp_put_array(uint8_t *at, uint32_t items);
uint8_t *mp_put_text(uint8_t *at, const char *text, size_t size);
uint8_t *mp_put_bytes(uint8_t *at, const uint8_t *bytes, size_t size);
uint8_t *mp_put_count(uint8_t *at, uint64_t value);
uint8_t *mp_put_nil(uint8_t *at);

/* --- reading: a cursor that stops for good at the first thing it does not understand ------------------------------ */
struct mp {
    const uint8_t *at, *end;
    bool bad;
};

uint32_t mp_map(struct mp *in);   /* pairs that follow */
uint32_t mp_array(struct mp *in); /* items that follow */
uint64_t mp_count(struct mp *in);
const uint8_t *mp_text(struct mp *in, uint32_t *size); /* a string or bytes; NULL when it is neither */
void mp_skip(struct mp *in);
bool mp_is(const uint8_t *text, uint32_t size, const char *word);

#endif
