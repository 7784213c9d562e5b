package export

import (
	"time"

	"github.com/jamakan/jamakan/civic"
)

// The words of the files are French: coordinators read them.

// mention marks what is invented.
const mention = "FICTIF"

func frenchDay(t time.Time) string { return t.In(civic.Bamako).Format("02/01/2006") }

// why says why a figure is hidden.
func why(r civic.Reason) string {
	switch r {
	case civic.UntilClosing:
		return "à la clôture"
	case civic.NoResult:
		return "consultation annulée : pas de résultat"
	case civic.NotAll:
		return "toutes les communes n'ont pas un chiffre de la même semaine"
	case civic.TooFew:
		return "trop peu de numéros jusqu'ici"
	case "":
		return ""
	}
	return "petit nombre, ou ce qui permettrait de le retrouver"
}

// standing says in which week a figure that did not move was published.
func standing(asOf, w civic.Week) string {
	if asOf == w || asOf == (civic.Week{}) {
		return ""
	}
	return "arrêté à la semaine " + asOf.String()
}

const (
	whyFewActs = "petit nombre"
	whyPart    = "une partie de la somme est cachée"
)

func (b *book) state() string {
	if b.provisional() {
		return "provisoire"
	}
	return "definitif"
}

func votingState(s *civic.Sheet) string {
	switch s.State {
	case civic.NotOpen:
		return "a_venir"
	case civic.Open:
		return "ouverte"
	case civic.Closed:
		return "close"
	}
	return "annulee"
}

func visibility(v civic.Visibility) string {
	switch v {
	case civic.Live:
		return "en_direct"
	case civic.AfterClose:
		return "apres_cloture"
	}
	return "participation_seule"
}

func channel(c civic.Channel) string {
	switch c {
	case civic.ChannelUSSD:
		return "ussd"
	case civic.ChannelSMS:
		return "sms"
	}
	return ""
}
