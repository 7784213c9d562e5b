package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

// bigCase is a database to measure with.
type bigCase struct {
	communes, ballots, weeks int // weeks that are closed; the running one is one more
}

func (c bigCase) String() string {
	return fmt.Sprintf("%d-communes-%d-ballots-%d-weeks", c.communes, c.ballots, c.weeks)
}

// letters is how many opinions each database holds, each with the SMS that it
// was answered by.
const letters = 20_000

// bigData is the folder of such a database, made if it is not there: by the
// acts of people, as the gateway records them. JAMAKAN_MILLION names a folder
// in which they are kept for the next run.
func bigData(b *testing.B, c bigCase) string {
	b.Helper()
	folder := os.Getenv("JAMAKAN_MILLION")
	if folder == "" {
		folder = b.TempDir()
	}
	data := filepath.Join(folder, fmt.Sprintf("%d-%d-%d", c.communes, c.ballots, c.weeks))
	if _, err := os.Stat(filepath.Join(data, "made")); err == nil {
		return data
	}
	if err := os.RemoveAll(data); err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	m := &crowd{bigCase: c, b: b}
	m.open(data)
	for week := range c.weeks + 1 {
		m.live(week)
	}
	if err := m.engine.Close(); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "made"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Logf("%v: made in %v", c, time.Since(begun).Round(time.Second))
	return data
}

// crowd are the people of a database that is being made, and its clock.
type crowd struct {
	bigCase
	b      *testing.B
	book   *store.Book
	engine *bolt.Engine
	plan   civic.Plan
	at     atomic.Int64 // unix seconds
}

func (m *crowd) now() time.Time { return time.Unix(m.at.Load(), 0).UTC() }

// deskLogin is who may log in at the desk of such a database.
const (
	deskLogin    = "awa"
	deskPassword = "trois chèvres bleues"
)

func (m *crowd) open(data string) {
	m.b.Helper()
	monday := civic.WeekOf(time.Now()).Start()
	first := monday.AddDate(0, 0, -7*m.weeks)
	m.at.Store(first.Add(-time.Hour).Unix())
	keys, err := secret.Load(filepath.Join(data, "demo.key"), true)
	if err != nil {
		m.b.Fatal(err)
	}
	if m.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(data, databaseFile), Now: m.now, InitialMmap: 4 << 30}); err != nil {
		m.b.Fatal(err)
	}
	if m.book, err = store.NewBook(m.engine, keys, store.BookOptions{Now: m.now}); err != nil {
		m.b.Fatal(err)
	}
	m.plan = planfile.Demo(first)
	if m.communes != len(m.plan.Scope) {
		m.plan = bigRegion(m.communes)
	}
	q := &m.plan.Consultations[0]
	q.Opens, q.Closes = first, monday.AddDate(0, 0, 21)
	if _, err := m.book.Import(context.Background(), store.ByItself, m.plan); err != nil {
		m.b.Fatal(err)
	}
	hash, err := guard.Hash(deskPassword)
	if err != nil {
		m.b.Fatal(err)
	}
	if err := m.book.AddAccount(context.Background(), store.ByItself, store.Account{
		Coordinator: civic.Coordinator{Login: deskLogin, Name: "Awa Sira", Role: civic.Administrator}, Hash: hash,
	}); err != nil {
		m.b.Fatal(err)
	}
}

// bigRegion is a plan of invented communes, with a census.
func bigRegion(communes int) civic.Plan {
	p := civic.Plan{
		Code: "REGION", Title: civic.Text{"fr": "Plan de la région"}, From: 2026, To: 2030, Phase: civic.Priorisation, Authority: civic.Council,
		Population: map[civic.Code]civic.Residents{}, Places: []civic.Place{{Code: "0198", Name: "Cercle FICTIF"}, {Code: "019801", Name: "Arrondissement FICTIF"}},
	}
	for i := range communes {
		code, n := civic.Code(fmt.Sprintf("019801%02d", i+1)), 9_000+700*i
		p.Scope = append(p.Scope, code)
		p.Places = append(p.Places, civic.Place{Code: code, Name: fmt.Sprintf("Commune FICTIVE %02d", i+1)})
		p.Population[code] = civic.Residents{Total: n, Over15: n / 2, Women: n * 51 / 100, Young: n * 30 / 100, Source: "RGPH5", Year: 2022}
	}
	q := civic.Consultation{Code: "REGION-1", Plan: p.Code, Rule: civic.Choose, Scope: p.Scope, Visibility: civic.Live, Question: civic.Text{"fr": "Quel travail faire en premier ?"}}
	for i, n := range civic.OptionNumbers(8) {
		code, title := fmt.Sprint("T", i), civic.Text{"fr": fmt.Sprint("Travail ", i), "bm": fmt.Sprint("Baara ", i)}
		p.Projects = append(p.Projects, civic.Project{Code: code, Title: title, Village: "V", Cost: 1_000_000})
		q.Options = append(q.Options, civic.Option{Number: n, Project: code, Label: title})
	}
	p.Consultations = []civic.Consultation{q}
	return p
}

// live lets one week pass: everybody's share of ballots and opinions, then, if
// it is not the running one, its closing and what the gateway forgets by then.
func (m *crowd) live(week int) {
	m.b.Helper()
	ctx := context.Background()
	monday := civic.WeekOf(time.Now()).Start().AddDate(0, 0, 7*(week-m.weeks))
	m.at.Store(monday.Add(time.Minute).Unix())
	all := m.weeks + 1
	m.share(m.ballots*week/all, m.ballots*(week+1)/all, m.ballot)
	m.share(letters*week/all, letters*(week+1)/all, m.letter)
	m.hand()
	if week == m.weeks {
		return // ends with the counts of calls unwritten: a stop that was not clean would lose as much
	}
	m.at.Store(monday.AddDate(0, 0, 7).Add(30 * time.Second).Unix())
	if err := m.book.FlushTraffic(ctx); err != nil {
		m.b.Fatal(err)
	}
	if err := m.book.CloseWeeks(ctx); err != nil {
		m.b.Fatal(err)
	}
	if err := m.book.Sweep(ctx); err != nil {
		m.b.Fatal(err)
	}
}

// share does a week's acts, many at once: a commit takes them together.
func (m *crowd) share(from, to int, act func(n int) error) {
	m.b.Helper()
	const writers = 512
	var work sync.WaitGroup
	for writer := range writers {
		work.Go(func() {
			for n := from + writer; n < to; n += writers {
				if err := act(n); err != nil {
					m.b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	if m.b.Failed() {
		m.b.FailNow()
	}
}

// who is the citizen of an act: uneven communes, and groups of all kinds.
func (m *crowd) who(n int) (number string, c civic.Citizen, channel civic.Channel) {
	at := n % (m.communes * (m.communes + 1) / 2)
	commune := 0
	for size := m.communes; at >= size && commune < m.communes-1; size-- {
		at -= size
		commune++
	}
	spread := n / 7
	c = civic.Citizen{Known: true, Lang: [...]string{"bm", "fr", "bm"}[spread%3], Commune: m.plan.Scope[commune], Sex: civic.Sex(spread / 3 % 3), Age: civic.Age(spread / 9 % 5)}
	return fmt.Sprintf("+2236%07d", n), c, civic.Channel(1 + min(1, spread/45%4/3))
}

// ballot is a vote; each twentieth changes the one of ten votes ago.
func (m *crowd) ballot(n int) error {
	ctx := context.Background()
	voter := n
	if n%20 == 19 {
		voter = n - 10
	}
	number, c, channel := m.who(voter)
	p, err := m.book.Person(ctx, number)
	if err != nil {
		return err
	}
	q := &m.plan.Consultations[0]
	option := q.Options[min(n/3%len(q.Options), n/31%len(q.Options))]
	out, err := m.book.Commit(ctx, store.Deed{ID: eventID(1, n), Person: p, Channel: channel, Act: civic.Act{
		Deed: civic.CastBallot, Citizen: c, Consultation: q.Code, Marks: []civic.Mark{{Option: uint16(option.Number), Value: 1}},
	}})
	if err == nil && out.Verdict != civic.Noted && out.Verdict != civic.Changed {
		return fmt.Errorf("ballot %d: verdict %d", n, out.Verdict)
	}
	h := m.book.Meter().Hand()
	h.Stand(m.now(), meter.By{Commune: c.Commune, Channel: civic.ChannelUSSD, Lang: c.Lang, Operator: [...]string{"orange", "moov", "telecel"}[n%3]})
	h.Dial()
	if n%4 > 0 {
		h.Complete()
	} else {
		h.Drop([...]string{"lang", "vote.list", "vote.confirm"}[n/4%3])
	}
	return err
}

func eventID(kind byte, n int) store.ID {
	return store.ID{kind, 0, 0, 0, byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
}

// letter is an opinion by SMS, and its acknowledgement on its way: handed
// over, and for nine of ten arrived.
func (m *crowd) letter(n int) error {
	ctx := context.Background()
	number, c, _ := m.who(n * 41)
	p, err := m.book.Person(ctx, number)
	if err != nil {
		return err
	}
	text := "an ka pɔnpe tiɲɛna, a ma dilan folo"
	_, err = m.book.Commit(ctx, store.Deed{
		ID: eventID(2, n), Person: p, Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.GiveFeedback, Citizen: c, Text: text, Topic: [...]string{"hydraulique", "éducation", "rumeur"}[n%3]},
		Letters: func(civic.Outcome) []store.Letter {
			return []store.Letter{{Provider: "africastalking", Purpose: outbox.Answer, Text: "Merci.", Alphabet: "GSM-7", Units: 6, Segments: 1}}
		},
	})
	return err
}

// hand hands over what waits in the outbox. The tenth never arrives: it stays
// where messages wait for their fate.
func (m *crowd) hand() {
	m.b.Helper()
	ctx := context.Background()
	var all []outbox.Message
	if err := m.book.Letters(ctx, func(l outbox.Message) bool {
		if l.State == outbox.Queued {
			all = append(all, l)
		}
		return true
	}); err != nil {
		m.b.Fatal(err)
	}
	m.share(0, len(all), func(n int) error {
		l, err := m.book.Claim(ctx, all[n])
		if err != nil {
			return err
		}
		cost, err := outbox.ParseMoney("XOF 12.0000")
		if err != nil {
			return err
		}
		if _, err := m.book.Settle(ctx, l, outbox.Result{Class: outbox.Took, Handle: l.Ref, Cost: cost}, 0); err != nil || n%10 == 9 {
			return err
		}
		_, err = m.book.Report(ctx, l.Provider, l.Ref, outbox.Report{State: outbox.Delivered, Raw: "Success"})
		return err
	})
}
