package civic

import "maps"

// published is one figure of a release.
type published struct {
	n      int64
	hidden bool
}

// release is one row of a table as published.
type release map[string]published

// line is the releases of one row of one table: of a commune, or of the
// margins pooled over the scope.
type line struct {
	asOf    Week    // of the release that stands; zero: none yet
	numbers int64   // all numbers, in that week
	stands  release // what is published
	before  release // the release before it
	known   row     // the last published count of each column
}

// move publishes a release.
func (l *line) move(week Week, numbers int64, r release) {
	l.asOf, l.numbers = week, numbers
	l.before, l.stands = l.stands, r
	for column, f := range r {
		if !f.hidden {
			l.known[column] = f.n
		}
	}
}

// draft is a release with only what is small hidden: a count under k, or,
// unless it is final, one that changed by fewer since it was last published.
func (l *line) draft(counts row, columns []string, k int64, final bool) release {
	r := release{}
	for _, c := range columns {
		n := counts[c]
		known, was := l.known[c]
		r[c] = published{n: n, hidden: small(n, k) || was && !final && small(n-known, k)}
	}
	return r
}

// room is how far below the truth a reader may think a hidden count is: to
// zero, or, since few people change a ballot, to what was last published. A
// line that did not change thus keeps what it hides: another complement each
// week would tell what the first one hid.
func (l *line) room(column string, n int64) int64 {
	if known, was := l.known[column]; was {
		return n - min(n, known)
	}
	return n
}

// better says whether a release is worth moving to: it hides nothing, or
// shows at least as many numbers as the one that stands.
func (l *line) better(r release) bool { return !r.hides() || r.shows() >= l.stands.shows() }

func (r release) hides() bool {
	for _, f := range r {
		if f.hidden {
			return true
		}
	}
	return false
}

func (r release) shows() int64 {
	sum := int64(0)
	for _, f := range r {
		if !f.hidden {
			sum += f.n
		}
	}
	return sum
}

// figure is what is told of one column.
func (l *line) figure(column string) Figure {
	f := l.stands[column]
	if f.hidden {
		return Figure{Hidden: true, Why: Secret}
	}
	before, was := l.before[column]
	if !was || before.hidden {
		return Figure{N: f.n}
	}
	return Figure{N: f.n, Change: f.n - before.n, Moved: true}
}

// pooled is the row of margins in a history.
const pooled Code = ""

// history is the releases of one table: a line for each commune, and the
// pooled one.
type history struct {
	parts [][]string // columns that add up to the numbers, one set after the other
	lines map[Code]*line
}

func newHistory(scope []Code) *history {
	h := &history{lines: map[Code]*line{pooled: {known: row{}}}}
	for _, c := range scope {
		h.lines[c] = &line{known: row{}}
	}
	return h
}

// draw makes a release of a line, part by part: protect hides complements in
// one, and says whether it could. presume is whether readers are taken to
// presume that counts do not fall.
func (h *history) draw(at Code, counts row, k int64, final bool, protect func(part []string, r release, presume bool) bool) (release, bool) {
	whole := release{}
	for _, part := range h.parts {
		r := h.lines[at].draft(counts, part, k, final)
		ok := protect(part, r, true)
		if !ok && final {
			r = h.lines[at].draft(counts, part, k, final)
			ok = protect(part, r, false)
		}
		if !ok {
			return nil, false
		}
		maps.Copy(whole, r)
	}
	return whole, true
}
