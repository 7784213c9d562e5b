package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// Config is a channel that a dialogue is made for.
type Config struct {
	Catalog     *locales.Catalog
	Profile     gsm.Profile // how the channel spells
	DefaultLang string      // when nothing tells a citizen's language
	Ussd        string      // the code citizens dial, "" for none
	ShortCode   string      // the number they text
	Free        bool        // answers may say that it is free
	ReplyDays   int         // an opinion is answered within that many days; 0: nothing is promised
}

// Dialogue answers texts. It never changes and is safe for concurrent use.
type Dialogue struct {
	cfg     Config
	lexicon *Lexicon
	tongues map[string]*tongue
	offered []*tongue // in menu order
}

// tongue is a language as this channel spells it.
type tongue struct {
	locale *locales.Locale
	tags   []string // itself and its fallbacks
	spell  func(string) string
}

// View is a snapshot of what the dialogue may read.
type View interface {
	Now() time.Time
	Content() *civic.Content
	Citizen() civic.Citizen
	// Voted says when, and for which commune, this number's ballot in a
	// consultation was cast.
	Voted(consultation string) (at time.Time, place civic.Code, ok bool)
	Standing(consultation string, commune civic.Code) civic.Standing
}

// Step is what a text asks for: an act for the store, then After says the
// answer. Check is a receipt's code to look up first.
type Step struct {
	Kind  Kind
	Act   civic.Act
	Check string
	Erase bool // her texts are erased before the act
	Talk  Talk // as it stands when the act is done
	Mute  bool // enough was answered in this hour: the act is done, nothing is said

	lang string
	said string // the answer of a step that waits for no outcome
}

// Answer is what is said, and what is remembered.
type Answer struct {
	Text    string // one SMS of one segment, spelled for the channel; "" is silence
	Receipt bool   // it confirms a vote
	Talk    Talk
}

// New makes a dialogue. Every text is checked to be there.
func New(cfg Config) (*Dialogue, error) {
	d := &Dialogue{cfg: cfg, tongues: map[string]*tongue{}}
	spellers := map[string]func(string) string{}
	catalog := cfg.Catalog.Respell(func(l *locales.Locale) func(string) string {
		spellers[l.Tag] = gsm.NewSpeller(cfg.Profile, l.GSM()).Spell
		return spellers[l.Tag]
	})
	for _, l := range catalog.Offered([]string{"sms.vote_how", "vote.recorded_sms"}) {
		t := &tongue{locale: l, tags: append([]string{l.Tag}, l.Fallback()...), spell: spellers[l.Tag]}
		d.tongues[l.Tag] = t
		d.offered = append(d.offered, t)
		for _, key := range Texts() {
			if l.Text(key) == "["+key+"]" {
				return nil, fmt.Errorf("no text %s in %s nor in its fallbacks", key, l.Tag)
			}
		}
	}
	if d.tongues[cfg.DefaultLang] == nil {
		return nil, fmt.Errorf("no language %q that answers texts", cfg.DefaultLang)
	}
	d.lexicon = NewLexicon(cfg.Catalog.Offered(nil))
	return d, nil
}

// turn is one text being answered.
type turn struct {
	d    *Dialogue
	v    View
	t    *tongue
	talk Talk
	now  time.Time
	me   civic.Citizen
	text string
	c    Command
}

// Next says what a text asks for.
func (d *Dialogue) Next(text string, talk Talk, v View) Step {
	content := v.Content()
	c := d.lexicon.MatchIn(text, func(name string) bool {
		m := content.Territory.Search(name, communesOf(content))
		return m.Unique != "" || len(m.Near) > 0
	})
	s := &turn{d: d, v: v, now: v.Now(), me: v.Citizen(), text: text, c: c}
	s.talk = talk.now(s.now)
	s.t = d.tongue(cmp.Or(s.me.Lang, c.Speaks, d.cfg.DefaultLang))
	s.me.Lang = s.t.locale.Tag
	step := s.next()
	step.Kind, step.lang = c.Kind, s.t.locale.Tag
	if step.Act.Deed == civic.NoDeed {
		step.Act.Deed = civic.JustAnswer
	}
	step.Act.Citizen = s.me
	step.Talk = s.talk
	if s.talk.may(text, c.Kind) {
		step.Talk = s.talk.answer(text, c.Kind, s.now)
	} else {
		step.Mute = true
	}
	return step
}

func (d *Dialogue) tongue(tag string) *tongue {
	if t := d.tongues[tag]; t != nil {
		return t
	}
	return d.tongues[d.cfg.DefaultLang]
}

// next is the step of each kind of text.
func (s *turn) next() Step {
	switch s.c.Kind {
	case Stop:
		s.me.News = civic.NewsStopped
		s.talk = s.talk.ask(NoQuestion, s.now)
		return Step{Act: civic.Act{Deed: civic.SaveProfile}, said: s.say("optout.done")}
	case Start, Back:
		return s.start()
	case Yes:
		return s.yes()
	case No:
		return s.no()
	case Vote:
		return s.vote()
	case Several:
		return Step{said: s.say("sms.one_only")}
	case Opinion, Rumour, Feedback:
		return s.opinion()
	case Commune:
		return s.commune()
	case Language:
		return s.language()
	case Results:
		return s.results()
	case Works:
		return s.works()
	case Code:
		if s.c.Text == "" {
			return Step{said: s.say("sms.code_how")}
		}
		return Step{Check: s.c.Text}
	case Erase:
		s.talk = Talk{Answers: s.talk.Answers}
		return Step{Act: civic.Act{Deed: civic.EraseMe}, Erase: true, said: s.say("privacy.deleted")}
	case Empty:
		return Step{said: s.say("feedback.empty")}
	case Unsure:
		return s.unsure()
	default: // Help, Greeting
		return Step{said: s.help()}
	}
}

// start is the way back after STOP; for anybody else it is help.
func (s *turn) start() Step {
	if s.c.Kind == Back && s.me.News != civic.NewsStopped {
		return Step{said: s.help()}
	}
	return s.optIn()
}

// optIn wants to be told things.
func (s *turn) optIn() Step {
	s.me.News = civic.NewsYes
	step := Step{Act: civic.Act{Deed: civic.SaveProfile}, said: s.say("optin.done.any")}
	if s.me.Commune != "" {
		step.said = s.say("optin.done", locales.Arg{Name: "Commune", Value: s.communeName(s.me.Commune)})
	}
	return step
}

// yes answers the last question asked, else opts in.
func (s *turn) yes() Step {
	if s.talk.Asked == AskVote {
		return s.cast(s.talk.Consultation, s.talk.Numbers)
	}
	return s.optIn()
}

func (s *turn) no() Step {
	if s.talk.Asked == AskVote {
		s.talk = s.talk.ask(NoQuestion, s.now)
		return Step{said: s.say("sms.vote_not")}
	}
	s.talk = s.talk.ask(NoQuestion, s.now)
	return Step{said: s.help()}
}

// opinion keeps what she says. One without a commune gets it when she tells.
func (s *turn) opinion() Step {
	text, topic := s.text, ""
	switch s.c.Kind {
	case Opinion:
		text = s.c.Text
	case Rumour:
		topic = "rumeur"
		if s.c.Text != "" {
			text = s.c.Text
		}
	}
	if strings.TrimSpace(text) == "" {
		return Step{said: s.say("feedback.empty")}
	}
	return Step{Act: civic.Act{Deed: civic.GiveFeedback, Topic: topic, Text: text}}
}

// commune changes her commune: the one meant, or a question which.
func (s *turn) commune() Step {
	if s.c.Text == "" {
		if s.me.Commune != "" {
			return Step{said: s.heading("commune.changed", locales.Arg{Name: "Commune", Value: s.communeName(s.me.Commune)})}
		}
		return Step{said: s.noCommune()}
	}
	m := s.v.Content().Territory.Search(s.c.Text, s.communes())
	switch {
	case m.Unique != "":
		return s.settle(m.Unique)
	case len(m.Near) > 0:
		s.talk = s.talk.ask(AskCommune, s.now)
		s.talk.Near = m.Near
		names := make([]string, len(m.Near))
		for i, code := range m.Near {
			names[i] = s.communeName(code)
		}
		return Step{said: s.list("commune.near", "", civic.Numbered(names))}
	case len(strings.Fields(s.c.Text)) > 1:
		s.c.Kind = Feedback // a sentence that begins with "commune"
		return s.opinion()
	}
	return Step{said: s.say("sms.commune_not_found",
		locales.Arg{Name: "X", Value: s.t.line(s.c.Text)}, locales.Arg{Name: "Commune", Value: s.example()})}
}

// settle takes a commune, gives it to her opinion that had none, and goes on
// with a vote that waited for it.
func (s *turn) settle(code civic.Code) Step {
	waits := s.talk
	s.me.Commune = code
	step := Step{Act: civic.Act{Deed: civic.SaveProfile, Text: s.talk.Opinion}}
	s.talk = s.talk.ask(NoQuestion, s.now)
	s.talk.Opinion = ""
	if waits.Asked == VoteWaits {
		s.c.Numbers, s.c.Project, s.c.Sure = waits.Numbers, waits.Project, false
		step.said = s.vote().said
		return step
	}
	key := "commune.changed"
	for _, c := range s.v.Content().Consultations() {
		if _, place, voted := s.v.Voted(c.Code); voted && place != code && c.State(s.now) == civic.Open {
			key = "commune.changed.next"
		}
	}
	step.said = s.heading(key, locales.Arg{Name: "Commune", Value: s.communeName(code)})
	return step
}

func (s *turn) language() Step {
	if len(s.c.Numbers) == 1 {
		if i := civic.OptionPlace(s.c.Numbers[0], len(s.d.offered)); i >= 0 {
			return s.speakNow(s.d.offered[i].locale.Tag)
		}
	}
	if s.c.Lang == "" {
		s.talk = s.talk.ask(AskLanguage, s.now)
		return Step{said: s.list("lang.choose", "", s.d.languages())}
	}
	return s.speakNow(s.c.Lang)
}

func (s *turn) speakNow(tag string) Step {
	s.t = s.d.tongue(tag)
	s.me.Lang = s.t.locale.Tag
	s.talk = s.talk.ask(NoQuestion, s.now)
	return Step{Act: civic.Act{Deed: civic.SaveProfile}, said: s.heading("lang.changed")}
}

func (s *turn) unsure() Step {
	var words []string
	for _, k := range s.c.Near {
		if w := s.keyword(k); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return Step{said: s.say("sms.did_you_mean", locales.Arg{Name: "List", Value: strings.Join(words, ", ")})}
}

// keyword is how her language says a command, in capitals that any phone
// shows.
func (s *turn) keyword(k Kind) string {
	for group, kind := range kinds() {
		if kind != k {
			continue
		}
		if words := s.t.locale.Keywords()[group]; len(words) > 0 {
			return strings.ToUpper(strings.Join(strings.Fields(plain(words[0])), ""))
		}
	}
	return ""
}

// Limit is a step that a limit stops: nothing of it is recorded, and a text of
// limits says so. What was asked last may still be answered.
func (d *Dialogue) Limit(step Step, key string) Step {
	s := &turn{d: d, t: d.tongue(step.lang)}
	step.Act = civic.Act{Deed: civic.JustAnswer, Citizen: step.Act.Citizen}
	step.Check, step.Erase, step.Mute, step.said = "", false, false, s.say(key)
	return step
}

// After says the answer to a step, once it is recorded.
func (d *Dialogue) After(step Step, out civic.Outcome, v View) Answer {
	s := &turn{d: d, v: v, now: v.Now(), me: step.Act.Citizen, t: d.tongue(step.lang), talk: step.Talk}
	a := Answer{Talk: step.Talk, Text: step.said}
	switch {
	case step.Check != "":
		a.Text = s.checked(out)
	case step.Act.Deed == civic.CastBallot:
		a.Text, a.Receipt = s.noted(out, step.Act.Consultation), out.Code != ""
		a.Talk = a.Talk.ask(NoQuestion, s.now)
	case step.Act.Deed == civic.GiveFeedback:
		a.Text = s.thanks(out, step.Act)
		if s.me.Commune == "" && out.Verdict == civic.Noted {
			a.Talk.Opinion, a.Talk.AskedAt = out.Code, s.now
		}
	}
	if step.Mute {
		a.Text = ""
	}
	return a
}
