// Package config is what an operator may decide: one file, config.yaml, with
// a default for everything, each value overridable from the environment.
//
// It promises that the defaults start a demonstration on loopback at once,
// and that what would be unsafe elsewhere (a short token, the demonstration
// on a public address) is refused with what to do instead. It holds no
// secret: the file names where secrets are.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is the whole configuration. Field comments in tags are what
// `jamakan config describe` prints.
type Config struct {
	Listen  string `yaml:"listen" doc:"address of the callbacks listener: what the provider calls"`
	Desk    string `yaml:"desk" doc:"address of the desk listener: pages for people; keep it on loopback or behind a proxy with TLS"`
	Data    string `yaml:"data" doc:"folder of the database and of the control socket"`
	KeyFile string `yaml:"key_file" doc:"file of the master key, mode 0600, outside the data folder; empty: JAMAKAN_KEY in the environment, or, in the demonstration only, data/demo.key"`
	Demo    bool   `yaml:"demo" doc:"load the fictive commune when the database is empty, and show the simulated phone"`

	Language  string `yaml:"language" doc:"language of sentences said before the caller has chosen one"`
	Locales   string `yaml:"locales" doc:"folder of more languages (active.<tag>.toml); empty: the built-in ones"`
	Free      bool   `yaml:"free" doc:"screens say that the call is free: only where the operator really charges nothing"`
	ReplyDays int    `yaml:"reply_days" doc:"screens promise an answer to an opinion within that many days; 0: they promise nothing"`
	ShortCode string `yaml:"short_code" doc:"SMS number named in help; empty: none is named"`

	USSD     map[string]Channel `yaml:"ussd" doc:"USSD channels by provider: africastalking"`
	Limits   Limits             `yaml:"limits" doc:"what one number may do"`
	Store    Store              `yaml:"store" doc:"the embedded database"`
	LogLevel string             `yaml:"log_level" doc:"debug, info, warn or error; no level shows a phone number"`
	Grace    time.Duration      `yaml:"grace" doc:"how long a stop waits for what was accepted"`
}

// Channel is one provider's USSD channel.
type Channel struct {
	Tokens   []string `yaml:"tokens" doc:"secret last part of the callback address, 22 characters or more; two are valid during a change"`
	Codes    []string `yaml:"codes" doc:"service codes in service, as dialled"`
	Spelling string   `yaml:"spelling" doc:"gsm7 (è ò ny ng), ascii (no accents) or ucs2 (ɛ ɔ ɲ ŋ)"`
	Septets  int      `yaml:"septets" doc:"longest screen in GSM-7, septets"`
	UCS2     int      `yaml:"ucs2" doc:"longest screen in UCS-2, 16-bit units"`
}

// Limits bound what one number may do.
type Limits struct {
	Dials  int           `yaml:"dials" doc:"calls one number may start within the window; 0: no limit"`
	Window time.Duration `yaml:"window" doc:"the window of that count"`
}

// Store is the embedded database.
type Store struct {
	MaxSize string `yaml:"max_size" doc:"most the database may grow to (10GB, 500MB): votes are refused, clearly, before the disk is full; empty: no limit"`
	Mmap    string `yaml:"mmap" doc:"address space reserved for the file, so that growing never waits for a reader; costs no memory"`
}

// Default is the configuration of a fresh clone.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Desk: "127.0.0.1:8081", Data: "data", Demo: true,
		Language: "fr",
		USSD: map[string]Channel{"africastalking": {
			Tokens: []string{"demo"}, Codes: []string{"*384*55#"}, Spelling: "gsm7", Septets: 160, UCS2: 70,
		}},
		Limits:   Limits{Dials: 60, Window: 10 * time.Minute},
		Store:    Store{Mmap: "4GB"},
		LogLevel: "info", Grace: 10 * time.Second,
	}
}

// ErrInvalid is a configuration that can't be used; the message says what to
// write instead.
var ErrInvalid = errors.New("configuration can't be used")

// Load reads a file over the defaults, then the environment over both. A
// missing file is an error only when it was asked for by name.
func Load(path string, asked bool, getenv func(string) string) (Config, error) {
	c := Default()
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := decode(data, &c); err != nil {
			return c, fmt.Errorf("%w: %s: %w", ErrInvalid, path, err)
		}
	case errors.Is(err, fs.ErrNotExist) && !asked:
	default:
		return c, fmt.Errorf("%w: %w; give an existing file to --config", ErrInvalid, err)
	}
	if err := fromEnvironment(&c, getenv); err != nil {
		return c, err
	}
	return c, c.Check()
}

func decode(data []byte, c *Config) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && err.Error() != "EOF" {
		return fmt.Errorf("%s; `jamakan config describe` lists every field", strings.ReplaceAll(err.Error(), "\n", ";"))
	}
	return nil
}
