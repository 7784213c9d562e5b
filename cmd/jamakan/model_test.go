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

// dialled is one call under way.
type dialled struct {
	r       *modelRun
	p       *plainPhone
	session string
	chain   []string
	said    string
}

func (r *modelRun) dial(p *plainPhone) *dialled {
	r.at = r.at.Add(20 * time.Minute) // a dropped call is not offered any more
	r.id++
	c := &dialled{r: r, p: p, session: fmt.Sprint("ATUid_", r.id)}
	c.said = r.deliver("/ussd/africastalking/demo", c.form())
	return c
}

// key presses keys.
func (c *dialled) key(keys ...string) {
	for _, k := range keys {
		c.chain = append(c.chain, k)
		c.r.at = c.r.at.Add(3 * time.Second)
		c.said = c.r.deliver("/ussd/africastalking/demo", c.form())
	}
}

func (c *dialled) form() url.Values {
	return url.Values{"sessionId": {c.session}, "phoneNumber": {c.p.number}, "serviceCode": {"*384*55#"}, "networkCode": {"61002"}, "text": {strings.Join(c.chain, "*")}}
}

// communes are the demonstration's, as they are listed.
func modelCommunes() []civic.Code { return []civic.Code{"01019901", "01019902", "01019903"} }

// intro answers what a new number is asked first.
func (c *dialled) intro() {
	if c.p.known {
		return
	}
	lang, commune := c.r.rnd.IntN(2), c.r.rnd.IntN(3)
	c.key(strconv.Itoa(lang+1), strconv.Itoa(commune+1), "1")
	c.p.lang, c.p.commune = []string{"bm", "fr"}[lang], modelCommunes()[commune]
}

// callVote is a vote by call: whole, dropped on the way, or with a crash
// before the last key.
func (r *modelRun) callVote(p *plainPhone) {
	option := 1 + r.rnd.IntN(8)
	c := r.dial(p)
	c.intro()
	c.key("1")
	if !r.m.open(r.at) {
		r.did("%s calls, and there is no vote", p.number)
		return
	}
	if p.ballot != nil {
		c.key("1")
	}
	c.key(strconv.Itoa(option), "1")
	switch r.rnd.IntN(8) {
	case 0:
		r.did("%s drops before voting %d", p.number, option)
		return
	case 1:
		// Walked again, a call records nothing: the screen before is shown, and
		// her next key is hers.
		r.crash()
		c.key("1")
		r.check("after a crash in a call")
	}
	first := p.ballot == nil
	c.key("1")
	if !r.m.votes(p, r.at, civic.ChannelUSSD, uint16(option)) {
		return
	}
	r.did("%s votes %d by call: %q", p.number, option, c.said)
	if first && r.rnd.IntN(2) == 0 && p.sex == 0 && p.age == 0 {
		sex, age := 1+r.rnd.IntN(2), 1+r.rnd.IntN(4)
		c.key("1", strconv.Itoa(sex), strconv.Itoa(age))
		r.did("%s is %d %d: %q", p.number, sex, age, c.said)
		r.m.declares(p, r.at, civic.Sex(sex), civic.Age(age))
	}
}

func (r *modelRun) opinion() string {
	r.id++
	return fmt.Sprintf("%s %d", []string{"la pompe; 50% en panne*", "ji tɛ an fɛ", "l'école & le puits #", "<b>prix ?</b>"}[r.rnd.IntN(4)], r.id)
}

func (r *modelRun) callOpinion(p *plainPhone) {
	text := r.opinion()
	c := r.dial(p)
	c.intro()
	c.key("3", strconv.Itoa(1+r.rnd.IntN(6)), text)
	r.did("%s says %q by call: %q", p.number, text, c.said)
	r.m.says(p, civic.ChannelUSSD, text)
}

// callLanguage changes the language.
func (r *modelRun) callLanguage(p *plainPhone) {
	if !p.known {
		return
	}
	lang := r.rnd.IntN(2)
	c := r.dial(p)
	c.key("7", strconv.Itoa(lang+1))
	p.lang = []string{"bm", "fr"}[lang]
	r.did("%s speaks %s", p.number, p.lang)
}

// callCommune changes the commune.
func (r *modelRun) callCommune(p *plainPhone) {
	if !p.known {
		return
	}
	commune := r.rnd.IntN(3)
	c := r.dial(p)
	c.key("6", "2", strconv.Itoa(commune+1))
	p.commune = modelCommunes()[commune]
	r.did("%s lives in %s: %q", p.number, p.commune, c.said)
}

// text delivers a text of a number that has a commune, after giving it one.
func (r *modelRun) text(p *plainPhone, text string) {
	r.at = r.at.Add(2 * time.Minute)
	if !p.known {
		commune := r.rnd.IntN(3)
		p.known, p.lang, p.commune = true, "fr", modelCommunes()[commune]
		r.text(p, "COMMUNE "+communeNames()[commune])
	}
	r.id++
	r.did("%s texts %q", p.number, text)
	r.deliver("/sms/africastalking/demo/inbox", url.Values{
		"id": {fmt.Sprint("in-", r.id)}, "from": {p.number}, "to": {"36055"}, "text": {text}, "date": {r.at.Format(time.RFC3339)},
	})
}

func (r *modelRun) textVote(p *plainPhone) {
	option := 1 + r.rnd.IntN(8)
	r.text(p, fmt.Sprint("VOTE ", option))
	r.m.votes(p, r.at, civic.ChannelSMS, uint16(option))
}

func (r *modelRun) textOpinion(p *plainPhone) {
	text := r.opinion()
	r.text(p, "AVIS "+text)
	r.m.says(p, civic.ChannelSMS, text)
}

func (r *modelRun) stop(p *plainPhone) {
	if !p.known {
		return
	}
	if r.rnd.IntN(2) == 0 {
		r.text(p, "STOP")
	} else {
		r.did("%s is opted out by the provider", p.number)
		r.deliver("/sms/africastalking/demo/optout", url.Values{"senderId": {"36055"}, "phoneNumber": {p.number}})
	}
	p.stopped = true
}

func (r *modelRun) erase(p *plainPhone) {
	r.text(p, "EFFACER")
	r.m.erased(p)
}

// late delivers something old once more: it changes nothing.
func (r *modelRun) late() {
	if len(r.sent) == 0 {
		return
	}
	p := r.sent[len(r.sent)-1-r.rnd.IntN(min(len(r.sent), 60))]
	if strings.HasSuffix(p.path, "/optout") || r.at.Sub(p.at) > 48*time.Hour {
		return // an opt-out carries nothing to know it again by: it would be a new one
	}
	r.did("late: %v", p.form)
	r.send(p)
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
