#!/bin/sh
# laws_catch_kv_by_layer.sh - do the laws of execution see the commonest mistake?
#
# tests/mutant-laws is tests/test_laws with the mutants of tests/mutants/list in
# it.  In kv-overwrite keys and values belong to layers instead of positions of
# the chain.  A layer executed twice then finds what its other visit stored: every
# test about repeats (its name says "repeat") must fail, and every other must
# pass, for without repeats the two are the same thing.

CMOCKA_MESSAGE_OUTPUT=TAP
COLA_MUTANT=kv-overwrite
export CMOCKA_MESSAGE_OUTPUT COLA_MUTANT
cd "${COLA_BUILDDIR:?run me by tests/tap-run}" || exit 99
$EMULATOR tests/mutant-laws >"$TMPDIR/out" 2>&1
status=$?

${AWK-awk} -v status=$status '
/^(not )?ok / {
    fails = $1 == "not"
    repeats = /repeat/
    if (repeats && fails)
        caught++
    else if (!repeats && !fails)
        passed++
    else {
        print (fails ? "fails, though nothing is repeated: " : "does not see it: ") $0
        bad++
    }
}
END {
    print caught + 0 " tests about repeats fail, " passed + 0 " others pass, " \
        bad + 0 " the wrong way round"
    if (status > 128)
        print "killed by signal " (status - 128)
    exit bad || caught < 4 || passed < 4 || status > 128
}' "$TMPDIR/out"
