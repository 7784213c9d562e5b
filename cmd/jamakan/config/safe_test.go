package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/callback"
)

const goodToken = "abcdefghijklmnopqrstuvwx"

// served is a configuration as a commune has it: no demonstration, calls only.
func served(change func(*Config, *Channel)) Config {
	c := Default()
	c.Demo, c.SMS = false, nil
	ch := c.USSD["africastalking"]
	ch.Tokens = []string{goodToken}
	change(&c, &ch)
	c.USSD["africastalking"] = ch
	return c
}

// Each unsafe configuration is refused with what to write instead.
func TestWhatLetsSomebodyInIsRefused(t *testing.T) {
	texts := func(change func(*TextChannel)) func(*Config, *Channel) {
		return func(c *Config, _ *Channel) {
			ch := defaultTexts(goodToken)
			ch.Username, ch.APIKey = "commune", "k"
			change(&ch)
			c.SMS, c.ShortCode = map[string]TextChannel{"africastalking": ch}, "36000"
		}
	}
	for name, tc := range map[string]struct {
		change func(*Config, *Channel)
		says   string // "": it can be used
	}{
		"as it should be":    {func(*Config, *Channel) {}, ""},
		"desk in clear":      {func(c *Config, _ *Channel) { c.Desk = "0.0.0.0:8081" }, "behind_proxy: true"},
		"desk behind proxy":  {func(c *Config, _ *Channel) { c.Desk, c.BehindProxy = "0.0.0.0:8081", true }, ""},
		"desk with TLS":      {func(c *Config, _ *Channel) { c.Desk, c.TLS.DeskCert, c.TLS.DeskKey = "0.0.0.0:8081", "c", "k" }, ""},
		"calls in clear":     {func(c *Config, _ *Channel) { c.Listen = "0.0.0.0:8080" }, "tls.cert and tls.key"},
		"calls by any name":  {func(c *Config, _ *Channel) { c.Listen = ":8080" }, "behind_proxy: true"},
		"calls by a tunnel":  {func(c *Config, _ *Channel) { c.Listen = "10.8.0.2:8080" }, ""},
		"calls with TLS":     {func(c *Config, _ *Channel) { c.Listen, c.TLS.Cert, c.TLS.Key = "0.0.0.0:8080", "c", "k" }, ""},
		"calls behind proxy": {func(c *Config, _ *Channel) { c.Listen, c.BehindProxy = "0.0.0.0:8080", true }, ""},
		"demo token":         {func(_ *Config, ch *Channel) { ch.Tokens = []string{"demo"} }, "jamakan config token"},
		"demo behind proxy":  {func(c *Config, _ *Channel) { c.Demo, c.BehindProxy = true, true }, "demo: false"},
		"empty token":        {func(_ *Config, ch *Channel) { ch.Tokens = []string{""} }, "jamakan config token"},
		"no token":           {func(_ *Config, ch *Channel) { ch.Tokens = nil }, "jamakan config token"},
		"everybody a proxy":  {func(c *Config, _ *Channel) { c.Proxies = []string{"0.0.0.0/0"} }, "127.0.0.1/32"},
		"half a certificate": {func(c *Config, _ *Channel) { c.TLS.Cert = "c" }, "both"},
		"three tokens":       {func(_ *Config, ch *Channel) { ch.Tokens = []string{goodToken, goodToken, goodToken} }, "two at most"},
		"hashed token":       {func(_ *Config, ch *Channel) { ch.Tokens = []string{callback.HashToken("x"), goodToken} }, ""},
		"half a hash":        {func(_ *Config, ch *Channel) { ch.Tokens = []string{"sha256:abcd"} }, "64 hexadecimal"},
		"odd letters":        {func(_ *Config, ch *Channel) { ch.Tokens = []string{goodToken + "é"} }, "letters, digits"},
		"network":            {func(_ *Config, ch *Channel) { ch.Networks = []string{"203.0.113.0/24", "2001:db8::1"} }, ""},
		"no network":         {func(_ *Config, ch *Channel) { ch.Networks = []string{"here"} }, "203.0.113.0/24"},
		"network with bits":  {func(_ *Config, ch *Channel) { ch.Networks = []string{"203.0.113.7/24"} }, "write 203.0.113.0/24"},
		"no proxy":           {func(c *Config, _ *Channel) { c.Proxies = []string{"nginx"} }, "proxies"},
		"metrics token":      {func(c *Config, _ *Channel) { c.Metrics = "short" }, "metrics_token"},
		"negative limit":     {func(c *Config, _ *Channel) { c.Limits.ProviderTexts = -1 }, "negative"},
		"API in clear":       {texts(func(ch *TextChannel) { ch.API = "http://api.example.com" }), "https"},
		"API that begins so": {texts(func(ch *TextChannel) { ch.API = "http://127.0.0.1.example.com" }), "https"},
		"API on loopback":    {texts(func(ch *TextChannel) { ch.API = "http://127.0.0.1:8082" }), ""},
		"gateway in clear":   {texts(func(ch *TextChannel) { ch.Generic.Send = "http://phone.example/message" }), "https"},
	} {
		t.Run(name, func(t *testing.T) {
			err := served(tc.change).Check()
			if tc.says == "" && err != nil || tc.says != "" && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
		})
	}
}

// A file that everybody reads and that holds a secret is not used.
func TestOpenFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := "demo: false\nsms: {}\nussd:\n  passerelle: {tokens: [" + goodToken + "]}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, true, none); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, true, none); err != nil {
		t.Error(err)
	}
	hashed := strings.ReplaceAll(text, goodToken, "\""+callback.HashToken(goodToken)+"\"")
	if err := os.WriteFile(file, []byte(hashed), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, true, none); err != nil {
		t.Errorf("a hash is no secret: %v", err)
	}
}

// TestNothingSensitiveIsAskedByDefault: each question has its own switch, and
// both are off.
func TestNothingSensitiveIsAskedByDefault(t *testing.T) {
	for env, want := range map[string]string{"": "[]", "JAMAKAN_ASK_DISABILITY": "[pvh]", "JAMAKAN_ASK_DISPLACED": "[pdi]"} {
		c, err := Load("", false, func(name string) string {
			if name == env && env != "" {
				return "true"
			}
			return ""
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Ask.Questions()); got != want {
			t.Errorf("%q: %s is asked, want %s", env, got, want)
		}
	}
}
