package desk_test

import (
	"context"
	"encoding/binary"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
)

// BenchmarkWeekPage is the page of the week over 65 communes, four closed
// weeks and a running one, 20,000 opinions and so many ballots: as it is each
// time, and the first time after a week closed.
func BenchmarkWeekPage(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := serve(b, true)
			ctx := context.Background()
			if _, err := s.Book.Import(ctx, store.ByItself, region(s.Clock.Now(), 65)); err != nil {
				b.Fatal(err)
			}
			const weeks = 5
			var closing time.Duration
			for week := range weeks {
				s.crowd(b, n/weeks*week, n/weeks*(week+1))
				s.letters(b, week, weeks, 20_000)
				if week == weeks-1 {
					break
				}
				s.Clock.Wait(7 * 24 * time.Hour)
				begun := time.Now()
				if err := s.Book.CloseWeeks(ctx); err != nil {
					b.Fatal(err)
				}
				closing = time.Since(begun)
			}
			v := s.visit(b, "")
			v.Get("/login") // its password takes its time: the page is asked for after it
			v.Post("/login", map[string][]string{"login": {"awa"}, "password": {password}, "vers": {"/compte"}})
			begun := time.Now()
			v.Get("/").Shows("Samadugu")
			first := time.Since(begun)
			for b.Loop() {
				v.Get("/")
			}
			b.ReportMetric(closing.Seconds(), "s-closing")
			b.ReportMetric(float64(first.Milliseconds()), "ms-first")
			b.ReportMetric(float64(len(v.Page)), "B/page")
		})
	}
}

// crowd casts ballots from one number to another, in all groups and communes.
func (s *stage) crowd(b *testing.B, from, to int) {
	b.Helper()
	var work sync.WaitGroup
	const writers = 512
	for writer := range writers {
		work.Go(func() {
			for n := from + writer; n < to; n += writers {
				if err := s.castRaw(n); err != nil {
					b.Error(err)
					return
				}
				by := meter.By{Commune: regionCommune(n % 65), Channel: civic.ChannelUSSD, Lang: "bm", Operator: [...]string{"orange", "moov", "telecel"}[n%3]}
				h := s.Book.Meter().Hand()
				h.Stand(s.Clock.Now(), by)
				h.Dial()
				if n%7 == 0 {
					h.Drop([...]string{"lang", "commune", "privacy", "main", "vote.list", "vote.confirm", "opinion"}[n%7])
				}
			}
		})
	}
	work.Wait()
}

func (s *stage) castRaw(n int) error {
	number, err := s.Engine.Reserve()
	if err != nil {
		return err
	}
	var voter civic.VoterID
	binary.BigEndian.PutUint64(voter[8:], uint64(n)+1)
	r := civic.Record{
		Kind: civic.Cast, Consultation: "REGION-1", Voter: voter, Place: regionCommune(n % 65), Receipt: number, Event: voter,
		Group: civic.Group{Channel: civic.Channel(1 + n/65%2), Lang: [...]string{"bm", "fr"}[n/130%2], Sex: civic.Sex(n / 260 % 3), Age: civic.Age(n / 780 % 5)},
		Marks: []civic.Mark{{Option: uint16(1 + n/3900%4), Value: 1}},
	}
	_, err = s.Engine.Do(context.Background(), store.Command{ID: store.ID(voter), Forget: true, Decide: func(store.View) (store.Change, error) {
		return store.Change{Append: []civic.Record{r}}, nil
	}})
	return err
}

// letters are one week's share of all opinions, by one number.
func (s *stage) letters(b *testing.B, week, weeks, all int) {
	b.Helper()
	p, err := s.Book.Person(context.Background(), "+22376000001")
	if err != nil {
		b.Fatal(err)
	}
	var work sync.WaitGroup
	for writer := range 64 {
		work.Go(func() {
			for n := writer; n < all/weeks; n += 64 {
				id := store.ID{7, byte(week)}
				binary.BigEndian.PutUint64(id[8:], uint64(n)+1)
				if _, err := s.Book.Commit(context.Background(), store.Deed{ID: id, Person: p, Channel: civic.ChannelSMS, Act: civic.Act{
					Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "bm", Commune: regionCommune(n % 65)}, Text: "an ka pɔnpe tiɲɛna, a ma dilan folo", Topic: "hydraulique",
				}}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
}
