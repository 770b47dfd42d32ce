#!/bin/sh
# tour.sh - does colaref-tour(7) tell the truth?
#
# Every literal display of the page is one of three things.  Commands ("$ ..."):
# run, what they print compared with what stands below them, where "..." is
# anything.  Sums ("label: sum = result"): worked out, the result compared to
# its last digit; (a, b) is a vector and is worked out number by number.  The
# weights: compared with those that data/tour.py makes the model of.

page=${COLA_SRCDIR:?run me by tests/tap-run}/man/colaref-tour.7
maker=$COLA_SRCDIR/data/tour.py
. "$COLA_SRCDIR/tests/points.sh"
colaref() { $EMULATOR "$COLAREF" "$@" 2>>err </dev/null; }
ln -s "$COLAREF_DATA" data

# The displays, freed of roff: command.N and expected.N, sums, weights, other.
${AWK-awk} '
/^\.Bd -literal/ { inside = 1; n++; kind = ""; next }
/^\.Ed/ { inside = 0; next }
!inside { next }
{
    gsub(/\\&/, "")
    gsub(/\\-/, "-")
    gsub(/\\e/, "\\")
}
kind == "" {
    kind = /^\$ / ? "commands" : / = / ? "sums" : /word +ear/ ? "weights" : "other"
}
kind == "commands" && /^\$ / {
    c++
    print substr($0, 3) >("command." c)
    printf "" >("expected." c)
    next
}
kind == "commands" { print >("expected." c); next }
$0 != "" || kind == "weights" { print >kind }
END { print c + 0 >"count" }' "$page"

test ! -s other
point $? "every display is one that is checked"
test "$(cat count)" -ge 12
point $? "there are commands"

# like EXPECTED GOT: line by line, "..." being anything in a line, or any lines.
like() {
    ${AWK-awk} -v expected="$1" '
    # Is TEXT what WANTED says?
    function like(wanted, text,    part, n, i, at) {
        n = split(wanted, part, /\.\.\./)
        if (n < 2)
            return wanted == text
        if (substr(text, 1, length(part[1])) != part[1])
            return 0
        text = substr(text, length(part[1]) + 1)
        for (i = 2; i < n; i++) {
            at = index(text, part[i])
            if (at == 0)
                return 0
            text = substr(text, at + length(part[i]))
        }
        return length(text) >= length(part[n]) &&
               substr(text, length(text) - length(part[n]) + 1) == part[n]
    }
    BEGIN {
        while ((getline line < expected) > 0)
            wanted[++n] = line
        at = 1
    }
    bad { next }
    wanted[at] == "..." && at <= n {
        # anything, up to a line like the next
        if (at < n && like(wanted[at + 1], $0))
            at += 2
        next
    }
    {
        if (at > n || !like(wanted[at], $0)) {
            print "# line " NR ": " $0
            print "# the page: " (at > n ? "(nothing more)" : wanted[at])
            bad = 1
        }
        at++
    }
    END {
        if (at == n && wanted[n] == "...")
            at++
        if (!bad && at <= n)
            print "# missing: " wanted[at]
        exit bad || at <= n
    }' "$2"
}

i=0
while test $i -lt "$(cat count)"; do
    i=$((i + 1))
    sed 's/^/# /' command.$i
    (eval "$(cat command.$i)") >got
    test $? -eq 0 && like expected.$i got
    point $? "command $i"
done

# Sums.  A result printed with k digits after the point may be half a unit of
# the last one off.
${AWK-awk} '
function blank() { while (substr(s, at, 1) == " ") at++ }
function peek() { blank(); return substr(s, at, 1) }
function fail() { wrong = 1; return 0 }
function sum(    v) {
    for (v = product(); peek() == "+" || peek() == "-";)
        v = substr(s, at++, 1) == "+" ? v + product() : v - product()
    return v
}
function product(    v, w) {
    for (v = factor(); peek() == "*" || peek() == "/";)
        if (substr(s, at++, 1) == "*")
            v = v * factor()
        else
            v = (w = factor()) == 0 ? fail() : v / w
    return v
}
# A parenthesis with commas is a vector: its element number "element".
function factor(    c, v, w, k, name) {
    c = peek()
    if (c == "-") {
        at++
        return -factor()
    }
    if (match(substr(s, at), /^[0-9]+(\.[0-9]+)?/)) {
        v = substr(s, at, RLENGTH)
        at += RLENGTH
        return v + 0
    }
    if (match(substr(s, at), /^[a-z]+/)) {
        name = substr(s, at, RLENGTH)
        at += RLENGTH
    }
    if (peek() != "(")
        return fail()
    k = 0
    do {
        at++
        w = sum()
        if (++k == element)
            v = w
    } while (peek() == "," && !wrong)
    if (k == 1)
        v = w
    else if (k > elements)
        elements = k
    if (peek() != ")" || (k > 1 && name != ""))
        return fail()
    at++
    if (name == "")
        return v
    if (name == "sqrt")
        return sqrt(v)
    if (name == "exp")
        return exp(v)
    if (name == "ln")
        return log(v)
    if (name == "cos")
        return cos(v)
    return name == "sin" ? sin(v) : fail()
}
# How many digits stand after the point in number "element" of what is printed?
function digits(text,    part, n) {
    gsub(/[() ]/, "", text)
    n = split(text, part, ",")
    text = part[n > 1 ? element : 1]
    return index(text, ".") ? length(text) - index(text, ".") : 0
}
{
    text = $0
    sub(/^.*: /, "", text)
    n = split(text, side, / = /)
    if (n < 2)
        wrong = 1
    elements = element = 1
    do {
        for (i = 1; i <= n && !wrong; i++) {
            s = side[i]
            at = 1
            value[i] = sum()
            if (peek() != "")
                wrong = 1
        }
        for (i = 1; i < n && !wrong; i++) {
            off = value[i] - value[n]
            if ((off < 0 ? -off : off) > 0.5000001 * 10 ^ -digits(side[n])) {
                printf "# it is %.9g\n", value[i]
                wrong = 1
            }
        }
    } while (++element <= elements && !wrong)
    if (wrong) {
        print "# " $0
        bad = 1
    }
    wrong = 0
}
END { exit bad || NR < 40 }' sums
point $? "the sums are right"

sed -n '/^WEIGHTS = """$/,/^"""$/{/"""/d;p;}' "$maker" >made
test -s made && diff made weights
point $? "the weights are those the model is made of"
if python3 -c '' 2>/dev/null; then
    python3 "$maker" -o model &&
        for file in config.json model.safetensors tokenizer.json; do
            cmp "$COLAREF_DATA/tour/$file" model/$file || exit 1
        done
    made=$?
    point $made "the model is made again to the byte"
else
    skip "the model is made again to the byte" "no python3"
fi

test $status = 0 || sed 's/^/# /' err
echo "1..$points"
exit $status
