package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store/unusual"
)

// stormy is a desk after a bad night: everything was refused once, and votes
// came that look like a machine's.
func stormy(t *testing.T) *stage {
	t.Helper()
	watch := unusual.New()
	s := serve(t, true, func(c *desk.Config) {
		log := refusal.New(c.Now)
		channel := log.Channel("ussd/africastalking")
		for _, r := range refusal.Reasons() {
			channel.Count(r, refusal.Shape{Method: "POST", Kind: "form", Bytes: 70_000})
		}
		c.Doors = desk.Doors{Refused: log, Unusual: watch}
	})
	for i := range 80 {
		for _, commune := range []civic.Code{"01019901", "01019902"} {
			watch.Saw(fmt.Sprintf("+223660002%02d", i), unusual.Ballot{
				At: noon.Add(time.Duration(i) * time.Second), Commune: commune, Consultation: demoQuestion(s), Option: 2, New: true, Pace: time.Millisecond,
			})
		}
	}
	return s
}

func demoQuestion(s *stage) string { return s.Book.Content().Consultations()[0].Code }

func TestRefusedPage(t *testing.T) {
	s := stormy(t)
	page := s.visit(t, "awa").Get("/refus").Page
	for _, want := range []string{
		"mauvais jeton", "adresse hors de la liste", "trop grand", "illisible", "numéro qui en fait trop", "opérateur au-delà", "autre pays", "pas en service",
		"numéros jamais vus", "numéros qui se suivent", "rythme d&#39;une machine", "80 sur 80", "Choix\u00a0:", "70\u00a0000 octets",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page, "223660") {
		t.Error("a number is on the page")
	}
	if mine := s.visit(t, "moussa").Get("/refus").Page; strings.Count(mine, "80 sur 80") != strings.Count(page, "80 sur 80")/2 {
		t.Error("a coordinator sees another's commune")
	}
}

// Before results may be seen the page names no option: it is no way around a
// consultation's visibility.
func TestUnusualNamesNoOptionTooEarly(t *testing.T) {
	s := stormy(t)
	s.Book.Content().Consultations()[0].Visibility = civic.ParticipationOnly
	if page := s.visit(t, "awa").Get("/refus").Page; strings.Contains(page, "Choix\u00a0:") || !strings.Contains(page, "rythme") {
		t.Error("an option is named while results are hidden")
	}
}

// The page in a browser, with everything it can hold and with nothing.
func TestRefusedInABrowser(t *testing.T) {
	s := stormy(t)
	w := &walk{t, browser(t), s}
	w.as("awa")
	w.at("refused", "/refus")
	calm := &walk{t, browser(t), serve(t, false, func(c *desk.Config) {
		c.Doors = desk.Doors{Refused: refusal.New(c.Now), Unusual: unusual.New()}
	})}
	calm.as("awa")
	calm.at("refused-nothing", "/refus")
}
