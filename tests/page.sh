#!/bin/sh
# page.sh - the page of a report: whole, alone, the same twice, and never deceived
#
# Every sheet is on the page and in a CSV; a figure's points are rows of that CSV;
# nothing is fetched; what a name or an id holds is shown and not obeyed; without
# gnuplot the tables remain.  The numbers are checked by report.sh.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"

colaref search tiny-4 register-4 -q --limit 20 --simulations 20 --controls all \
    -o both.jsonl >/dev/null &&
    colaref search tiny-4 register-4 -q --limit 20 --simulations 20 --space skip \
        -o skip.jsonl >/dev/null &&
    colaref enumerate tiny-4 register-4 -q --limit 20 --depth 1 -o truth.jsonl
point $? "journals and a truth"

### without gnuplot

GNUPLOT=/nonexistent colaref report both.jsonl skip.jsonl --truth truth.jsonl \
    -o plain >out 2>err
test $? -eq 0 && grep -q gnuplot err && grep -q ' 0 figures' out
point $? "without gnuplot there is a report, and it is said"
! grep -q '<svg[^>]*role="img"' plain/index.html && grep -qi 'gnuplot' plain/index.html
point $? "its page says so too"
grep -q '<!DOCTYPE html>' plain/index.html && grep -q '</html>' plain/index.html &&
    grep -q '<html lang="en">' plain/index.html
point $? "the page is a whole document"
missing=
for csv in plain/*.csv; do
    name=${csv#plain/}
    grep -q "href=\"$name\"" plain/index.html || missing="$missing $name"
    grep -q "^$name\$" plain/report.txt || missing="$missing $name(text)"
done
test -z "$missing" && ls plain/*.csv >/dev/null
point $? "every CSV is linked from the page and named in the text$missing"
linked=$(sed 's/href="/\
&/g' plain/index.html | sed -n 's/^href="\([a-z0-9-]*\.csv\)".*/\1/p' | sort -u)
for name in $linked; do
    test -s "plain/$name" || missing="$missing $name"
done
test -n "$linked" && test -z "$missing"
point $? "and every link leads to one$missing"

# What a browser would fetch, or run.
alone() {           # alone PAGE
    ! grep -Eiq '<script|<link|<iframe|<img|@import|url\(|src=|srcset=|<object|<embed' "$1" &&
        ! sed 's/xmlns[:a-z]*="[^"]*"//g' "$1" | grep -Eiq 'https?://|href="//'
}
alone plain/index.html
point $? "the page fetches nothing"

colaref report both.jsonl skip.jsonl --truth truth.jsonl -q -o plain >/dev/null 2>err
point $? "a report is written over an earlier one"
mkdir other && echo precious >other/table1.csv
refused 3 "files that are no report's are not written over" 'other' report \
    both.jsonl -o other
test "$(cat other/table1.csv)" = precious
point $? "and are as they were"

### names that a page must not obey

evil='<script>alert(1)<b>&"'\'
sed "s/register-4-0000/<b onload=x>\&amp;/" both.jsonl >"evil.jsonl"
colaref report "$evil=evil.jsonl" --truth truth.jsonl -q -o evil >/dev/null 2>&1
test $? -eq 0 && alone evil/index.html && grep -Eq '&(lt|#60);script&(gt|#62);alert' evil/index.html &&
    ! grep -q '<b onload' evil/index.html
point $? "labels and ids are shown, not obeyed"
grep -q '"<script>alert(1)<b>&""'\' evil/runs.csv
point $? "and whole in the CSV"

### with gnuplot

if "${GNUPLOT-gnuplot}" --version >/dev/null 2>&1; then
    colaref report both.jsonl skip.jsonl --truth truth.jsonl -q -o page >out 2>err
    grep -Eq ', [1-9][0-9]* figures' out && grep -q '<svg' page/index.html
    point $? "figures are drawn"
    alone page/index.html
    point $? "and fetch nothing"
    sed 's/<svg/\
&/g' page/index.html | grep '^<svg' | grep -v 'aria-hidden="true"' >svg
    test -s svg && ! grep -v 'role="img"' svg
    point $? "every picture is said to be one"
    sed 's/ id="/\
&/g' page/index.html | sed -n 's/^ id="\([^"]*\)".*/\1/p' | sort >ids
    test -s ids && test -z "$(uniq -d ids)"
    point $? "no name of an element comes twice"
    colaref report both.jsonl skip.jsonl --truth truth.jsonl -q -o again >/dev/null 2>&1
    different=
    for file in page/*; do
        cmp -s "$file" "again/${file#page/}" || different="$different $file"
    done
    test -z "$different"
    point $? "two reports are the same, byte for byte$different"
    colaref report "$evil=evil.jsonl" -q -o evil2 >/dev/null 2>&1 &&
        alone evil2/index.html
    point $? "labels are not obeyed in figures either"
else
    for name in drawn alone named unique same evil; do
        skip "figures: $name" "no gnuplot"
    done
fi

### well-formed

if python3 -c 'import html.parser' 2>/dev/null; then
    cat >check.py <<'END'
import html.parser, sys
VOID = {"meta", "br", "hr", "img", "col", "input", "wbr", "link"}
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tables, self.bad = [], 0, []
    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.tables += tag == "table"
        names = [name for name, value in attrs]
        if len(names) != len(set(names)):
            self.bad.append("attributes of " + tag)
    def handle_startendtag(self, tag, attrs):
        pass
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(tag + " at " + str(self.getpos()))
for path in sys.argv[1:]:
    page = Page()
    page.feed(open(path, encoding="utf-8").read())
    page.close()
    if page.bad or page.open or page.tables < 20:
        sys.exit("%s: %s %s %d" % (path, page.bad[:3], page.open, page.tables))
END
    pages='plain/index.html evil/index.html'
    test -f page/index.html && pages="$pages page/index.html"
    python3 check.py $pages >out 2>&1
    point $? "what is opened is closed, in order$(head -n 1 out)"
else
    skip "what is opened is closed, in order" "no python3"
fi

### what is refused

refused 3 "a file that is not there" nowhere.jsonl report nowhere.jsonl -o no
echo '{"type":"nothing"}' >nothing.jsonl
refused 3 "a file that is no journal" nothing.jsonl report nothing.jsonl -o no
refused 2 "no directory" '-o DIR' report both.jsonl
refused 2 "standard output" '-o DIR' report both.jsonl -o -
echo file >file
refused 3 "a directory that is a file" 'file' report both.jsonl -o file
test ! -e no
point $? "nothing is left behind"

echo "1..$points"
exit $status
