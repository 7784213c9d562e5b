package desk

import (
	"time"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// Many is how messages to many leave.
type Many interface {
	// Spell is a text as a channel writes it in a language, with how to stop
	// at its end.
	Spell(channel, lang, text string) store.Letter
	// Channels are the SMS channels, in order, as they stand now.
	Channels() []ManyChannel
	// Wake lets what was just changed begin at once.
	Wake()
}

// ManyChannel is one SMS channel as messages to many find it.
type ManyChannel struct {
	Provider  string
	Price     outbox.Money // of one segment, as configured
	Rate      float64      // segments a second, 0: no limit
	Paused    string       // why nothing is handed over, "" when it is
	Again     time.Time
	Held      string    // why messages to many wait: "quiet hours", "budget", ""
	From      time.Time // until when
	QuietFrom int       // hours of the day; the same: never
	QuietTo   int
}
