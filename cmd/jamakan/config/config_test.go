package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func none(string) string { return "" }

// TestDescribeIsTheDefault: config.yaml is generated from the program.
func TestDescribeIsTheDefault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(Default().Describe()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, true, none)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Describe(), Default().Describe(); got != want {
		t.Errorf("read back:\n%s\nwant:\n%s", got, want)
	}
	committed, err := os.ReadFile("../../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(committed), Default().Describe(); got != want {
		t.Errorf("config.yaml is not what `jamakan config describe` prints; run make generate")
	}
}

func TestEnvironmentWins(t *testing.T) {
	env := map[string]string{
		"JAMAKAN_LISTEN": "127.0.0.1:9000", "JAMAKAN_DEMO": "false", "JAMAKAN_LIMITS_DIALS": "7",
		"JAMAKAN_LIMITS_WINDOW": "3m", "JAMAKAN_USSD_AFRICASTALKING_TOKENS": "aaaaaaaaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbbbbbbbb", "JAMAKAN_STORE_MAX_SIZE": "500MB",
	}
	c, err := Load("no such file", false, func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9000" || c.Demo || c.Limits.Dials != 7 || c.Limits.Window.Minutes() != 3 ||
		strings.Join(c.USSD["africastalking"].Tokens, " ") != "aaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbb" || c.Store.MaxSize != "500MB" {
		t.Errorf("environment did not win: %+v", c)
	}
}

func TestUnsafeIsRefused(t *testing.T) {
	public := func(c *Config) { c.Listen, c.BehindProxy = "0.0.0.0:8080", !c.Demo }
	long := func(c *Config) {
		ch := c.USSD["africastalking"]
		ch.Tokens = []string{"abcdefghijklmnopqrstuvwx"}
		c.USSD["africastalking"] = ch
	}
	for name, tc := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"demo token in service":         {func(c *Config) { c.Demo = false }, "22 characters"},
		"demo plan on a public address": {func(c *Config) { public(c); long(c) }, "demo: false"},
		"desk public in the demo":       {func(c *Config) { c.Desk = "[::]:8081" }, "loopback"},
		"no code":                       {func(c *Config) { c.USSD["africastalking"] = Channel{Tokens: []string{"demo"}} }, "*384*55#"},
		"level":                         {func(c *Config) { c.LogLevel = "loud" }, "debug, info"},
		"size":                          {func(c *Config) { c.Store.MaxSize = "big" }, "4GB"},
		"backups inside the data":       {func(c *Config) { c.Backup.Folder = "data/backups" }, "another disk"},
		"a secret key to encrypt to":    {func(c *Config) { c.Backup.To = []string{"AGE-SECRET-KEY-1QQ"} }, "secret half"},
		"backups without end":           {func(c *Config) { c.Backup.Every = 0 }, "24h"},
		"no backup kept":                {func(c *Config) { c.Backup.Daily, c.Backup.Weekly = 0, 0 }, "how many"},
		"address":                       {func(c *Config) { c.Listen = "8080" }, "host:port"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Default()
			tc.change(&c)
			err := c.Check()
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want ErrInvalid that says %q", err, tc.says)
			}
		})
	}
	c := Default()
	c.Demo = false
	c.InService()
	public(&c)
	long(&c)
	if err := c.Check(); err != nil {
		t.Errorf("a safe public configuration is refused: %v", err)
	}
}

// A file that names channels names all of them, and each begins as the
// default: the demonstration's token is never left behind a real one.
func TestChannelsOfTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := "demo: false\nshort_code: \"36000\"\nussd:\n  passerelle: {tokens: [abcdefghijklmnopqrstuvwx]}\n" +
		"sms:\n  africastalking: {tokens: [abcdefghijklmnopqrstuvwx], username: commune, api_key: k, from: JAMA}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, true, none)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.USSD) != 1 || c.USSD["passerelle"].Septets != 160 || len(c.SMS) != 1 {
		t.Errorf("channels: %+v %+v", c.USSD, c.SMS)
	}
	if ch := c.SMS["africastalking"]; ch.API != "" || ch.Rate != 20 || ch.From != "JAMA" {
		t.Errorf("texts: %+v", ch)
	}
}

// Every field that is described can be set by the variable named beside it.
func TestEnvironmentLists(t *testing.T) {
	env := map[string]string{"JAMAKAN_SMS_AFRICASTALKING_BACKOFF": "1s,2m", "JAMAKAN_SMS_AFRICASTALKING_QUIET": "21,6", "JAMAKAN_SMS_AFRICASTALKING_RATE": "2.5"}
	c, err := Load("none.yaml", false, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	ch := c.SMS["africastalking"]
	if len(ch.Backoff) != 2 || ch.Backoff[1] != 2*time.Minute || ch.Quiet[0] != 21 || ch.Rate != 2.5 {
		t.Errorf("%+v", ch)
	}
	env["JAMAKAN_SMS_AFRICASTALKING_BACKOFF"] = "soon"
	if _, err := Load("none.yaml", false, func(name string) string { return env[name] }); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestUnknownFieldIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("listn: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file, true, none)
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "listn") || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v, want the field and its line", err)
	}
}

// TestAFileThatIsNotRead: the mend is another for who may not read it than for
// who mistyped its name.
func TestAFileThatIsNotRead(t *testing.T) {
	for err, mend := range map[error]string{fs.ErrPermission: "run it with sudo", fs.ErrNotExist: "give an existing file to --config"} {
		if said := unread(&fs.PathError{Op: "open", Path: "config.yaml", Err: err}); !errors.Is(said, ErrInvalid) || !strings.Contains(said.Error(), mend) {
			t.Errorf("%v: %v", err, said)
		}
	}
}
