/*
 * template_file.c - templates as JSON, written and read
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"

struct loaded {
    struct cola_template template;      /* first: what the caller has */
    char name[20];
    json_t *json;                       /* holds the texts */
};

/* The members that are text, in the order in which they are printed. */
static const struct text {
    const char *name;
    size_t offset;
    const char *otherwise;
} texts[] = {
#define M(member, otherwise) {#member, offsetof(struct cola_template, member), otherwise}
    M(summary, ""), M(source, ""), M(text, NULL), M(choice, "{label}. {text}"),
    M(answer, " {answer}"), M(primed, ""), M(stop, ""),
#undef M
};

#define TEXTS (sizeof texts / sizeof texts[0])

static const char **
place_of(struct cola_template *t, const struct text *text)
{
    return (const char **)(void *)((char *)t + text->offset);
}

void
cola_template_add_json(struct cola_buffer *b, const struct cola_template *t)
{
    struct cola_template copy = *t;

    cola_buffer_text(b, "{\n  \"name\": ");
    cola_json_add_text(b, t->name, strlen(t->name));
    for (size_t i = 0; i < TEXTS; i++) {
        const char *value = *place_of(&copy, &texts[i]);

        cola_buffer_printf(b, ",\n  \"%s\": ", texts[i].name);
        cola_json_add_text(b, value != NULL ? value : "",
                           value != NULL ? strlen(value) : 0);
    }
    cola_buffer_text(b, ",\n  \"options_shown\": ");
    cola_buffer_text(b, cola_template_shows_options(t) ? "true" : "false");
    if (t->grader < 0)
        cola_buffer_text(b, ",\n  \"grader\": null");
    else
        cola_buffer_printf(b, ",\n  \"grader\": \"%s\"",
                           cola_grader_name((enum cola_grader)t->grader));
    cola_buffer_printf(b, ",\n  \"max_tokens\": %d\n}\n", t->max_tokens);
}

/* ---- reading ------------------------------------------------------------------- */

static enum cola_status
refuse_unknown(const json_t *json, const char *path, struct cola_error *err)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)json, name, value) {
        int known = strcmp(name, "name") == 0 || strcmp(name, "grader") == 0 ||
                    strcmp(name, "max_tokens") == 0 || strcmp(name, "options_shown") == 0;

        for (size_t i = 0; i < TEXTS; i++)
            known |= strcmp(name, texts[i].name) == 0;
        if (!known)
            return cola_fail(err, COLA_INPUT, "%.200s: \"%.80s\" is no member of a "
                             "template", path, name);
    }
    return COLA_OK;
}

static enum cola_status
read_members(const json_t *json, const char *path, struct cola_template *t,
             struct cola_error *err)
{
    const char *grader = NULL;
    enum cola_grader found;
    int64_t max_tokens = 16;
    int shown = -1;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < TEXTS && st == COLA_OK; i++) {
        *place_of(t, &texts[i]) = texts[i].otherwise;
        st = cola_json_get_text(json, texts[i].name, texts[i].otherwise != NULL,
                                place_of(t, &texts[i]), path, err);
    }
    if (st == COLA_OK)
        st = cola_json_get_text(json, "grader", 1, &grader, path, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(json, "max_tokens", 1, 1, 100000, &max_tokens, path,
                                   err);
    if (st == COLA_OK)
        st = cola_json_get_boolean(json, "options_shown", 1, &shown, path, err);
    if (st != COLA_OK)
        return st;
    if (grader != NULL && !cola_grader_find(grader, &found))
        return cola_fail(err, COLA_INPUT, "%.200s: \"grader\" is \"%.80s\", which is "
                         "none", path, grader);
    if (strstr(t->text, "{question}") == NULL)
        return cola_fail(err, COLA_INPUT, "%.200s: \"text\" has no {question}", path);
    if (strstr(t->answer, "{answer}") == NULL && strstr(t->answer, "{label}") == NULL)
        return cola_fail(err, COLA_INPUT, "%.200s: \"answer\" has neither {answer} nor "
                         "{label}", path);
    if (strlen(t->primed) > strlen(t->text) ||
        strcmp(t->text + strlen(t->text) - strlen(t->primed), t->primed) != 0)
        return cola_fail(err, COLA_INPUT, "%.200s: \"primed\" is not what \"text\" ends "
                         "in", path);
    if (shown >= 0 && shown != cola_template_shows_options(t))
        return cola_fail(err, COLA_INPUT, "%.200s: \"options_shown\" is %s, and \"text\" "
                         "has %s{choices}", path, shown ? "true" : "false",
                         shown ? "no " : "");
    t->grader = grader != NULL ? (int)found : -1;
    t->max_tokens = (int)max_tokens;
    return COLA_OK;
}

/* "file:" and the beginning of the digest of what PATH holds. */
static enum cola_status
name_by_content(const char *path, char name[20], struct cola_error *err)
{
    struct cola_sha256 sha;
    struct cola_map map;
    unsigned char digest[32];
    char hex[65];
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    cola_sha256_init(&sha);
    cola_sha256_add(&sha, map.data, map.size);
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, hex);
    cola_map_close(&map);
    snprintf(name, 20, "file:%.12s", hex);
    return COLA_OK;
}

enum cola_status
cola_template_load(const char *path, struct cola_template **template,
                   struct cola_error *err)
{
    struct loaded *l = cola_alloc(1, sizeof *l);
    enum cola_status st;

    if (l == NULL)
        return cola_fail_memory(err);
    st = cola_json_load(path, &l->json, err);
    if (st == COLA_OK && !json_is_object(l->json))
        st = cola_fail(err, COLA_INPUT, "%s: not a JSON object", path);
    if (st == COLA_OK)
        st = refuse_unknown(l->json, path, err);
    if (st == COLA_OK)
        st = read_members(l->json, path, &l->template, err);
    if (st == COLA_OK)
        st = name_by_content(path, l->name, err);
    l->template.name = l->name;
    if (st != COLA_OK) {
        cola_template_free(&l->template);
        return st;
    }
    *template = &l->template;
    return COLA_OK;
}

void
cola_template_free(struct cola_template *template)
{
    struct loaded *l = (struct loaded *)template;

    if (l == NULL)
        return;
    json_decref(l->json);
    free(l);
}
