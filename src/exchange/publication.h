/*
 * publication.h - chains that somebody published, read back
 *
 * merged_mcts_samples.json as PoLar's sampler writes it, as its reader
 * tolerates it and as RE-PoLar writes it, and Dr.LLM's training files; the
 * members are in colaref-exchange(5).  A path that is no chain of the model
 * is refused by sample and path, where their readers drop it.
 */
#ifndef COLA_PUBLICATION_H
#define COLA_PUBLICATION_H

#include "exchange/judged.h"
#include "task/template.h"

enum cola_published_format { COLA_POLAR, COLA_RE_POLAR, COLA_DRLLM };

/* "polar", "re-polar", "drllm" */
const char *cola_published_name(enum cola_published_format format);
int cola_published_find(const char *name, enum cola_published_format *format);

struct cola_published_path {
    size_t begin;               /* into layers */
    uint16_t len;
    unsigned char listed;       /* as answering wrong 0, right 1; of ours also 2: left
                                 * undecided */
};

struct cola_published_sample {
    const char *id;             /* its item's */
    int level;                  /* -1: none */
    int base;                   /* 1 or 0: published score of the ordinary chain, -1:
                                 * none */
    size_t first, n;            /* of paths */
    char *prompt_sha256;        /* NULL: not told */
    char *primed, *stop;        /* borrowed by the item */
};

struct cola_publication {
    enum cola_published_format format;
    struct cola_dataset dataset;        /* items[i] is what samples[i] is about; without
                                         * question, prompt is NULL */
    struct cola_published_sample *samples;      /* [dataset.n] */
    struct cola_published_path *paths;  /* [n_paths] */
    uint16_t *layers;
    size_t n_paths, paths_room, n_layers, layers_room;
    json_t *journal;            /* the header of the journal that was exported; NULL:
                                 * the file is not ours */
    json_t *name;               /* of Dr.LLM's data set; NULL: none */
    json_t *root;               /* the file while it is read */
};

/*
 * Read PATH for a model of LAYERS layers.  FORMAT is a name, NULL: by its
 * members.  TEMPLATE makes the prompts; NULL: as the file has them where it
 * has those that were sent, else the format's own.
 */
COLA_MUST_USE enum cola_status
cola_publication_open(const char *path, const char *format,
                      const struct cola_template *template, int layers,
                      struct cola_publication **publication, struct cola_error *err);
void cola_publication_close(struct cola_publication *publication);

void cola_publication_chain(const struct cola_publication *publication, size_t path,
                            struct cola_chain *chain);

/* ---- between its two files --------------------------------------------------------- */

/* Sample number I of a file of PoLar's kind, and all of Dr.LLM's. */
COLA_MUST_USE enum cola_status
cola_publication_polar(struct cola_publication *p, const json_t *sample, size_t i,
                       int layers, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_publication_drllm(struct cola_publication *p, const json_t *file, size_t i,
                       int layers, struct cola_error *err);

/* One path of sample I, called PLACE, listed as struct cola_published_path says. */
COLA_MUST_USE enum cola_status
cola_publication_add(struct cola_publication *p, size_t i, const json_t *path, int listed,
                     int layers, const char *place, struct cola_error *err);

/* Item I as an export wrote it down. */
COLA_MUST_USE enum cola_status
cola_publication_ours(struct cola_publication *p, const json_t *ours, size_t i,
                      struct cola_error *err);

#endif
