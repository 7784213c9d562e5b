package config

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
)

// MinToken is the shortest callback token accepted off loopback: 22
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
	if c.Data == "" {
		return invalid("data: give the folder of the database, like data")
	}
	if len(c.USSD) == 0 {
		return invalid("ussd: give at least one provider: africastalking")
	}
	for name, ch := range c.USSD {
		if err := ch.check(name, loopback(c.Listen)); err != nil {
			return err
		}
	}
	if c.Demo && !(loopback(c.Listen) && loopback(c.Desk)) {
		return invalid("demo: the fictive commune is only served on loopback; set demo: false, or listen on 127.0.0.1")
	}
	if _, err := Size(c.Store.MaxSize); err != nil {
		return invalid("store.max_size: %s", err)
	}
	if _, err := Size(c.Store.Mmap); err != nil {
		return invalid("store.mmap: %s", err)
	}
	if _, err := c.Level(); err != nil {
		return invalid("log_level: %q; write debug, info, warn or error", c.LogLevel)
	}
	if c.ReplyDays < 0 || c.Limits.Dials < 0 || c.Limits.Window < 0 || c.Grace < 0 {
		return invalid("reply_days, limits and grace can't be negative")
	}
	return nil
}

func (ch Channel) check(name string, onLoopback bool) error {
	if len(ch.Tokens) == 0 || slices.Contains(ch.Tokens, "") {
		return invalid("ussd.%s.tokens: give one token of %d characters or more", name, MinToken)
	}
	for _, t := range ch.Tokens {
		if len(t) < MinToken && !onLoopback {
			return invalid("ussd.%s.tokens: a token under %d characters is refused off loopback; make one with: head -c 24 /dev/urandom | base64 | tr '+/' '-_'", name, MinToken)
		}
		if strings.ContainsAny(t, "/?#% ") {
			return invalid("ussd.%s.tokens: letters, digits, - and _ only", name)
		}
	}
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
