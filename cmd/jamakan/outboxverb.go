package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// outboxView is how the messages stand.
type outboxView struct {
	States  map[outbox.State]int
	Unknown []outbox.Message // without number and text
	Costs   []store.Ledger
	Strays  map[string]int
}

// Outbox tells how the messages stand: all that are live, and those that ended
// in the last four weeks.
func (o ownOffice) Outbox(ctx context.Context) (outboxView, error) {
	view := outboxView{States: map[outbox.State]int{}}
	count := func(m outbox.Message) bool {
		view.States[m.State]++
		if m.State == outbox.Unknown && len(view.Unknown) < 100 {
			m.To, m.Body = nil, nil
			view.Unknown = append(view.Unknown, m)
		}
		return true
	}
	since := o.house.now().AddDate(0, 0, -28)
	if err := o.house.book.Letters(ctx, count); err != nil {
		return view, err
	}
	if err := o.house.book.Sent(ctx, since, count); err != nil {
		return view, err
	}
	var err error
	if view.Costs, err = o.house.book.Costs(ctx, since); err != nil {
		return view, err
	}
	view.Strays, err = o.house.book.Strays(ctx)
	return view, err
}

// opinionsAsk is whose opinions are asked for.
type opinionsAsk struct {
	Commune civic.Code // "": everybody's
}

// Opinions are what citizens said, without anything that leads to a number.
func (o ownOffice) Opinions(ctx context.Context, ask opinionsAsk) (all []store.Opinion, err error) {
	if _, known := o.house.book.Content().Territory.Place(ask.Commune); ask.Commune != "" && (!known || ask.Commune.Level() != civic.Commune) {
		return nil, fmt.Errorf("%w: --commune %s: no commune of that code is known; a commune has 8 digits, as in the plan file", errUse, ask.Commune)
	}
	err = o.house.book.Opinions(ctx, func(x store.Opinion) bool {
		if ask.Commune == "" || x.Commune == ask.Commune {
			all = append(all, x)
		}
		return true
	})
	return all, err
}

// Outbox asks the gateway how the messages stand.
func (o remoteOffice) Outbox(ctx context.Context) (view outboxView, err error) {
	return view, o.ask(ctx, "/outbox", &view)
}

// Opinions asks the gateway what citizens said.
func (o remoteOffice) Opinions(ctx context.Context, ask opinionsAsk) (all []store.Opinion, err error) {
	return all, o.askWith(ctx, "/opinions", ask, &all)
}

func (o remoteOffice) ask(ctx context.Context, path string, into any) error {
	body, err := o.post(ctx, path, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(into)
}

type outboxVerb struct{}

// Run prints how the messages stand.
func (outboxVerb) Run(ctx context.Context, c *common, w world) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	view, err := o.Outbox(ctx)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return view.print(w.stdout)
}

func (v outboxView) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range outbox.States() {
		if n := v.States[s]; n > 0 {
			fmt.Fprintf(t, "%s\t%d\n", s, n)
		}
	}
	if len(v.States) == 0 {
		fmt.Fprintln(t, "No message in the last four weeks.")
	}
	if len(v.Costs) > 0 {
		fmt.Fprintln(t, "\nweek\tprovider\tpurpose\talphabet\tmessages\tsegments\tcost")
		for _, row := range v.Costs {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", row.Week, row.Provider, row.Purpose, row.Alphabet, row.Messages, row.Segments, row.Cost)
		}
	}
	if len(v.Unknown) > 0 {
		fmt.Fprintln(t, "\nfate unknown (never sent again by itself)\treference\tpurpose\twhy")
		for _, m := range v.Unknown {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s %s\n", m.Settled.In(civic.Bamako).Format("2006-01-02 15:04"), m.Ref, m.Purpose, m.Code, m.Reason)
		}
	}
	for reason, n := range v.Strays {
		fmt.Fprintf(t, "\n%d callbacks kept that are nobody's text (%s)\n", n, reason)
	}
	return t.Flush()
}

type opinionsVerb struct {
	Commune string `help:"Of one commune only, by its code." placeholder:"CODE"`
}

// Run lists the opinions.
func (v opinionsVerb) Run(ctx context.Context, c *common, w world) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	all, err := o.Opinions(ctx, opinionsAsk{Commune: civic.Code(v.Commune)})
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	for _, x := range all {
		channel := "USSD"
		if x.Channel == civic.ChannelSMS {
			channel = "SMS"
		}
		fmt.Fprintf(w.stdout, "%s  %s  %s  %s  %s  %s\n  %s\n", x.Reference, x.At.In(civic.Bamako).Format(time.DateTime), channel, x.Lang, orDash(string(x.Commune)), x.Status, printable(x.Text))
	}
	if len(all) == 0 {
		_, err = fmt.Fprintln(w.stdout, "No opinion yet.")
	}
	return err
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// printable writes what a citizen sent as one line that can do nothing to a
// terminal: no control character, no change of direction.
func printable(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case !unicode.IsPrint(r), unicode.Is(unicode.Cf, r):
			return '\uFFFD'
		}
		return r
	}, s)), " ")
}
