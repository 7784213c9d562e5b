package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

// modelRun is a gateway with both channels, on a real bbolt file, that is used
// and crashed at random beside a plain model.
type modelRun struct {
	t       *testing.T
	rnd     *rand.Rand
	at      time.Time
	cfg     config.Config
	world   world
	s       *servers
	calls   *httptest.Server
	m       *plainModel
	sent    []delivery // everything that was delivered
	id      int
	crashes int
	log     []string // what was done last, for who looks at a failure
}

// delivery is one callback as a provider delivered it.
type delivery struct {
	path string
	form url.Values
	at   time.Time
}

func (r *modelRun) now() time.Time { return r.at }

func (r *modelRun) did(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf(format, args...))
	if len(r.log) > 25 {
		r.log = r.log[1:]
	}
}

// newModelRun makes data whose consultation opens in two days.
func newModelRun(t *testing.T, seed uint64) *modelRun {
	t.Helper()
	r := &modelRun{t: t, rnd: rand.New(rand.NewPCG(seed, 7)), at: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), cfg: config.Default()}
	r.cfg.Data, r.cfg.Limits, r.cfg.Sandbox = t.TempDir(), config.Limits{Window: time.Minute}, "127.0.0.1:0"
	r.world = world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: r.now}
	plan := planfile.Demo(r.at)
	c := &plan.Consultations[0]
	c.Opens, c.Closes = civic.WeekOf(r.at).Start().AddDate(0, 0, 4), civic.WeekOf(r.at).Start().AddDate(0, 0, 4+5+r.rnd.IntN(15))
	keys, err := loadKeys(r.cfg, r.world)
	if err != nil {
		t.Fatal(err)
	}
	e, err := bolt.Open(bolt.Options{Path: filepath.Join(r.cfg.Data, databaseFile), Now: r.now})
	if err != nil {
		t.Fatal(err)
	}
	book, err := store.NewBook(e, keys, store.BookOptions{Now: r.now})
	if err == nil {
		_, err = book.Import(t.Context(), store.ByItself, plan)
	}
	if err := errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
	r.m = newPlainModel(10, c.Opens, c.Closes)
	r.open()
	t.Cleanup(func() { r.shut() })
	return r
}

func (r *modelRun) open() {
	r.t.Helper()
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(r.t.Context(), r.cfg, r.world, log, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.s, err = newServers(r.t.Context(), h, log); err != nil {
		r.t.Fatal(err)
	}
	r.calls = httptest.NewServer(r.s.callbacks.Handler)
}

func (r *modelRun) shut() {
	r.t.Helper()
	r.calls.Close()
	if err := errors.Join(r.s.texts.closeListener(), r.s.house.Close()); err != nil {
		r.t.Error(err)
	}
}

// crash goes on with the files as they are at this moment: what the process had
// in memory, and what it would still have written, is lost.
func (r *modelRun) crash() {
	r.t.Helper()
	r.did("crash")
	r.crashes++
	data := r.t.TempDir()
	for _, name := range []string{databaseFile, "demo.key"} {
		b, err := os.ReadFile(filepath.Join(r.cfg.Data, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(data, name), b, 0o600)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	r.shut()
	if err := os.RemoveAll(r.cfg.Data); err != nil {
		r.t.Fatal(err)
	}
	r.cfg.Data = data
	r.open()
}

// deliver posts a callback; sometimes two connections bring it at once, and
// sometimes the process dies after it and the provider delivers it again.
func (r *modelRun) deliver(path string, form url.Values) string {
	r.t.Helper()
	p := delivery{path, form, r.at}
	r.sent = append(r.sent, p)
	var said [2]string
	switch r.rnd.IntN(80) {
	case 0:
		var both sync.WaitGroup
		for i := range said {
			both.Go(func() { said[i] = r.send(p) })
		}
		both.Wait()
	case 1:
		said[0] = r.send(p)
		r.crash()
		said[1] = r.send(p)
	case 2:
		said[0], said[1] = r.send(p), r.send(p)
	default:
		return r.send(p)
	}
	return said[0]
}

func (r *modelRun) send(p delivery) string {
	res, err := http.PostForm(r.calls.URL+p.path, p.form)
	if err != nil {
		r.t.Error(err)
		return ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Errorf("%s: %v %s", p.path, err, res.Status)
	}
	return string(b)
}

// step is one thing that happens.
func (r *modelRun) step() {
	p := r.m.phones[r.rnd.IntN(len(r.m.phones))]
	switch n := r.rnd.IntN(100); {
	case n < 30:
		r.callVote(p)
	case n < 38:
		r.callOpinion(p)
	case n < 42:
		r.callLanguage(p)
	case n < 50:
		r.callCommune(p)
	case n < 68:
		r.textVote(p)
	case n < 76:
		r.textOpinion(p)
	case n < 79:
		r.stop(p)
	case n < 82:
		r.erase(p)
	case n < 92:
		r.late()
	case n < 95:
		r.at = r.at.Add(time.Duration(r.rnd.IntN(20)) * time.Hour)
	case n < 98:
		for _, g := range r.s.gateways {
			g.Sweep()
		}
		if err := errors.Join(r.s.house.book.Sweep(r.t.Context()), r.s.house.book.CloseWeeks(r.t.Context())); err != nil {
			r.t.Error(err)
		}
	default:
		r.crash()
	}
}

// annul ends the consultation without a result.
func (r *modelRun) annul() {
	r.t.Helper()
	r.did("annulled")
	_, err := r.s.house.book.Edit(r.t.Context(), store.ByCommand, "consult.annul", modelConsultation, r.s.house.book.Content().Plans[0].Code, func(p *civic.Plan, _ time.Time) error {
		p.Consultations[0].Annulled = &civic.Annulment{Reason: civic.Text{"fr": "Erreur de liste.", "bm": "Fili don."}}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.m.annulled = true
}

// check compares everything that is kept with the model.
func (r *modelRun) check(when string) {
	r.t.Helper()
	ctx, book := context.Background(), r.s.house.book
	var tally civic.Counts
	cast, changed := map[string]int64{}, map[string]int64{}
	err := r.s.house.engine.View(ctx, func(s store.Snapshot) (err error) {
		tally, err = s.Counts(modelConsultation)
		for w := civic.WeekOf(r.m.opens); err == nil && !civic.WeekOf(r.at).Before(w); w = w.Next() {
			var flows []civic.BallotFlow
			flows, err = s.Flows(w)
			for _, f := range flows {
				for to, n := range map[*map[string]int64]int64{&cast: f.Cast, &changed: f.Replaced} {
					if n != 0 {
						(*to)[fmt.Sprint(w, f.Commune)] = n
					}
				}
			}
		}
		return err
	})
	same := maps.Equal(map[civic.Cell]int64(tally), r.m.tally) && maps.Equal(cast, r.m.cast) && maps.Equal(changed, r.m.changed)
	if err != nil || !same {
		r.t.Errorf("%s: %v\n tallies %v\n want %v\n cast %v, want %v\n changed %v, want %v", when, err, tally, r.m.tally, cast, r.m.cast, changed, r.m.changed)
	}
	var opinions []string
	heard := 0
	err = book.Opinions(ctx, func(o store.Opinion) bool {
		if heard++; o.Text != "" {
			opinions = append(opinions, fmt.Sprint(o.Channel, o.Commune, o.Text))
		}
		return true
	})
	want := slices.Clone(r.m.opinions)
	slices.Sort(want)
	slices.Sort(opinions)
	if err != nil || heard != r.m.heard || !slices.Equal(opinions, want) {
		r.t.Errorf("%s: %v: %d opinions %q\n want %d %q", when, err, heard, opinions, r.m.heard, want)
	}
	for _, p := range r.m.phones {
		r.checkPhone(when, p)
	}
	report, err := book.Check(ctx, nil)
	if err != nil || len(report.Problems) > 0 {
		r.t.Errorf("%s: check: %v %v", when, err, report.Problems)
	}
	if r.t.Failed() {
		r.t.Fatalf("what was done last:\n%s", strings.Join(r.log, "\n"))
	}
}

func (r *modelRun) checkPhone(when string, p *plainPhone) {
	r.t.Helper()
	person, err := r.s.house.book.Person(context.Background(), p.number)
	if err != nil {
		r.t.Fatal(err)
	}
	c := person.Citizen()
	_, place, voted := person.Voted(modelConsultation)
	if voted != (p.ballot != nil) || voted && place != p.ballot.place {
		r.t.Errorf("%s: %s voted %v in %s, want %+v", when, p.number, voted, place, p.ballot)
	}
	if c.Known != p.known || (c.News == civic.NewsStopped) != p.stopped {
		r.t.Errorf("%s: %s known %v, wish %v; want %+v", when, p.number, c.Known, c.News, p)
	}
	if p.known && (c.Lang != p.lang || c.Commune != p.commune || c.Sex != p.sex || c.Age != p.age) {
		r.t.Errorf("%s: %s is kept as %+v, want %+v", when, p.number, c, p)
	}
}

// TestModel does random things from many phones on both channels, with crashes,
// repeats and late callbacks, beside a plain model, and compares after each
// round. JAMAKAN_MODEL is how many runs of 30 rounds; JAMAKAN_MODEL_SEED runs
// one again.
func TestModel(t *testing.T) {
	runs, rounds, first := 1, 4, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("JAMAKAN_MODEL")); err == nil {
		runs, rounds = n, 30
	}
	if n, err := strconv.ParseUint(os.Getenv("JAMAKAN_MODEL_SEED"), 10, 64); err == nil {
		first, rounds = n, 30
	}
	steps, crashes, opinions, ballots := 0, 0, 0, int64(0)
	for seed := first; seed < first+uint64(runs); seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Logf("again: JAMAKAN_MODEL_SEED=%d go test ./cmd/jamakan -run TestModel", seed)
			r := newModelRun(t, seed)
			annul := -1
			if r.rnd.IntN(3) == 0 {
				annul = rounds/2 + r.rnd.IntN(rounds/2)
			}
			for round := range rounds {
				for range 30 {
					r.step()
					steps++
				}
				if round == annul {
					r.annul()
				}
				r.check(fmt.Sprint("round ", round))
				if r.rnd.IntN(2) == 0 {
					r.crash()
					r.check(fmt.Sprint("after a crash, round ", round))
				}
			}
			for _, n := range []map[string]int64{r.m.cast, r.m.changed} {
				for _, n := range n {
					ballots += n
				}
			}
			opinions, crashes = opinions+r.m.heard, crashes+r.crashes
		})
	}
	t.Logf("%d runs, %d acts, %d ballots, %d opinions, %d crashes", runs, steps, ballots, opinions, crashes)
}
