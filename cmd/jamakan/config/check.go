package config

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/store/outbox"
)

// MinToken is the shortest token accepted outside the demonstration: 22
// characters of base64 are 128 bits.
const MinToken = 22

// Check says what in the configuration can't be used, and what to write
// instead.
func (c Config) Check() error {
	for name, addr := range map[string]string{"listen": c.Listen, "desk": c.Desk} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return invalid("%s: %q is not an address; write host:port, like 127.0.0.1:8080", name, addr)
		}
	}
	if c.Demo && !(loopback(c.Listen) && loopback(c.Desk)) {
		return invalid("demo: the fictive commune is only served on loopback; set demo: false, or listen on 127.0.0.1")
	}
	if c.Data == "" {
		return invalid("data: give the folder of the database, like data")
	}
	if len(c.USSD)+len(c.SMS) == 0 {
		return invalid("ussd, sms: give at least one provider: africastalking")
	}
	if err := c.checkSafe(); err != nil {
		return err
	}
	for name, ch := range c.SMS {
		if err := ch.check(name, c.Demo && c.Sandbox != ""); err != nil {
			return err
		}
	}
	if len(c.SMS) > 0 && c.ShortCode == "" {
		return invalid("short_code: give the number that citizens text, like \"36055\"; answers name it")
	}
	if c.Sandbox != "" && c.Demo && !loopback(c.Sandbox) {
		return invalid("sandbox: the stand-in provider is only served on loopback, like 127.0.0.1:8082")
	}
	for name, ch := range c.USSD {
		if err := ch.check(name); err != nil {
			return err
		}
	}
	if err := c.Mail.check(); err != nil {
		return err
	}
	if err := c.Backup.check(c.Data); err != nil {
		return err
	}
	if _, err := Size(c.Store.MaxSize); err != nil {
		return invalid("store.max_size: %s", err)
	}
	if _, err := Size(c.Store.Reserve); err != nil {
		return invalid("store.reserve: %s", err)
	}
	if _, err := Size(c.Store.Mmap); err != nil {
		return invalid("store.mmap: %s", err)
	}
	if _, err := c.Level(); err != nil {
		return invalid("log_level: %q; write debug, info, warn or error", c.LogLevel)
	}
	if err := c.Keep.check(); err != nil {
		return err
	}
	if c.ReplyDays < 0 || c.Limits.negative() || c.Grace < 0 {
		return invalid("reply_days, limits and grace can't be negative")
	}
	return nil
}

// check says what is wrong with the mail server; without a host there is none.
func (r Retention) check() error {
	for name, n := range map[string]int{"profiles_months": r.Profiles, "texts_months": r.Texts, "contacts_days": r.Contacts, "strays_days": r.Strays} {
		if n < 1 || n > 3650 {
			return invalid("retention.%s: %d; write 1 or more: nothing of a person is kept for ever", name, n)
		}
	}
	return nil
}

func (m Mail) check() error {
	switch {
	case m.Host == "":
		return nil
	case !strings.Contains(m.From, "@"):
		return invalid("mail.from: give the address that the mails come from, like jamakan@commune.example")
	case !slices.Contains([]string{"starttls", "tls", "none"}, m.TLS):
		return invalid("mail.tls: %q; write starttls, tls or none", m.TLS)
	case m.TLS == "none" && !loopback(net.JoinHostPort(m.Host, "0")):
		return invalid("mail.tls: none is only for a server on this machine; write starttls or tls")
	case m.Port < 1 || m.Port > 65535:
		return invalid("mail.port: %d is no port; write 587 for starttls, 465 for tls", m.Port)
	}
	return nil
}

func (ch TextChannel) check(name string, sandbox bool) error {
	where := "sms." + name
	if !slices.Contains([]string{"gsm7", "ascii", "ucs2"}, ch.Spelling) {
		return invalid("%s.spelling: %q; write gsm7, ascii or ucs2", where, ch.Spelling)
	}
	switch {
	case ch.API == "sandbox" && !sandbox:
		return invalid("%s.api: the stand-in provider runs in the demonstration only; leave api empty for the provider's own address", where)
	case ch.API != "" && ch.API != "sandbox" && !safeAddress(ch.API):
		return invalid("%s.api: %q; write an https address: the key travels with every message", where, ch.API)
	case ch.Generic.Send != "" && !safeAddress(ch.Generic.Send):
		return invalid("%s.generic.send: %q; write an https address: numbers and texts travel with every message", where, ch.Generic.Send)
	case ch.Username == "" || ch.APIKey == "":
		return invalid("%s: username and api_key are the account at the provider; give api_key by %s", where, EnvName([]string{"sms", name, "api_key"}))
	case ch.Rate < 0 || ch.Parallel < 1 || ch.Parallel > 64:
		return invalid("%s: rate is 0 or more, parallel 1 to 64", where)
	case len(ch.Quiet) != 0 && (len(ch.Quiet) != 2 || min(ch.Quiet[0], ch.Quiet[1]) < 0 || max(ch.Quiet[0], ch.Quiet[1]) > 23):
		return invalid("%s.quiet: two hours of the day, like [20, 7]", where)
	}
	if _, err := outbox.ParseMoney(ch.Budget); err != nil {
		return invalid("%s.budget: %q is %s", where, ch.Budget, err)
	}
	if _, err := outbox.ParseMoney(ch.Price); err != nil {
		return invalid("%s.price: %q is %s", where, ch.Price, err)
	}
	for _, d := range ch.Backoff {
		if d <= 0 {
			return invalid("%s.backoff: durations like 1m, 5m, 1h", where)
		}
	}
	return nil
}

func (ch Channel) check(name string) error {
	if len(ch.Codes) == 0 {
		return invalid("ussd.%s.codes: give the code citizens dial, like \"*384*55#\"", name)
	}
	for _, code := range ch.Codes {
		if len(code) < 3 || code[0] != '*' || !strings.HasSuffix(code, "#") || strings.Trim(code, "*#0123456789") != "" {
			return invalid("ussd.%s.codes: %q is not a code; write it as dialled, in quotes: \"*384*55#\"", name, code)
		}
	}
	if !slices.Contains([]string{"gsm7", "ascii", "ucs2"}, ch.Spelling) {
		return invalid("ussd.%s.spelling: %q; write gsm7, ascii or ucs2", name, ch.Spelling)
	}
	if ch.Septets < 80 || ch.Septets > 182 || ch.UCS2 < 60 || ch.UCS2 > 80 {
		return invalid("ussd.%s: septets is 80 to 182 and ucs2 60 to 80", name)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// loopback says whether an address can only be reached from this machine.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Level is the log level.
func (c Config) Level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(c.LogLevel))
	return l, err
}

// Size reads a number of bytes: "4GB", "500MB", "64KB", or digits; empty is 0.
func Size(s string) (int64, error) {
	text := strings.ToUpper(strings.TrimSpace(s))
	unit := int64(1)
	for suffix, bytes := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = strings.TrimSpace(rest), bytes
		}
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%q is not a size; write it like 4GB or 500MB", s)
	}
	return n * unit, nil
}
