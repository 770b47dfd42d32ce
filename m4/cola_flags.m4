dnl cola_flags.m4 - two questions configure asks: does the compiler take a
dnl flag, and is a float the float that the arithmetic is defined on?

# COLA_ADD_FLAGS(VARIABLE, FLAGS)
# -------------------------------
# Append FLAGS to VARIABLE if the compiler takes them, all at once and without
# a warning: -mfpmath=sse, say, is refused alone and right beside -msse2.  The
# user's CFLAGS are left out of the question; whatever is odd about them must
# not cost us a flag.
AC_DEFUN([COLA_ADD_FLAGS],
[AS_VAR_PUSHDEF([cola_answer], [cola_cv_takes_$2])dnl
AC_CACHE_CHECK([whether $CC takes $2], [cola_answer],
  [cola_save_CFLAGS=$CFLAGS
   CFLAGS="-Werror $2"
   AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int cola_probe;]])],
     [AS_VAR_SET([cola_answer], [yes])],
     [AS_VAR_SET([cola_answer], [no])])
   CFLAGS=$cola_save_CFLAGS])
AS_VAR_IF([cola_answer], [yes], [$1="${$1:+$$1 }$2"])
AS_VAR_POPDEF([cola_answer])])

# COLA_FLOAT_MODEL
# ----------------
# Refuse whatever the defined arithmetic cannot survive.  Call it when
# COLA_CFLAGS is complete: the probes put the flags in the order of the build,
# ours first and the user's after them, since the last one wins.
#
# Some flags leave no trace for the preprocessor (-ffp-contract=fast), others
# act when linking (-Ofast, -ffast-math and -mdaz-ftz add start-up code that
# flushes subnormals), so their names are looked for as well.
AC_DEFUN([COLA_FLOAT_MODEL],
[AC_MSG_CHECKING([for flags that change floating-point results])
cola_bad=
for cola_word in $CC $CPPFLAGS $CFLAGS $LDFLAGS; do
  AS_CASE([$cola_word],
    [-ffp-contract=off], [],
    [-Ofast|-ffast-math|-funsafe-math*|-fassociative-math|-freciprocal-math|-ffinite-math-only|-fno-signed-zeros|-fno-honor-*|-fapprox-func|-fsingle-precision-constant|-ffp-contract=*|-ffp-model=*|-fp-model*|-fdenormal-fp-math*|-fcx-limited-range|-mrecip*|-mdaz-ftz|-mfpmath=*387*|-mpc32|-mpc64|-mpc80],
      [cola_bad="$cola_bad $cola_word"])
done
AS_IF([test -n "$cola_bad"],
  [AC_MSG_RESULT([$cola_bad])
   AC_MSG_ERROR([results would differ from machine to machine with
   $cola_bad
and this program exists to give the same ones everywhere.
Remedy: leave the above out of CC, CPPFLAGS, CFLAGS and LDFLAGS;
CFLAGS='-O3 -march=native' is safe, and about as fast.])])
AC_MSG_RESULT([none])

cola_save_CFLAGS=$CFLAGS
CFLAGS="$COLA_CFLAGS $CFLAGS"

AC_MSG_CHECKING([for C11])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined __STDC_VERSION__ || __STDC_VERSION__ < 201112L
#error not C11
#endif
_Static_assert(sizeof(int) >= 4 && (-1 >> 1) == -1, "two's complement");
]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_MSG_ERROR([a C11 compiler is needed, and "$CC $CFLAGS" is none.
Remedy: take an older standard out of CFLAGS, or name another compiler,
for example  ./configure CC=clang])])

AC_MSG_CHECKING([whether the compiler keeps to IEEE rules])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__) \
    || defined __ASSOCIATIVE_MATH__ || defined __RECIPROCAL_MATH__ \
    || defined __NO_SIGNED_ZEROS__
#error fast-math
#endif
int cola_probe;
]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_MSG_ERROR([this compiler, as called ("$CC $CFLAGS"), may rewrite
floating-point expressions: some kind of fast-math is on.
Remedy: turn it off in CC and CFLAGS, or name another compiler,
for example  ./configure CC=gcc CFLAGS=-O2])])

AC_MSG_CHECKING([whether float and double are binary32 and binary64])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include <float.h>
#if FLT_RADIX != 2 || FLT_MANT_DIG != 24 || DBL_MANT_DIG != 53 \
    || FLT_MAX_EXP != 128 || FLT_MIN_EXP != -125 \
    || DBL_MAX_EXP != 1024 || DBL_MIN_EXP != -1021
#error not IEEE 754
#endif
_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "sizes");
]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_MSG_ERROR([float and double are not the IEEE 754 formats of 32 and 64
bits, on which all published results rest.
Remedy: take flags that change them (such as -fshort-double) out of CFLAGS;
on a machine without these formats there is none.])])

AC_MSG_CHECKING([whether float is computed as float])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include <float.h>
#if defined __FLT_EVAL_METHOD__
#if __FLT_EVAL_METHOD__ != 0
#error wider
#endif
#elif defined FLT_EVAL_METHOD && FLT_EVAL_METHOD != 0
#error wider
#endif
int cola_probe;
]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_MSG_ERROR([this compiler, as called ("$CC $CFLAGS"), computes float
expressions in a wider format (FLT_EVAL_METHOD is not 0): results would
not match those of other machines.
Remedy: on 32-bit x86, CFLAGS='-O2 -msse2 -mfpmath=sse' and a processor with
SSE2; on s390x, CFLAGS='-O2 -fexcess-precision=fast'; elsewhere another
compiler, for example  ./configure CC=clang])])

CFLAGS=$cola_save_CFLAGS])
