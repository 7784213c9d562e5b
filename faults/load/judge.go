package load

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// Judge says what is wrong with what a crash left. It knows every message by
// its IDs, so that it can tell one that is there twice, half, or too early. It
// is for one goroutine.
type Judge struct {
	keys  *secret.Keys
	ids   map[store.ID]Message // as replies are kept
	done  []int                // by phone: the messages in ids
	votes map[string]*votes    // by the consultation's wrapped key
}

// votes are the messages' IDs as ballots keep them: made with the key of the
// consultation, which each new database draws for itself.
type votes struct {
	ids  map[[16]byte]Message
	done []int
}

// NewJudge makes one for a number of phones.
func NewJudge(phones int) (*Judge, error) {
	keys, err := Keys()
	return &Judge{keys: keys, ids: map[store.ID]Message{}, done: make([]int, phones), votes: map[string]*votes{}}, err
}

// know makes the IDs of each phone's messages up to the one that may be under
// way.
func (j *Judge) know(answered []int) {
	for p, n := range answered {
		for ; j.done[p] <= n; j.done[p]++ {
			m := Message{p, j.done[p] + 1}
			j.ids[m.id(j.keys)] = m
		}
	}
}

// ballots are the IDs under the key that a state keeps of the consultation.
func (j *Judge) ballots(s store.Snapshot) (map[[16]byte]Message, error) {
	wrapped, ok, err := s.Get(store.Key(store.KindKey + "/" + consultation))
	if err != nil || !ok {
		return nil, err
	}
	key, err := j.keys.OpenVoterKey(consultation, wrapped)
	if err != nil {
		return nil, err
	}
	v := j.votes[string(wrapped)]
	if v == nil {
		v = &votes{map[[16]byte]Message{}, make([]int, len(j.done))}
		j.votes[string(wrapped)] = v
	}
	for p, n := range j.done {
		for ; v.done[p] < n; v.done[p]++ {
			m := Message{p, v.done[p] + 1}
			v.ids[key.Event(m.id(j.keys))] = m
		}
	}
	return v.ids, nil
}

// ErrNoDatabase: there is nothing at all. It is right before the first answer
// only.
var ErrNoDatabase = errors.New("there is no database")

// Ask is what is asked of a state.
type Ask struct {
	Path     string
	Answered []int // by phone: the messages that were answered before the crash
	UpTo     []int // by phone: those that may have been, when that is not known better
	Begun    bool  // the gateway had begun to serve: the plan must be there
	GoOn     bool  // also let the phones go on
}

// Look judges a state: what is wrong with it, nil for nothing. It opens it
// with the real engine, which verifies it first.
func (j *Judge) Look(a Ask) (problems []string) {
	wrong := func(format string, args ...any) {
		if len(problems) < 10 {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	if _, err := os.Stat(a.Path); err != nil && a.Begun {
		wrong("%v, and phones have been answered", ErrNoDatabase)
		return problems
	}
	if a.UpTo == nil {
		a.UpTo = a.Answered
	}
	j.know(a.UpTo)
	e, err := bolt.Open(bolt.Options{Path: a.Path, Now: time.Now, InitialMmap: 64 << 20})
	if err != nil {
		wrong("it is not served: %v", err)
		return problems
	}
	there := j.whole(e, a, wrong)
	if a.GoOn && len(problems) == 0 {
		j.goOn(e, there, wrong)
	}
	if err := e.Close(); err != nil {
		wrong("close: %v", err)
	}
	return problems
}

// whole judges all that is there, and says which is the last message of each
// phone.
func (j *Judge) whole(e *bolt.Engine, a Ask, wrong func(string, ...any)) (there []int) {
	f := &found{judge: j, wrong: wrong, seq: map[Message]uint64{}, last: make([]int, len(a.Answered)), there: map[Message]bool{}, text: map[Message]bool{}, calls: map[Message]bool{}}
	err := e.View(context.Background(), func(s store.Snapshot) error { return f.read(s, a.Begun) })
	if err != nil {
		wrong("reading: %v", err)
		return nil
	}
	for p, n := range a.Answered {
		there = append(there, f.phone(p, n, a.UpTo[p]+1))
	}
	report, err := e.Check(context.Background(), nil)
	if err != nil {
		wrong("check: %v", err)
	}
	for _, p := range report.Problems {
		wrong("check: %s", p)
	}
	return there
}

// goOn lets each phone send its last message that is there once more, and the
// next one: afterwards all is there, once.
func (j *Judge) goOn(e *bolt.Engine, there []int, wrong func(string, ...any)) {
	g := &Gateway{Engine: e, keys: j.keys}
	if err := g.settle(); err != nil {
		wrong("the book: %v", err)
		return
	}
	next := make([]int, len(there))
	for p, n := range there {
		next[p] = n + 1
		for _, m := range []Message{{p, n}, {p, n + 1}} {
			if m.N == 0 {
				continue
			}
			if out, err := g.Send(m); err != nil || !noted(out) {
				wrong("message %s after the start: %v, verdict %d", m.session(), err, out.Verdict)
			}
		}
	}
	j.know(next)
	j.whole(e, Ask{Answered: next, UpTo: next, Begun: true}, wrong)
}

// found is what is in a database.
type found struct {
	judge *Judge
	wrong func(string, ...any)
	ids   map[[16]byte]Message // as ballots keep them
	seq   map[Message]uint64   // of ballots: the place in the log
	last  []int                // by phone: the last ballot
	there map[Message]bool     // the reply is kept
	text  map[Message]bool     // the opinion is kept
	calls map[Message]bool     // the call's position is kept
	langs map[string]string    // by profile key
}

func (f *found) read(s store.Snapshot, begun bool) error {
	if _, ok, err := s.Get(store.PlanKey("JAM-2026-2030")); err != nil || begun && !ok {
		f.wrong("the plan is not there: %v", err)
	}
	ids, err := f.judge.ballots(s)
	if f.ids = ids; err != nil {
		return err
	}
	err = s.Records(1, func(r civic.Record) bool { f.ballot(&r); return true })
	err = errors.Join(err, s.Scan(store.KindFeedback+"/", "", func(k store.Key, v []byte) bool { f.opinion(k, v); return true }))
	err = errors.Join(err, f.walk(s, store.KindDone, func(k store.Key, _ []byte) {
		m, known := f.judge.ids[store.ID(hash(k))]
		if !known || f.there[m] {
			f.wrong("a reply of %v, twice %v: %s", m, f.there[m], k)
		}
		f.there[m] = true
	}))
	err = errors.Join(err, f.walk(s, store.KindSession, func(k store.Key, v []byte) {
		var m Message
		if _, scanned := fmt.Sscanf(string(v), "%d-%d", &m.Phone, &m.N); scanned != nil || m.sessionKey(f.judge.keys) != k {
			f.wrong("a call's position %q under %s", v, k)
		}
		f.calls[m] = true
	}))
	f.langs = map[string]string{}
	return errors.Join(err, f.walk(s, store.KindCitizen, func(k store.Key, v []byte) {
		var profile struct {
			Lang string `json:"l"`
		}
		if err := json.Unmarshal(v, &profile); err != nil {
			f.wrong("profile: %v", err)
		}
		f.langs[string(k)] = profile.Lang
	}))
}

// walk goes through all records of a kind, and finds each by its key too.
func (f *found) walk(s store.Snapshot, kind string, fn func(store.Key, []byte)) error {
	for at := uint64(0); ; {
		next, err := s.Walk(kind, at, func(_ uint64, k store.Key, v []byte) bool {
			fn(k, v)
			if got, ok, err := s.Get(k); err != nil || !ok || string(got) != string(v) {
				f.wrong("%s is there, and not found by its key: %v", k, err)
			}
			return true
		})
		if at = next; err != nil || at == 0 {
			return err
		}
	}
}

// hash is what a scattered key is made of; zero for one of another form.
func hash(k store.Key) (h [16]byte) {
	_, rest, _ := strings.Cut(string(k), "/")
	if b, err := hex.DecodeString(rest); err == nil && len(b) == len(h) {
		copy(h[:], b)
	}
	return h
}
