package menu

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// Config is a channel that a menu is made for.
type Config struct {
	Catalog     *locales.Catalog
	Profile     gsm.Profile
	Limit       gsm.Limit
	DefaultLang string // of sentences said before a language is chosen
	Ussd        string // the code citizens dial
	ShortCode   string // the SMS number in service, "" for none
	Free        bool   // screens may say that the call is free
	ReplyDays   int    // an opinion is answered within that many days; 0: nothing is promised

	Apart []civic.ApartQuestion // asked after the first vote, counted apart; none: nobody is asked
}

// Menu is the dialogue bound to a channel: its languages, spelling and limit.
// It never changes and is safe for concurrent use.
type Menu struct {
	cfg           Config
	rows          map[Name]*row
	tongues       map[string]*tongue
	offered       []string // tags, in menu order
	languageLines []string
	fingerprint   uint64
}

// tongue is a language as this channel shows it.
type tongue struct {
	locale  *locales.Locale
	tags    []string // itself and its fallbacks
	spell   func(string) string
	prompts map[string]*prompt
}

// prompt is a text cut once into its heading and its own options.
type prompt struct {
	lines   int      // of the heading
	options []string // "1 Oui", in order
	digits  []int
	back    string // "0 Retour"
}

// Screen is what a phone shows.
type Screen struct {
	Text string
	End  bool
}

// Step is one step of the dialogue: a screen, or an act for the store; then
// After makes the screen.
type Step struct {
	State   State
	Screen  Screen
	Act     civic.Act
	Invalid bool // the input was no key of the screen
}

// ErrMenu: the dialogue can't be made of these texts. The message names the
// screen and the key.
var ErrMenu = errors.New("the dialogue can't be made")

// New binds the table to a channel and checks it against every language.
func New(cfg Config) (*Menu, error) {
	m := &Menu{cfg: cfg, rows: table(), tongues: map[string]*tongue{}}
	spellers := map[string]func(string) string{}
	catalog := cfg.Catalog.Respell(func(l *locales.Locale) func(string) string {
		spellers[l.Tag] = gsm.NewSpeller(cfg.Profile, l.GSM()).Spell
		return spellers[l.Tag]
	})
	var names []string
	for _, l := range catalog.Offered(VotePath()) {
		m.tongues[l.Tag] = &tongue{locale: l, tags: append([]string{l.Tag}, l.Fallback()...), spell: spellers[l.Tag], prompts: map[string]*prompt{}}
		m.offered = append(m.offered, l.Tag)
		names = append(names, spellers[l.Tag](l.Name))
	}
	if m.tongues[cfg.DefaultLang] == nil {
		return nil, fmt.Errorf("%w: no complete language %q; the ones offered are %v", ErrMenu, cfg.DefaultLang, m.offered)
	}
	m.languageLines = civic.Numbered(names)
	if err := m.bind(); err != nil {
		return nil, err
	}
	m.fingerprint = m.print()
	return m, nil
}

// promptKeys are the keys that a screen may show.
func promptKeys(name Name, r *row) []string {
	if r.prompt != "" && r.choose == nil {
		return []string{r.prompt}
	}
	switch name {
	case scrCommuneDone:
		return []string{"commune.changed", "commune.changed.next"}
	case scrWorks:
		return []string{"follow.list", "follow.none"}
	case scrWork:
		return []string{
			"follow.proposed", "follow.retained", "follow.programmed", "follow.funded", "follow.underway", "follow.late", "follow.delayed",
			"follow.finished", "follow.done", "follow.broken", "follow.cancelled", "follow.not_started", "follow.none",
		}
	case scrOpinionDone:
		return []string{"feedback.thanks", "feedback.thanks.open"}
	case scrResults:
		return []string{"vote.none", "results.not_yet", "results.too_few", "results.list"}
	case scrLost:
		return []string{"input.help", "input.invalid_last", "input.invalid_last.paid"}
	}
	return nil
}

// bind cuts every prompt in every language and holds its digits against the
// table.
func (m *Menu) bind() error {
	for name, r := range m.rows {
		for _, key := range promptKeys(name, r) {
			for tag, t := range m.tongues {
				raw := t.locale.Text(key, marked(t.locale, key)...)
				if raw == "["+key+"]" {
					return fmt.Errorf("%w: screen %s: no text %s in %s nor in its fallbacks", ErrMenu, name, key, tag)
				}
				p := cutPrompt(raw)
				if r.keys != nil {
					if want := slices.Sorted(maps.Keys(r.keys)); !slices.Equal(p.digits, want) {
						return fmt.Errorf("%w: screen %s: %s in %s has options %v, the table has %v", ErrMenu, name, key, tag, p.digits, want)
					}
				}
				t.prompts[key] = p
			}
		}
	}
	return nil
}

// marked fills each placeholder of a text with a word, so that lines can be
// told apart whatever the data; lists and navigation are left out.
func marked(l *locales.Locale, key string) []locales.Arg {
	var args []locales.Arg
	for _, name := range l.Placeholders(key) {
		value := "x"
		if name == "List" || name == "Nav" {
			value = ""
		}
		args = append(args, locales.Arg{Name: name, Value: value})
	}
	return args
}

// cutPrompt tells a prompt's heading from its own options ("1 Oui") and its
// way back ("0 Retour").
func cutPrompt(raw string) *prompt {
	p := &prompt{}
	for line := range strings.SplitSeq(strings.TrimRight(raw, "\n"), "\n") {
		digit, isOption := optionLine(line)
		switch {
		case isOption && digit == 0:
			p.back = line
		case isOption:
			p.options = append(p.options, line)
			p.digits = append(p.digits, digit)
		case line != "":
			p.lines++
		}
	}
	return p
}

func optionLine(line string) (digit int, ok bool) {
	if len(line) < 3 || line[0] < '0' || line[0] > '9' || line[1] != ' ' {
		return 0, false
	}
	return int(line[0] - '0'), true
}

// print is a fingerprint of all that decides what a key means.
func (m *Menu) print() uint64 {
	h := fnv.New64a()
	fmt.Fprintln(h, m.cfg.Profile, m.cfg.Limit, m.offered, m.cfg.Apart)
	for _, tag := range m.offered {
		l := m.tongues[tag].locale
		for _, key := range l.Keys() {
			fmt.Fprintln(h, tag, key, l.Text(key, marked(l, key)...))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.rows)) {
		fmt.Fprintln(h, name, promptKeys(name, m.rows[name]))
	}
	return h.Sum64()
}

// Fingerprint tells this menu from another with other texts, limits or
// screens: a call is never continued across two.
func (m *Menu) Fingerprint() uint64 { return m.fingerprint }

// Screens are the names of every screen, in order.
func (m *Menu) Screens() []Name { return slices.Sorted(maps.Keys(m.rows)) }

// Languages are the tags of the languages offered, in menu order.
func (m *Menu) Languages() []string { return slices.Clone(m.offered) }

// Start is the first step of a call.
func (m *Menu) Start(v View) Step {
	s := m.scene(State{Revision: v.Content().revision}, v)
	c := v.Citizen()
	if m.tongues[c.Lang] != nil {
		s.speak(c.Lang)
	}
	if _, known := v.Content().names[c.Commune]; known {
		s.st.Commune = c.Commune
	}
	return s.show(s.home())
}

// Restarted is the start of a call that can't be continued, and says so.
func (m *Menu) Restarted(v View, lang string) Step {
	step := m.Start(v)
	s := m.scene(step.State, v)
	if s.st.Lang == "" && m.tongues[lang] != nil {
		s.speak(lang)
		s.st.Screen = s.home()
	}
	s.notice = s.t.locale.Text("session.restarted")
	return s.show(s.st.Screen)
}

// Offer is "continue where you stopped"; false when there is nothing worth
// it. It never leads to a screen that names a choice.
func (m *Menu) Offer(dropped State, v View) (Step, bool) {
	r := m.rows[dropped.Screen]
	if r == nil || r.resume == "" || m.tongues[dropped.Lang] == nil {
		return Step{}, false
	}
	s := m.scene(dropped, v)
	s.st.Resume, s.st.Option, s.st.Page, s.st.Errors = r.resume, 0, 0, 0
	s.st.said = civic.Outcome{}
	return s.show(scrResume), true
}

// Show is the present screen again.
func (m *Menu) Show(st State, v View) Step {
	s := m.scene(st, v)
	if st.Screen == scrVoteMore && st.said.Code == "" {
		return s.show(scrSex) // the receipt was told; it is not kept to be told again
	}
	if isApart(st.Screen) {
		return s.show(scrBye) // nobody knows whether she answered: she is not asked again
	}
	return s.page(st.Screen)
}

// Rebuilt is a step as a call may show it whose memory is gone: itself, but for
// the questions that are asked once (Show).
func (m *Menu) Rebuilt(step Step, v View) Step {
	if isApart(step.State.Screen) {
		return m.Show(step.State, v)
	}
	return step
}

// TakesText says whether the present screen takes free text.
func (m *Menu) TakesText(st State) bool {
	r := m.rows[st.Screen]
	return r != nil && r.text != nil && r.list == nil
}

// Sentence is one sentence that ends a call outside the dialogue.
func (m *Menu) Sentence(key, lang string) string {
	t := m.tongues[lang]
	if t == nil {
		t = m.tongues[m.cfg.DefaultLang]
	}
	text := t.locale.Text(key, locales.Arg{Name: "Ussd", Value: m.cfg.Ussd}, locales.Arg{Name: "ShortCode", Value: m.cfg.ShortCode})
	return m.cfg.Limit.Pages(gsm.Sheet{Heading: text})[0].Text()
}
