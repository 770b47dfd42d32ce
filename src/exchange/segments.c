/*
 * segments.c - can a router's labels say this chain?
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/segments.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 4               /* layers of a segment */

/* Are positions AT .. AT+SIZE-1 the layers FIRST .. FIRST+SIZE-1? */
static int
is_run(const struct cola_chain *chain, int at, int first, int size)
{
    if (at + size > chain->len)
        return 0;
    for (int i = 0; i < size; i++)
        if (chain->at[at + i] != first + i)
            return 0;
    return 1;
}

/*
 * reach[c % (LONGEST+1)][p]: some cut of the layers below c makes the first p
 * positions.  A segment leads from c to at most c + LONGEST, so that many rows
 * are alive at once.
 */
int
cola_segments_parse(const struct cola_chain *chain, int layers)
{
    size_t width = (size_t)chain->len + 1;
    unsigned char *reach = cola_alloc((LONGEST + 1) * width, 1);
    int said;

    if (reach == NULL)
        return -1;
    reach[0] = 1;
    for (int c = 0; c < layers; c++) {
        unsigned char *row = reach + (size_t)(c % (LONGEST + 1)) * width;

        for (int size = 1; size <= LONGEST && c + size <= layers; size++) {
            unsigned char *to = reach + (size_t)((c + size) % (LONGEST + 1)) * width;

            for (int p = 0; p <= chain->len; p++) {
                if (!row[p])
                    continue;
                to[p] = 1;
                if (!is_run(chain, p, c, size))
                    continue;
                to[p + size] = 1;
                if (is_run(chain, p + size, c, size))
                    to[p + 2 * size] = 1;
            }
        }
        memset(row, 0, width);
    }
    said = reach[(size_t)(layers % (LONGEST + 1)) * width + (size_t)chain->len];
    free(reach);
    return said;
}

int
cola_counts_suffice(const struct cola_chain *chain)
{
    for (int i = 1; i < chain->len; i++)
        if (chain->at[i] < chain->at[i - 1] ||
            (i > 1 && chain->at[i] == chain->at[i - 2]))
            return 0;
    return 1;
}
