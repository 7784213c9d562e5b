package desk

import (
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
)

// Screen is one screen as a phone will show it.
type Screen struct {
	Keys     string // pressed since the menu
	Text     string
	Units    int // septets, or UCS-2 units
	Limit    int
	Alphabet string
	End      bool
}

// Screens rehearses a consultation on the phones of the first channel.
type Screens interface {
	Languages() []string
	Preview(plan civic.Plan, consultation, lang string, commune civic.Code) ([]Screen, error)
}

// previewView is the page of the screens.
type previewView struct {
	*civic.Consultation
	Lang    string
	Langs   []string
	Screens []Screen
	Longest int
	Over    int // screens that are too long: none, or the texts are wrong
}

// previewConsultation shows every screen of a consultation as it would be open.
func (p *pages) previewConsultation(c echo.Context) error {
	x, plan, err := p.consultation(c)
	if err != nil {
		return err
	}
	v := previewView{Consultation: x, Langs: p.offered(), Lang: c.QueryParam("langue")}
	if p.cfg.Screens == nil || len(v.Langs) == 0 {
		return echo.ErrNotFound
	}
	if !slices.Contains(v.Langs, v.Lang) {
		v.Lang = v.Langs[0]
	}
	as, err := plan.Copy()
	if err != nil {
		return err
	}
	as.Phase = civic.Priorisation
	only := *as.Consultation(x.Code)
	only.Draft, only.Annulled = false, nil
	as.Consultations = []civic.Consultation{only}
	if v.Screens, err = p.cfg.Screens.Preview(as, x.Code, v.Lang, x.Scope[0]); err != nil {
		return err
	}
	for _, s := range v.Screens {
		v.Longest = max(v.Longest, s.Units)
		if s.Units > s.Limit {
			v.Over++
		}
	}
	return p.show(c, "screens", p.text("desk.screens.title"), v)
}
