/*
 * pass.c - the unmodified model, asked as often instead
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/pass.h"

#include <string.h>

enum cola_status
cola_pass(struct cola_sampling *s, uint64_t executions, uint64_t seed, const char *id,
          struct cola_pass *pass, struct cola_error *err)
{
    int layers = s->run->executor->model->config.layers;
    struct cola_buffer name = COLA_BUFFER_EMPTY;
    struct cola_splitmix random;
    enum cola_status st;

    memset(pass, 0, sizeof *pass);
    pass->samples = executions / (uint64_t)layers;
    cola_buffer_printf(&name, "%s:pass", id);
    st = cola_buffer_ok(&name, err);
    if (st == COLA_OK)
        cola_splitmix_seed(&random, seed, name.data);
    cola_buffer_free(&name);
    for (uint64_t i = 0; i < pass->samples && st == COLA_OK; i++) {
        int right = 0;

        st = cola_sampling_draw(s, &random, &right, err);
        pass->right += right != 0;
        if (right && pass->first == 0)
            pass->first = i + 1;
    }
    return st == COLA_OK ? cola_sampling_chance(s, &pass->p, err) : st;
}
