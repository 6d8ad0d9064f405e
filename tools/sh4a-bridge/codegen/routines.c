/* The C twins of src/main.rs: same algorithm, as a C programmer would write it. */
typedef unsigned int u32;
typedef unsigned char u8;

u32 c_checksum(const u8 *data, u32 len)
{
    u32 a = 1, b = 0;
    for (u32 i = 0; i < len; i++) {
        a += data[i];
        if (a >= 65521)
            a -= 65521;
        b += a;
        if (b >= 65521)
            b -= 65521;
    }
    return b << 16 | a;
}

u32 c_sort(u32 *data, u32 len)
{
    for (u32 i = 1; i < len; i++) {
        u32 value = data[i], j = i;
        while (j > 0 && data[j - 1] > value) {
            data[j] = data[j - 1];
            j--;
        }
        data[j] = value;
    }
    return data[len / 2];
}

struct ring { u32 head, tail; struct { u32 code, argument; } events[16]; };

u32 c_ring(struct ring *ring, const u32 *codes, u32 len)
{
    u32 lost = 0;
    for (u32 i = 0; i < len; i++) {
        u32 next = (ring->head + 1) % 16;
        if (next == ring->tail) {
            ring->tail = (ring->tail + 1) % 16;
            lost++;
        }
        ring->events[ring->head].code = codes[i] >> 4;
        ring->events[ring->head].argument = codes[i];
        ring->head = next;
    }
    return lost;
}

u32 c_schedule(const u8 *owner, u32 *pending, u32 count, u32 rounds)
{
    u32 switches = 0, current = 0;
    for (u32 round = 0; round < rounds; round++) {
        pending[owner[round % count] % 4] |= 1u << (round % 31);
        for (u32 level = 4; level-- > 0;) {
            if (pending[level] != 0) {
                pending[level] &= pending[level] - 1;
                if (current != level) {
                    current = level;
                    switches++;
                }
                break;
            }
        }
    }
    return switches;
}
