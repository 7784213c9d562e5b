package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
)

// answerForm is the form of an answer. A form is sent in two steps: what the
// citizen will receive is shown exactly, then it leaves.
type answerForm struct {
	store.Answer
	Can      bool   // there is somebody to answer, and a channel
	Hers     string // the language she writes in
	Langs    []string
	Ready    []readyChoice
	Chosen   string // the ready answer
	Verdicts []store.Verdict
	Preview  *answerPreview
	Most     int
}

// answerPreview is an answer as it will be received.
type answerPreview struct {
	Letters  []store.Letter
	Segments int
	Units    int
	Alphabet string
	Seen     string // names exactly this: only what was seen is sent
}

// readyChoice is a ready answer that fits.
type readyChoice struct {
	Name  string
	Texts map[string]string
}

// maxSegments is how many SMS one answer may cost.
const maxSegments = 4

// errLong: an answer that costs more.
var errLong = errors.New("an answer of too many SMS")

// fillAnswer gives the form of an answer what it offers.
func (p *pages) fillAnswer(c echo.Context, o store.Opinion, a *answerForm) error {
	a.Can = o.Answerable && p.cfg.Spell != nil
	a.Hers, a.Most = o.Lang, store.MaxReply
	for _, l := range p.cfg.Catalog.Offered([]string{"reply.commune"}) {
		a.Langs = append(a.Langs, l.Tag)
	}
	if a.Form == "" {
		a.Form = newForm()
	}
	if !slices.Contains(a.Langs, a.Lang) {
		a.Lang = o.Lang
	}
	if !slices.Contains(a.Langs, a.Lang) && len(a.Langs) > 0 {
		a.Lang = a.Langs[0]
	}
	if o.Kind == civic.Rumour {
		a.Verdicts = store.Verdicts()
	} else {
		a.Verdict = store.NoVerdict
	}
	all, err := p.readyAnswers(c)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Kind == "" || r.Kind == o.Kind {
			a.Ready = append(a.Ready, readyChoice{r.Name, r.Texts})
		}
	}
	return nil
}

// answerText takes the form of an answer: puts a ready answer in, shows what
// will be received, or sends it.
func (p *pages) answerText(c echo.Context) error {
	o, err := p.mineText(c, civic.AnswerTexts)
	if err != nil {
		return err
	}
	a := answerForm{Chosen: c.FormValue("pret"), Answer: store.Answer{
		Form: uncut(c.FormValue("form"), 64), Text: c.FormValue("texte"), Lang: c.FormValue("langue"), Verdict: store.Verdict(c.FormValue("verdict")),
	}}
	if p.cfg.Spell == nil {
		return p.textFault(c, o, textView{Where: "reponse", Answer: a}, store.ErrNoSender)
	}
	if err := p.fillAnswer(c, o, &a); err != nil {
		return err
	}
	if text, err := store.Sayable(a.Text); err == nil {
		a.Text = text // what the page shows again is what would be kept
	} else {
		a.Text = harmless(a.Text)
	}
	if a.Verdict == store.Unchecked { // what is sent then is always the same sentence
		a.Text = p.cfg.Catalog.Default(a.Lang).Text("rumour.unchecked")
	}
	if c.FormValue("faire") == "inserer" {
		a.insert()
	} else if fault := a.unfit(o); fault != nil {
		return p.textFault(c, o, textView{Where: "reponse", Answer: a}, fault)
	}
	if strings.TrimSpace(a.Text) == "" {
		return p.textPage(c, http.StatusOK, o, textView{Answer: a})
	}
	if a.Preview, err = p.preview(o, a.Answer); err != nil {
		return p.textFault(c, o, textView{Where: "reponse", Answer: a}, err)
	}
	if c.FormValue("faire") != "envoyer" {
		return p.textPage(c, http.StatusOK, o, textView{Answer: a})
	}
	if c.FormValue("vu") != a.Preview.Seen {
		return p.textPage(c, http.StatusUnprocessableEntity, o, textView{Answer: a, Where: "reponse", Fault: p.text("desk.inbox.fault.unseen")})
	}
	return p.send(c, o, a)
}

// send records the answer and its SMS.
func (p *pages) send(c echo.Context, o store.Opinion, a answerForm) error {
	err := p.cfg.Book.AnswerText(c.Request().Context(), me(c).Login, o.Reference, a.Answer, func(lang, text string) ([]store.Letter, error) {
		return p.cfg.Spell(o, store.Answer{Text: text, Lang: lang, Verdict: a.Verdict})
	})
	if err != nil {
		return p.textFault(c, o, textView{Where: "reponse", Answer: a}, err)
	}
	return p.done(c, "/textes/"+o.Reference, "text.answered")
}

// insert puts the chosen ready answer behind what is typed.
func (a *answerForm) insert() {
	for _, r := range a.Ready {
		if r.Name == a.Chosen {
			a.Text = strings.TrimSpace(strings.TrimSpace(a.Text) + " " + r.in(a.Lang))
		}
	}
}

// in is the ready answer in a language, or in another rather than none.
func (r readyChoice) in(lang string) string {
	if text := r.Texts[lang]; text != "" {
		return text
	}
	for _, tag := range []string{"fr", "bm"} {
		if text := r.Texts[tag]; text != "" {
			return text
		}
	}
	return ""
}

// unfit is what is wrong with an answer before it is spelled.
func (a *answerForm) unfit(o store.Opinion) error {
	switch {
	case strings.TrimSpace(a.Text) == "":
		return store.ErrTextLength
	case o.Kind == civic.Rumour && !slices.Contains(store.Verdicts(), a.Verdict):
		return store.ErrVerdict
	}
	return nil
}

// preview spells an answer as it will leave.
func (p *pages) preview(o store.Opinion, a store.Answer) (*answerPreview, error) {
	text, err := store.Sayable(a.Text)
	if err != nil {
		return nil, err
	}
	a.Text = text
	letters, err := p.cfg.Spell(o, a)
	if err != nil {
		return nil, err
	}
	v := &answerPreview{Letters: letters}
	sum := sha256.New()
	for _, l := range letters {
		v.Segments += l.Segments
		v.Units += l.Units
		v.Alphabet = l.Alphabet
		sum.Write([]byte(l.Text + "\x00"))
	}
	v.Seen = hex.EncodeToString(sum.Sum(nil)[:8])
	if v.Segments > maxSegments {
		return nil, errLong
	}
	return v, nil
}

// readyAnswers are those that are kept, or those that come with the program
// while none is.
func (p *pages) readyAnswers(c echo.Context) ([]store.Ready, error) {
	all, err := p.cfg.Book.ReadyAnswers(c.Request().Context())
	if err != nil || len(all) > 0 {
		return all, err
	}
	return builtInReady(p.cfg.Words, p.cfg.Catalog), nil
}

// builtInReady are the ready answers of the locale files.
func builtInReady(words *locales.Locale, catalog *locales.Catalog) []store.Ready {
	var all []store.Ready
	for _, name := range []string{"seen", "check", "village", "done"} {
		r := store.Ready{Name: words.Text("desk.ready.name." + name), Texts: map[string]string{}}
		for _, l := range catalog.Offered([]string{"ready." + name}) {
			r.Texts[l.Tag] = l.Text("ready." + name)
		}
		all = append(all, r)
	}
	return all
}
