package desk

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/gsm"
)

// numbers are the demonstration's phones. They belong to nobody.
func numbers() []string {
	return []string{"+22376000001", "+22376000002", "+22366000003", "+22366000004"}
}

// handset is a simulated phone between two pages: the form's hidden fields
// carry it, the server keeps nothing.
type handset struct {
	Code         string
	Numbers      []string
	Number       string
	Session      string
	Transcript   string // every input of the call, joined with *
	Begun        bool   // an input was sent: the transcript may be empty all the same
	Text         string // on the screen
	Live, Over   bool
	Failed       string
	Units, Limit int
	Alphabet     string
	Past         []past
	Keys         []key
	Short        string // the number it texts, "" without SMS
	Thread       []Line
}

// past is one screen seen before.
type past struct{ Input, Text string }

type key struct{ Digit, Letters string }

func keys() []key {
	return []key{{"1", ""}, {"2", "abc"}, {"3", "def"}, {"4", "ghi"}, {"5", "jkl"}, {"6", "mno"}, {"7", "pqrs"}, {"8", "tuv"}, {"9", "wxyz"}, {"*", ""}, {"0", "+"}, {"#", ""}}
}

// maxPast is how many screens the page keeps.
const maxPast = 12

func (p *pages) newHandset(number string) handset {
	if !slices.Contains(numbers(), number) {
		number = numbers()[0]
	}
	h := handset{
		Code: p.cfg.Code, Numbers: numbers(), Number: number, Keys: keys(), Limit: gsm.DefaultLimit.Septets, Alphabet: gsm.Default7.String(),
	}
	if p.cfg.Texts != nil {
		h.Short, h.Thread = p.cfg.Short, p.cfg.Texts.Thread(number)
	}
	return h
}

func phoneRoutes(p *pages, e *echo.Echo) {
	if p.cfg.Demo {
		e.GET("/phone", p.showPhone, onlyHere)
		e.POST("/phone", p.pressPhone, onlyHere)
	}
}

func (p *pages) showPhone(c echo.Context) error {
	return p.show(c, "phone", p.text("desk.phone.title"), p.newHandset(c.QueryParam("number")))
}

// pressPhone does what was pressed: dial, send an input, send the same again,
// hang up.
func (p *pages) pressPhone(c echo.Context) error {
	if err := c.Request().ParseForm(); err != nil {
		return echo.ErrStatusRequestEntityTooLarge
	}
	f := c.Request().PostForm
	h := p.newHandset(f.Get("number"))
	if f.Get("do") == "hangup" || f.Get("do") == "number" {
		return p.show(c, "phone", p.text("desk.phone.title"), h)
	}
	input := f.Get("input")
	if digit := f.Get("key"); digit != "" {
		input = digit
	}
	h.take(f)
	if f.Get("do") == "text" && p.cfg.Texts != nil {
		p.sendText(c, &h, f)
		return p.show(c, "phone", p.text("desk.phone.title"), h)
	}
	switch {
	case f.Get("do") == "retry" && h.Session != "":
		input = "(la même)"
	case h.Session == "" || f.Get("do") == "dial" || f.Get("over") == "1":
		h.Session, h.Transcript, h.Begun, h.Past = newSession(), "", false, nil
		input = p.cfg.Code
	default:
		if h.Begun {
			h.Transcript += "*" + input
		} else {
			h.Transcript = input
		}
		h.Begun = true
	}
	h.turn(c, p.cfg.Phone, input)
	return p.show(c, "phone", p.text("desk.phone.title"), h)
}

// take reads the phone back from the form.
func (h *handset) take(f url.Values) {
	h.Session, h.Transcript, h.Begun = f.Get("session"), f.Get("transcript"), f.Get("begun") == "1"
	if len(h.Session) > 64 || !strings.HasPrefix(h.Session, "ATUid_") {
		h.Session = ""
	}
	inputs, texts := f["past_input"], f["past_text"]
	for i := range min(len(inputs), len(texts)) {
		h.Past = append(h.Past, past{inputs[i], texts[i]})
	}
}

// turn posts the turn and shows the answer.
func (h *handset) turn(c echo.Context, phone Dialer, input string) {
	text, end, err := phone.Turn(c.Request().Context(), h.Number, h.Session, h.Transcript)
	if err != nil {
		h.Failed = "Pas de réponse de la passerelle : " + err.Error()
		return
	}
	h.Live, h.Over = !end, end
	h.show(text)
	h.Past = append(h.Past, past{input, text})
	if len(h.Past) > maxPast {
		h.Past = h.Past[len(h.Past)-maxPast:]
	}
}

// show puts a text on the screen.
func (h *handset) show(text string) {
	a, units := gsm.Measure(text)
	h.Text, h.Units, h.Alphabet = text, units, a.String()
	if a == gsm.UCS2Alphabet {
		h.Limit = gsm.DefaultLimit.UCS2
	}
}

func newSession() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return "ATUid_" + hex.EncodeToString(b[:])
}

// Newest is the thread, newest first: the page turns it round, and so shows
// its end without a script.
func (h handset) Newest() []Line {
	lines := slices.Clone(h.Thread)
	slices.Reverse(lines)
	return lines
}

// answerWithin is how long a page waits for the answer to a text. What comes
// later is there on the next page.
const answerWithin = 2 * time.Second

// sendText sends a text from the phone, leaving its call as it is, and waits a
// moment for the answer.
func (p *pages) sendText(c echo.Context, h *handset, f url.Values) {
	h.Live, h.Over = h.Session != "" && f.Get("over") != "1", f.Get("over") == "1"
	if n := len(h.Past); n > 0 && h.Session != "" {
		h.show(h.Past[n-1].Text)
	}
	text := f.Get("sms")
	if strings.TrimSpace(text) == "" {
		return
	}
	before := len(h.Thread)
	if err := p.cfg.Texts.Text(c.Request().Context(), h.Number, text); err != nil {
		h.Failed = "Le SMS n'est pas parti : " + err.Error()
		return
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(answerWithin); time.Now().Before(end); {
		h.Thread = p.cfg.Texts.Thread(h.Number)
		if n := len(h.Thread); n > 0 && !h.Thread[n-1].Mine && n > before {
			return
		}
		select {
		case <-c.Request().Context().Done():
			return
		case <-tick.C:
		}
	}
}
