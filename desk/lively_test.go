package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
)

// works are projects as a town hall words them: long, and many.
func works(n int) []civic.Project {
	kinds := []struct{ title, sector string }{
		{"Construction d'un centre de santé communautaire avec logement du personnel et château d'eau à %s", "santé"},
		{"Réhabilitation de la piste rurale entre le chef-lieu et %s, avec trois radiers", "désenclavement"},
		{"Forage équipé d'une pompe à motricité humaine au quartier Est de %s", "hydraulique"},
		{"Trois salles de classe, un bureau et des latrines séparées à l'école de %s", "éducation"},
		{"Aménagement d'un périmètre maraîcher d'un hectare pour les femmes de %s", "agriculture"},
	}
	villages := []string{"Ségougou", "Tiguila-Marena", "Woroni", "Bala", "Kolomè-Sud"}
	states := civic.Statuses()
	all := make([]civic.Project, n)
	for i := range all {
		k, village := kinds[i%len(kinds)], villages[i/len(kinds)%len(villages)]
		all[i] = civic.Project{
			Code: fmt.Sprintf("LONG-%03d", i), Title: civic.Text{"fr": fmt.Sprintf(k.title, village), "bm": "Baara kɔrɔba, " + village},
			Sector: k.sector, Village: village, Commune: regionCommune(i % 12), Cost: civic.FCFA(850_000 + 17_250_000*i), Funders: []string{"budget communal", "ANICT"},
			Status: states[i%len(states)], Due: noon.AddDate(0, i%7, 0),
		}
	}
	return all
}

// lively is a desk that has been worked at for three weeks: votes in 65
// communes, texts read and answered, projects followed, messages to many,
// files, and accounts of every kind.
func lively(t *testing.T) *stage {
	t.Helper()
	s := lived(t, 65, withPhones(t), spelled, filed, func(c *desk.Config) { c.Many = &post{} })
	ctx := context.Background()
	plan := s.Book.Content().Plans[1]
	plan.Projects = append(plan.Projects, works(40)...)
	if _, err := s.Book.Import(ctx, store.ByItself, plan); err != nil {
		t.Fatal(err)
	}
	for i := range 61 {
		s.jamaVotes(t, i)
	}
	furnish(t, s)
	s.subscribe(t)
	for login, a := range map[string]store.Account{
		"kadidiatou.traore": {Coordinator: civic.Coordinator{Name: "Kadidiatou Fictif", Role: civic.Coordinating, Territory: []civic.Code{regionCommune(3), regionCommune(9), "01019902"}}},
		"parti":             {Coordinator: civic.Coordinator{Name: "Parti Fictif", Role: civic.Observer}, Disabled: noon},
		"deux":              {Coordinator: civic.Coordinator{Name: "Deux Fictif", Role: civic.Administrator}, Hash: hashed(), TOTP: "JBSWY3DPEHPK3PXP"},
	} {
		a.Login = login
		if err := s.Book.AddAccount(ctx, store.ByItself, a); err != nil {
			t.Fatal(err)
		}
	}
	awa := s.visit(t, "awa").Get("/compte")
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/projets/JAM-2026-2030/EAU-00", url.Values{"status": {"en_retard"}, "on": {"2026-11-20"}, "due": {"2027-02-28"}, "note": {"L'entreprise attend le ciment, la route est coupée depuis les pluies."}, "proof": {"PV de réunion n° 12, du 20 novembre"}}},
		{"/projets/JAM-2026-2030/EAU-00", url.Values{"status": {"en_cours"}, "on": {"2026-12-01"}, "due": {"2027-02-28"}, "note": {"Le chantier a repris."}}},
		{"/consultations", draft()},
		{"/exports/2026-W49/rectifier", url.Values{"commune": {jama}, "text": {"Le tableau affiché mardi au marché portait la date de la semaine d'avant ; les chiffres sont les bons."}}},
	} {
		awa.Post(step.path, step.form).Is(http.StatusOK)
		awa.Get("/compte")
	}
	if err := s.Book.StepMonday(ctx, week(t, "2026-W49"), func(m *store.Monday) {
		m.At, m.Files, m.Mailed, m.Texted = s.Clock.Now(), true, []string{"awa", "moussa"}, []string{"moussa"}
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

func week(t testing.TB, s string) civic.Week {
	t.Helper()
	w, err := civic.ParseWeek(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// jamaVotes lets a number vote in the demonstration's own consultation.
func (s *stage) jamaVotes(t *testing.T, n int) {
	t.Helper()
	ctx := context.Background()
	p, err := s.Book.Person(ctx, fmt.Sprintf("+2237700%04d", n))
	if err != nil {
		t.Fatal(err)
	}
	c := civic.Citizen{Lang: "bm", Commune: [...]civic.Code{jama, jama, benka}[n%3], Sex: civic.Sex(n % 3), Age: civic.Age(n % 5)}
	if _, err := s.Book.Commit(ctx, store.Deed{ID: store.ID{9, byte(n)}, Person: p, Channel: civic.ChannelUSSD, Act: civic.Act{
		Deed: civic.CastBallot, Citizen: c, Consultation: "JAM-2026-1", Marks: []civic.Mark{{Option: uint16(n%3 + 1), Value: 1}},
	}}); err != nil {
		t.Fatal(err)
	}
	h := s.Book.Meter().Hand()
	h.Stand(s.Clock.Now(), meter.By{Commune: c.Commune, Channel: civic.ChannelUSSD, Lang: "bm", Operator: "orange"})
	h.Dial()
	h.Complete()
}

// toTheEnd lets the consultations close, and the week that they closed in.
func (s *stage) toTheEnd(t *testing.T) {
	t.Helper()
	s.Clock.Wait(75 * 24 * time.Hour)
	if err := s.Book.CloseWeeks(context.Background()); err != nil {
		t.Fatal(err)
	}
}
