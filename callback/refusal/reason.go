package refusal

// Reason is why something was turned away.
type Reason uint8

// The reasons.
const (
	Token     Reason = iota // no token of this channel
	Outside                 // from an address outside the channel's list
	Proxied                 // the demonstration, asked through a proxy or by another name
	Large                   // a body over the limit
	Malformed               // not what the provider is known to send
	Number                  // a number over its own limit
	Provider                // the provider over its limit
	Foreign                 // a number of another country, or none
	Code                    // a code that is not in service
	reasons
)

// String is the reason's name in metrics and in the locale files.
func (r Reason) String() string {
	return [...]string{
		"bad_token", "outside_network", "proxied_demo", "too_large", "malformed",
		"limited_number", "limited_provider", "foreign_number", "unknown_code",
	}[r]
}

// Reasons lists every reason.
func Reasons() []Reason {
	all := make([]Reason, reasons)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}
