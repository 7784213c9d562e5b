package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
)

// regionCommune is one of the invented communes of a region.
func regionCommune(i int) civic.Code { return civic.Code(fmt.Sprintf("019801%02d", i+1)) }

// region is a plan of invented communes, with a census.
func region(now time.Time, communes int) civic.Plan {
	p := civic.Plan{Code: "REGION", Title: civic.Text{"fr": "Plan de la région"}, From: 2026, To: 2030, Phase: civic.Priorisation, Authority: civic.Council, Population: map[civic.Code]civic.Residents{}}
	p.Places = []civic.Place{{Code: "0198", Name: "Cercle FICTIF"}, {Code: "019801", Name: "Arrondissement FICTIF"}}
	first, second := []string{"Sama", "Woro", "Fara", "Kolo", "Jigi", "Bala", "Nyama", "Tiemo"}, []string{"dugu", "bougou-Nord", "-Diakoulé", "kan", "bala", "so", "koto", "fara", "-Banlieue"}
	for i := range communes {
		c, n := regionCommune(i), 9_000+700*i
		p.Scope = append(p.Scope, c)
		p.Places = append(p.Places, civic.Place{Code: c, Name: first[i%8] + second[i/8]})
		p.Population[c] = civic.Residents{Total: n, Over15: n / 2, Women: n * 51 / 100, Young: n * 30 / 100, Source: "RGPH5", Year: 2022}
	}
	q := civic.Consultation{Code: "REGION-1", Plan: p.Code, Question: civic.Text{"fr": "Quel travail la région fait-elle d'abord ?", "bm": "Baara jumɛn ka kan ka kɛ fɔlɔ?"}, Rule: civic.Choose, Scope: p.Scope, Opens: now.AddDate(0, 0, -1), Closes: now.AddDate(0, 0, 60), Visibility: civic.ParticipationOnly}
	for i, n := range civic.OptionNumbers(4) {
		p.Projects = append(p.Projects, civic.Project{Code: fmt.Sprint("T", i), Title: civic.Text{"fr": fmt.Sprint("Travail ", i)}, Village: "V", Cost: 1000, Status: civic.Proposed})
		q.Options = append(q.Options, civic.Option{Number: n, Project: fmt.Sprint("T", i), Label: p.Projects[i].Title})
	}
	p.Consultations = []civic.Consultation{q}
	return p
}

// season is some people's week in a commune: calls, votes, an opinion.
type season struct {
	commune civic.Code
	voters  int
	first   int // of their numbers
}

// live lets people act, many at once.
func (s *stage) live(t *testing.T, all []season) {
	t.Helper()
	var work sync.WaitGroup
	room := make(chan struct{}, 128)
	for _, x := range all {
		for i := range x.voters {
			work.Go(func() {
				room <- struct{}{}
				defer func() { <-room }()
				s.voter(t, x.commune, x.first+i)
			})
		}
	}
	work.Wait()
}

func (s *stage) voter(t *testing.T, commune civic.Code, n int) {
	t.Helper()
	ctx := context.Background()
	p, err := s.Book.Person(ctx, fmt.Sprintf("+2237600%04d", n))
	if err != nil {
		t.Error(err)
		return
	}
	channel := civic.ChannelUSSD
	if n%5 == 0 {
		channel = civic.ChannelSMS
	}
	id := store.ID{1, byte(n), byte(n >> 8), byte(s.Clock.Now().Unix() >> 8), byte(s.Clock.Now().Unix() >> 16)}
	c := civic.Citizen{Lang: "bm", Commune: commune, Sex: civic.Sex(n % 3), Age: civic.Age(n % 5)}
	if _, err := s.Book.Commit(ctx, store.Deed{ID: id, Person: p, Channel: channel, Act: civic.Act{
		Deed: civic.CastBallot, Citizen: c, Consultation: "REGION-1", Marks: []civic.Mark{{Option: uint16(n%4 + 1), Value: 1}},
	}}); err != nil {
		t.Error(err)
	}
	h := s.Book.Meter().Hand()
	h.Stand(s.Clock.Now(), meter.By{Commune: commune, Channel: channel, Lang: "bm", Operator: "orange"})
	if channel == civic.ChannelSMS {
		h.Text(n%10 != 0)
		return
	}
	h.Dial()
	if n%4 == 0 {
		h.Drop([]string{"vote.list", "vote.noted.more", "lang", "commune"}[n/4%4])
	} else {
		h.Complete()
	}
}

// lived is a desk in the third week of a region's consultation.
func lived(t *testing.T, communes int, change ...func(*desk.Config)) *stage {
	t.Helper()
	s := serve(t, true, append(change, func(c *desk.Config) {
		c.Posts = func() []desk.Post {
			return []desk.Post{{Provider: "africastalking", Paused: "405 InsufficientBalance", Since: noon}}
		}
		c.Disk = func() int64 { return 40 << 30 }
	})...)
	ctx := context.Background()
	if _, err := s.Book.Import(ctx, store.ByItself, region(s.Clock.Now(), communes)); err != nil {
		t.Fatal(err)
	}
	for week := range 3 {
		var all []season
		for i := range communes {
			if voters := (i*7+week*3)%23 + 8; i%6 != 2 && (week < 2 || i%9 != 4) {
				all = append(all, season{regionCommune(i), voters, week*3000 + i*40})
			}
		}
		s.live(t, all)
		if week < 2 {
			s.opine(t, regionCommune(week), week)
			s.Clock.Wait(civic.WeekOf(s.Clock.Now()).End().Add(36 * time.Hour).Sub(s.Clock.Now()))
			if err := s.Book.CloseWeeks(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func (s *stage) opine(t testing.TB, commune civic.Code, n int) {
	t.Helper()
	p, err := s.Book.Person(context.Background(), fmt.Sprintf("+2237601%04d", n))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Book.Commit(context.Background(), store.Deed{
		ID: store.ID{2, byte(n)}, Person: p, Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "bm", Commune: commune}, Text: "ji tɛ an fɛ", Topic: "hydraulique"},
	}); err != nil {
		t.Fatal(err)
	}
}

// TestTheWeekOfARegion: 65 communes fit a page, and it says all it should.
func TestTheWeekOfARegion(t *testing.T) {
	s := lived(t, 65)
	v := s.visit(t, "awa").Get("/").Is(200)
	t.Logf("%d bytes", len(v.Page))
	v.Shows("Cette semaine", "Semaine 50 de 2026", "InsufficientBalance", "Personne ne répond", "Attendent une réponse", "deux semaines", "Pour 1 000 adultes", "RGPH5, 2022", "Samadugu", "de femmes", "au recensement", "liste des projets", "textes attendent une réponse")
	v.Hides("76000", "ji tɛ", "Travail", "NaN", "desk.week")
	if n := strings.Count(v.Page, `scope="row"`); n < 65 {
		t.Errorf("%d communes", n)
	}
	s.visit(t, "").Get("/").Hides("Personne ne répond")
}

// TestTheWeekOfACoordinator: her communes and no others.
func TestTheWeekOfACoordinator(t *testing.T) {
	s := lived(t, 12)
	s.visit(t, "moussa").Get("/").Is(200).Shows("Jamadugu").Hides("Samadugu", "RGPH5")
	s.visit(t, "fanta").Get("/").Is(200).Shows("RGPH5")
}

func TestTheWeekInABrowser(t *testing.T) {
	s := lived(t, 24)
	ctx := browser(t)
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	do(t, ctx, chromedp.Navigate(s.URL+"/"), chromedp.WaitVisible(chromedp.CSS(".tiles")))
	look(t, ctx, "week")
	if found := said(); len(found) > 0 {
		t.Errorf("the console says %q", found)
	}
}

// On Monday the week that ended is looked at; any week before can be asked for.
func TestMondayLooksBack(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "awa").Get("/").Shows("Cette semaine</h1>", "Semaine 48 de 2026")
	v.Get("/?semaine=2026-W46").Shows("Semaine 46 de 2026</h1>", "semaine=2026-W45", "semaine=2026-W47")
	v.Get("/?semaine=2030-W01").Shows("Cette semaine</h1>") // no week to come
	s.Clock.Wait(6 * 24 * time.Hour)                        // from Tuesday noon to Monday noon
	s.visit(t, "awa").Get("/").Shows("La semaine dernière</h1>", "Semaine 48 de 2026", "semaine=2026-W49")
}
