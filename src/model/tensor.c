/*
 * tensor.c - numbers as they lie in a file
 *
 * Widening is exact: every F16 and BF16 is a float.  The file's order of
 * bytes is little-endian and its alignment arbitrary, so elements are put
 * together from bytes; compilers turn that into plain loads where they can.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "model/tensor.h"

#include <string.h>

#include "base/number.h"

size_t
cola_dtype_size(enum cola_dtype dtype)
{
    return dtype == COLA_F32 ? 4 : 2;
}

const char *
cola_dtype_name(enum cola_dtype dtype)
{
    switch (dtype) {
    case COLA_F32:
        return "F32";
    case COLA_F16:
        return "F16";
    case COLA_BF16:
        return "BF16";
    }
    return "unknown";
}

size_t
cola_tensor_count(const struct cola_tensor *t)
{
    return t->shape[0] * t->shape[1];
}

size_t
cola_tensor_bytes(const struct cola_tensor *t)
{
    return cola_tensor_count(t) * cola_dtype_size(t->dtype);
}

float
cola_tensor_at(const struct cola_tensor *t, size_t i)
{
    const unsigned char *p = t->data + i * cola_dtype_size(t->dtype);

    switch (t->dtype) {
    case COLA_F16:
        return cola_f32_from_f16(cola_load16(p));
    case COLA_BF16:
        return cola_f32_from_bf16(cola_load16(p));
    case COLA_F32:
        break;
    }
    return cola_f32_from_bits(cola_load32(p));
}

void
cola_tensor_widen(const struct cola_tensor *t, size_t first, size_t count, float *out)
{
    const unsigned char *p = t->data + first * cola_dtype_size(t->dtype);

    switch (t->dtype) {
    case COLA_F32:
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        memcpy(out, p, count * sizeof *out);
#else
        for (size_t i = 0; i < count; i++)
            out[i] = cola_f32_from_bits(cola_load32(p + 4 * i));
#endif
        break;
    case COLA_F16:
        for (size_t i = 0; i < count; i++)
            out[i] = cola_f32_from_f16(cola_load16(p + 2 * i));
        break;
    case COLA_BF16:
        for (size_t i = 0; i < count; i++)
            out[i] = cola_f32_from_bf16(cola_load16(p + 2 * i));
        break;
    }
}

/* A number is not finite when all bits of its exponent are set: infinities and
 * NaNs alike. */
size_t
cola_tensor_nonfinite(const struct cola_tensor *t)
{
    size_t count = cola_tensor_count(t);
    unsigned exponent = t->dtype == COLA_F16 ? 0x7c00 : 0x7f80;

    if (t->dtype == COLA_F32) {
        for (size_t i = 0; i < count; i++)
            if ((~cola_load32(t->data + 4 * i) & 0x7f800000) == 0)
                return i;
    } else {
        for (size_t i = 0; i < count; i++)
            if ((~(unsigned)cola_load16(t->data + 2 * i) & exponent) == 0)
                return i;
    }
    return SIZE_MAX;
}
