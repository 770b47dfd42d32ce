/*
 * vectors_plain.c - the cases that need no model
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/vectors.h"

#include <string.h>

#include "oracle/maker.h"
#include "search/preset.h"

struct plain {
    const char *op, *name, *flags, *request;
};

static const struct plain cases[] = {
    {"chain", "chain/range", "chain-text", "\"text\":\"0-3,5\""},
    {"chain", "chain/group", "chain-text", "\"text\":\"0-3,(4-5)x2,8\""},
    {"chain", "chain/nested", "chain-text", "\"text\":\"((0,1)x2,3)x3\""},
    {"chain", "chain/empty", "chain-text empty-chain", "\"text\":\"()\""},
    {"chain", "chain/single", "chain-text", "\"text\":\"7\""},
    {"chain", "chain/canonical", "chain-text", "\"text\":\"0,1,2,2,3,1,0\""},
    {"chain", "chain/descending", "chain-text", "\"text\":\"3-1\""},
    {"chain", "chain/long", "chain-text", "\"text\":\"(0-3)x257\""},
    {"chain", "chain/longest", "chain-text", "\"text\":\"(0-3)x256\""},
    {"chain", "chain/nothing", "chain-text", "\"text\":\"\""},
    {"chain", "chain/comma", "chain-text", "\"text\":\"0,,1\""},

    {"edits", "edits/ordinary", "edit-skip edit-repeat edit-order",
     "\"chain\":[0,1,2,3,4,5],\"layers\":6,\"space\":\"both\""},
    {"edits", "edits/skip", "edit-skip edit-order",
     "\"chain\":[0,1,2,3,4,5],\"layers\":6,\"space\":\"skip\""},
    {"edits", "edits/repeat", "edit-repeat edit-order",
     "\"chain\":[0,1,2,3],\"layers\":4,\"space\":\"repeat\""},
    {"edits", "edits/any", "edit-skip edit-repeat edit-order",
     "\"chain\":[0,2,1],\"layers\":3,\"space\":\"any\""},
    {"edits", "edits/shortest", "edit-skip edit-order",
     "\"chain\":[2],\"layers\":4,\"space\":\"both\""},
    {"edits", "edits/longest", "edit-repeat edit-order",
     "\"chain\":[0,0,1,1,2,2,3,3],\"layers\":4,\"space\":\"both\""},
    {"edits", "edits/repeated", "edit-skip edit-repeat edit-order",
     "\"chain\":[0,1,1,1,2],\"layers\":4,\"space\":\"both\""},

    {"perft", "perft/4", "perft edit-skip edit-repeat",
     "\"layers\":4,\"depth\":3,\"space\":\"both\""},
    {"perft", "perft/12", "perft edit-skip edit-repeat",
     "\"layers\":12,\"depth\":2,\"space\":\"both\""},
    {"perft", "perft/skip", "perft edit-skip",
     "\"layers\":12,\"depth\":3,\"space\":\"skip\""},
    {"perft", "perft/repeat", "perft edit-repeat",
     "\"layers\":6,\"depth\":3,\"space\":\"repeat\""},
    {"perft", "perft/any", "perft", "\"layers\":3,\"depth\":3,\"space\":\"any\""},

    {"enumerate", "enumerate/depth", "enumeration",
     "\"layers\":6,\"depth\":2,\"space\":\"both\",\"judge\":\"fnv:truth:200\""},
    {"enumerate", "enumerate/skip", "enumeration",
     "\"layers\":8,\"depth\":3,\"space\":\"skip\",\"judge\":\"fnv:truth:200\""},
    {"enumerate", "enumerate/sequences", "enumeration",
     "\"layers\":4,\"sequences\":6,\"judge\":\"fnv:truth:50\""},

    {"random", "random/ours", "random search-seed",
     "\"generator\":\"splitmix64\",\"seed\":42,\"sample\":\"line-000001\",\"draws\":8"},
    {"random", "random/sample", "random search-seed",
     "\"generator\":\"splitmix64\",\"seed\":42,\"sample\":\"line-000002\",\"draws\":8"},
    {"random", "random/seed", "random search-seed",
     "\"generator\":\"splitmix64\",\"seed\":43,\"sample\":\"line-000001\",\"draws\":8"},
    {"random", "random/cpython", "random",
     "\"generator\":\"mt19937\",\"seed\":42,\"draws\":8"},
    {"random", "random/cpython-long", "random",
     "\"generator\":\"mt19937\",\"seed\":123456789012345,\"draws\":700"},

    {"log", "log/small", "log search-log",
     "\"numbers\":[1,2,3,4,5,6,7,8,9,10,12,16,27,32,64,81,100,128,200,256]"},
    {"log", "log/large", "log search-log",
     "\"numbers\":[1000,1024,4096,9169,9170,9171,10000,16384,20000,20001]"},
};

/* A search is a preset, a judge and a sample; FIELDS override the preset's. */
static const struct {
    const char *name, *flags, *preset, *fields, *judge, *sample;
    int layers;
} searches[] = {
    {"search/ordinary", "search-value search-reward search-seed search-epsilon "
     "search-log search-widening edit-order", "cola-2025", "{\"simulations\":200}",
     "fnv:s1:100", "line-000001", 12},
    {"search/sample", "search-seed search-value", "cola-2025", "{\"simulations\":60}",
     "fnv:s1:100", "line-000002", 12},
    {"search/often-right", "search-value search-reward search-widening", "cola-2025",
     "{\"simulations\":150}", "fnv:s2:500", "q", 8},
    {"search/never-right", "search-widening search-log", "cola-2025",
     "{\"simulations\":150}", "fnv:s3:0", "q", 8},
    {"search/always-right", "search-value search-reward", "cola-2025",
     "{\"simulations\":100}", "fnv:s3:1000", "q", 8},
    {"search/greedy", "search-value search-log search-epsilon", "cola-2025",
     "{\"simulations\":150,\"epsilon\":0,\"lambda\":0}", "fnv:s4:300", "q", 6},
    {"search/random", "search-epsilon", "cola-2025",
     "{\"simulations\":100,\"epsilon\":1}", "fnv:s4:300", "q", 6},
    {"search/narrow", "search-epsilon search-widening", "cola-2025",
     "{\"simulations\":120,\"widening\":0.5}", "fnv:s4:300", "q", 6},
    {"search/exhausted", "search-widening edit-skip edit-repeat", "cola-2025",
     "{\"simulations\":2000}", "fnv:s5:200", "q", 3},
    {"search/skip", "edit-skip search-value", "cola-2025",
     "{\"simulations\":100,\"space\":\"skip\"}", "fnv:s6:200", "q", 10},
    {"search/any", "search-value", "cola-2025",
     "{\"simulations\":100,\"space\":\"any\"}", "fnv:s6:200", "q", 5},
    {"search/released", "search-released search-epsilon search-value", "polar-2026", "{}",
     "fnv:s1:100", "q", 28},
    {"search/released-right", "search-released search-value", "polar-2026",
     "{\"simulations\":200}", "fnv:s2:500", "q", 12},
    {"search/released-exhausted", "search-released", "polar-2026",
     "{\"simulations\":1500}", "fnv:s7:300", "q", 4},
};

#define CASES (sizeof cases / sizeof cases[0])
#define SEARCHES (sizeof searches / sizeof searches[0])

static enum cola_status
add_search(struct cola_maker *m, size_t i, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_preset *preset = NULL;
    json_t *fields = NULL;
    enum cola_status st =
        cola_preset_find(searches[i].preset, searches[i].layers, &preset, err);

    if (st == COLA_OK)
        st = cola_json_parse(searches[i].fields, strlen(searches[i].fields), "fields",
                             &fields, err);
    if (st == COLA_OK)
        st = cola_preset_read(preset, fields, "fields", err);
    if (st == COLA_OK) {
        cola_buffer_text(&b, "\"preset\":");
        cola_preset_add_json(&b, preset, 0);
        cola_buffer_printf(&b, ",\"judge\":\"%s\",\"sample\":\"%s\"", searches[i].judge,
                           searches[i].sample);
        st = cola_buffer_ok(&b, err);
    }
    if (st == COLA_OK)
        st = cola_maker_discrete(m, "search", searches[i].name, searches[i].flags, b.data,
                                 err);
    json_decref(fields);
    cola_preset_free(preset);
    cola_buffer_free(&b);
    return st;
}

enum cola_status
cola_vectors_plain(const char *dir, struct cola_error *err)
{
    struct cola_maker m;
    enum cola_status st = cola_maker_vacant(dir, "plain", err);

    if (st == COLA_OK)
        st = cola_maker_open(&m, "plain", NULL, err);
    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < CASES && st == COLA_OK; i++)
        st = cola_maker_discrete(&m, cases[i].op, cases[i].name, cases[i].flags,
                                 cases[i].request, err);
    for (size_t i = 0; i < SEARCHES && st == COLA_OK; i++)
        st = add_search(&m, i, err);
    if (st == COLA_OK)
        st = cola_maker_write(&m, dir, NULL, err);
    cola_maker_close(&m);
    return st;
}
