package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// Post is how one SMS channel stands.
type Post struct {
	Provider string
	Paused   string // why nothing is handed over, "" when it is
	Since    time.Time
	Again    time.Time
	Waiting  int
	Oldest   time.Time
	Bulk     int
	BulkHeld string
	Spent    outbox.Money
	Budget   outbox.Money
}

// MailView is how the messages stand. It holds no number and no text.
type MailView struct {
	Posts   []Post
	States  map[outbox.State]int // of the last four weeks
	Unknown []outbox.Message
	Costs   []store.Ledger
}

// Mail tells how the messages stand.
type Mail interface {
	Messages(ctx context.Context) (MailView, error)
}

// stateWords are the states as the desk says them, in their order.
func stateWords() [][2]string {
	return [][2]string{
		{"queued", "en attente"},
		{"claimed", "en train de partir"},
		{"accepted", "pris par l'opérateur"},
		{"delivered", "arrivés"},
		{"failed", "non arrivés"},
		{"refused", "refusés"},
		{"unknown", "sort inconnu"},
		{"expired", "trop vieux"},
	}
}

// purposeWords are the purposes as the desk says them.
func purposeWords() map[outbox.Purpose]string {
	return map[outbox.Purpose]string{
		outbox.Answer: "réponses aux textes", outbox.Receipt: "codes de vote", outbox.Reply: "réponses de la mairie", outbox.Digest: "résumés du lundi", outbox.Bulk: "messages à plusieurs",
	}
}

// argent writes an amount as people do: 1 250 XOF, 0,8 KES.
func argent(m outbox.Money) string {
	whole, part := m.Amount/10_000, m.Amount%10_000
	text := strconv.FormatInt(whole, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u00a0" + text[i:]
	}
	if part > 0 {
		text += "," + strings.TrimRight(fmt.Sprintf("%04d", part), "0")
	}
	return strings.TrimSpace(text + "\u00a0" + m.Currency)
}

// stateRow is one line of the states.
type stateRow struct {
	Word string
	N    int
	Bad  bool
}

func mailRoutes(p *pages, e *echo.Echo) {
	if p.cfg.Mail != nil {
		e.GET("/messages", p.showMail, p.need(civic.ReadDesk))
	}
}

func (p *pages) showMail(c echo.Context) error {
	view, err := p.cfg.Mail.Messages(c.Request().Context())
	if err != nil {
		return err
	}
	var rows []stateRow
	for _, w := range stateWords() {
		if n := view.States[outbox.State(w[0])]; n > 0 {
			rows = append(rows, stateRow{w[1], n, w[0] == "unknown" || w[0] == "failed" || w[0] == "refused"})
		}
	}
	return p.show(c, "messages", p.text("desk.nav.mail"), map[string]any{"View": view, "Rows": rows})
}
