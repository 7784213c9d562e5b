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
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/jamakan/jamakan/civic"
	smsgeneric "github.com/jamakan/jamakan/sms/generic"
	"github.com/jamakan/jamakan/store"
	ussdgeneric "github.com/jamakan/jamakan/ussd/generic"
)

// Config is the whole configuration. Field comments in tags are what
// `jamakan config describe` prints.
type Config struct {
	Listen string `yaml:"listen" doc:"address of the callbacks listener: what the provider calls"`
	Desk   string `yaml:"desk" doc:"address of the desk listener: pages for people; keep it on loopback or behind a proxy with TLS"`
	TLS    TLS    `yaml:"tls" doc:"certificates of the two listeners, read again when they change; empty: no TLS here"`
	// BehindProxy says that a proxy with TLS stands before the listeners.
	BehindProxy bool     `yaml:"behind_proxy" doc:"a proxy with TLS stands before the listeners: without this or a certificate the desk is served on loopback only, and callbacks there or on a private address"`
	Proxies     []string `yaml:"proxies" doc:"addresses or networks of proxies of yours, like 127.0.0.1/32: only their X-Forwarded-For is believed"`
	Metrics     string   `yaml:"metrics_token" doc:"token that lets another machine read /metrics on the desk listener, in clear or as sha256:...; empty: this machine only"`
	Data        string   `yaml:"data" doc:"folder of the database and of the control socket"`
	KeyFile     string   `yaml:"key_file" doc:"file of the master key, mode 0600, outside the data folder; empty: JAMAKAN_KEY in the environment, or, in the demonstration only, data/demo.key"`
	Demo        bool     `yaml:"demo" doc:"load the fictive commune when the database is empty, and show the simulated phone"`

	Language  string `yaml:"language" doc:"language of sentences said before the caller has chosen one"`
	Locales   string `yaml:"locales" doc:"folder of more languages (active.<tag>.toml); empty: the built-in ones"`
	Free      bool   `yaml:"free" doc:"screens say that the call is free: only where the operator really charges nothing"`
	ReplyDays int    `yaml:"reply_days" doc:"screens promise an answer to an opinion within that many days; 0: they promise nothing"`
	Ask       Ask    `yaml:"ask" doc:"sensitive questions, by USSD, after the first vote: replies are counted apart, by 10 and more, and of nobody (docs/security.md); declare them to the APDP first"`
	ShortCode string `yaml:"short_code" doc:"SMS number named in help; empty: none is named"`

	USSD     map[string]Channel     `yaml:"ussd" doc:"USSD channels by provider: africastalking, or a name of yours with codec: generic"`
	SMS      map[string]TextChannel `yaml:"sms" doc:"SMS channels by provider: africastalking, or a name of yours with codec: generic; {}: no SMS"`
	Monday   Monday                 `yaml:"monday" doc:"every Monday at 6:00, Africa/Bamako: the files of the week that ended; a Monday on which the machine was off is made up"`
	Mail     Mail                   `yaml:"mail" doc:"mail server that the Monday files leave by, to the coordinators who gave an address; empty host: none"`
	Backup   Backup                 `yaml:"backup" doc:"copies of the database, made and verified while the gateway runs; jamakan backup makes one at once"`
	Contact  string                 `yaml:"contact" doc:"line printed on the wall sheet: whom to ask, and where; empty: none"`
	Sandbox  string                 `yaml:"sandbox" doc:"address of the built-in stand-in for an SMS provider, in the demonstration only; empty: none"`
	Limits   Limits                 `yaml:"limits" doc:"what one number may do, and one provider"`
	Store    Store                  `yaml:"store" doc:"the embedded database"`
	Keep     Retention              `yaml:"retention" doc:"how long what is known of people is kept; the journal and what is counted are kept for good"`
	LogLevel string                 `yaml:"log_level" doc:"debug, info, warn or error; no level shows a phone number"`
	Grace    time.Duration          `yaml:"grace" doc:"how long a stop waits for what was accepted"`
}

// Ask are the questions that could harm who answers them.
type Ask struct {
	Disability bool `yaml:"disability" doc:"ask whether it is hard to see, hear or walk"`
	Displaced  bool `yaml:"displaced" doc:"ask whether the village was fled because of the conflict"`
}

// Questions are those that are asked.
func (a Ask) Questions() []civic.ApartQuestion {
	var all []civic.ApartQuestion
	if a.Disability {
		all = append(all, civic.AboutDisability)
	}
	if a.Displaced {
		all = append(all, civic.AboutDisplacement)
	}
	return all
}

// TLS are the certificates of the listeners.
type TLS struct {
	Cert     string `yaml:"cert" doc:"file of the callbacks listener's certificate and its chain, PEM"`
	Key      string `yaml:"key" doc:"file of its key, readable by this program alone"`
	DeskCert string `yaml:"desk_cert" doc:"the same, of the desk listener"`
	DeskKey  string `yaml:"desk_key" doc:"file of its key"`
}

// Channel is one provider's USSD channel.
type Channel struct {
	Codec    string   `yaml:"codec" doc:"how the provider speaks: africastalking or generic; empty: the channel's own name"`
	Tokens   []string `yaml:"tokens" doc:"secret last part of the callback address, 22 characters or more, in clear or as sha256:... (jamakan config token makes one); two at most, during a change"`
	Networks []string `yaml:"networks" doc:"addresses or networks that callbacks may come from, like 203.0.113.0/24; empty: any"`
	Codes    []string `yaml:"codes" doc:"service codes in service, as dialled"`
	Spelling string   `yaml:"spelling" doc:"gsm7 (è ò ny ng), ascii (no accents) or ucs2 (ɛ ɔ ɲ ŋ)"`
	Septets  int      `yaml:"septets" doc:"longest screen in GSM-7, septets"`
	UCS2     int      `yaml:"ucs2" doc:"longest screen in UCS-2, 16-bit units"`
	// Generic is described apart: most channels don't need it.
	Generic ussdgeneric.Config `yaml:"generic"`
}

// TextChannel is one provider's SMS channel.
type TextChannel struct {
	Tokens   []string          `yaml:"tokens" doc:"secret part of the callback addresses, 22 characters or more, in clear or as sha256:... (jamakan config token makes one); two at most, during a change"`
	Networks []string          `yaml:"networks" doc:"addresses or networks that callbacks may come from, like 203.0.113.0/24; empty: any"`
	Codec    string            `yaml:"codec" doc:"how the provider speaks: africastalking or generic; empty: the channel's own name"`
	Username string            `yaml:"username" doc:"account at the provider"`
	APIKey   string            `yaml:"api_key" doc:"its key; better given by the environment"`
	From     string            `yaml:"from" doc:"sender name or short code of messages; empty: the provider's choice"`
	API      string            `yaml:"api" doc:"address of the provider's API, https; empty: the provider's own; sandbox: the built-in stand-in"`
	Spelling string            `yaml:"spelling" doc:"gsm7 (è ò ny ng, 160 letters a segment), ascii (no accents) or ucs2 (ɛ ɔ ɲ ŋ, 70 letters a segment)"`
	Rate     float64           `yaml:"rate" doc:"segments handed over per second, at most; 0: no limit"`
	Parallel int               `yaml:"parallel" doc:"requests under way at once"`
	Budget   string            `yaml:"budget" doc:"what a month may cost, like XOF 50000: spent, messages to many stop, answers and receipts don't; empty: no limit"`
	Price    string            `yaml:"price" doc:"what one SMS costs, like XOF 25, for the dry run of a message to many before the provider has said a price; empty: not known"`
	Quiet    []int             `yaml:"quiet" doc:"hours of the day (Mali) between which messages to many wait; empty: never"`
	Generic  smsgeneric.Config `yaml:"generic"`
	Backoff  []time.Duration   `yaml:"backoff" doc:"waits before a message that certainly was not taken is tried again; empty: 1m to 12h"`
}

// Monday is the work of Monday morning.
type Monday struct {
	Folder string `yaml:"folder" doc:"folder that gets one folder a week, for the public and for the coordination; empty: exports in the data folder; none: no files"`
}

// Mail is the mail server.
type Mail struct {
	Host     string `yaml:"host" doc:"name of the server"`
	Port     int    `yaml:"port" doc:"587 for starttls, 465 for tls"`
	User     string `yaml:"user" doc:"its log-in; empty: none"`
	Password string `yaml:"password" doc:"better given by the environment"`
	From     string `yaml:"from" doc:"address that the mails come from"`
	TLS      string `yaml:"tls" doc:"starttls, tls, or none for a server on this machine"`
}

// Backup is when and where copies of the database are made.
type Backup struct {
	Folder  string        `yaml:"folder" doc:"folder that gets them, on another disk than the data; it must exist; empty: none are made by the clock"`
	Every   time.Duration `yaml:"every" doc:"how often one is made"`
	Daily   int           `yaml:"daily" doc:"of how many days the last one is kept"`
	Weekly  int           `yaml:"weekly" doc:"of how many weeks the last one is kept; the newest of all always is"`
	To      []string      `yaml:"to" doc:"public keys of age that they are encrypted to (age1...), those made by hand too; empty: not encrypted"`
	Scratch string        `yaml:"scratch" doc:"folder for the copy that is verified first, not encrypted, as large as the database and soon gone; empty: the data folder"`
}

// Limits bound what one number may do, and one provider.
type Limits struct {
	Dials   int           `yaml:"dials" doc:"calls one number may start within the window; 0: no limit"`
	Texts   int           `yaml:"texts" doc:"texts of one number that are read within the window; more are kept sealed for 30 days, unread, but for STOP and EFFACER; 0: no limit"`
	Ballots int           `yaml:"ballots" doc:"ballots one number may record within the window, by calls and texts together; 0: no limit"`
	Window  time.Duration `yaml:"window" doc:"the window of these counts"`

	ProviderDials   int `yaml:"provider_dials" doc:"calls one provider may start within a minute; more are told to try later; 0: no limit"`
	ProviderTexts   int `yaml:"provider_texts" doc:"texts one provider may deliver within a minute; more are answered 503, to be delivered again; 0: no limit"`
	ProviderBallots int `yaml:"provider_ballots" doc:"ballots by one provider within a minute; 0: no limit"`

	Connections int `yaml:"connections" doc:"connections that the callbacks listener holds, and a tenth of it the desk's; when there are more, those that wait longest without asking anything are closed; fewer, if the system allows fewer open files; 0: as many as it allows"`
}

// Store is the embedded database.
type Store struct {
	MaxSize string `yaml:"max_size" doc:"most the database may grow to (10GB, 500MB): votes are refused, clearly, before the disk is full; empty: no limit"`
	Reserve string `yaml:"reserve" doc:"room kept free on the disk to close weeks, keep the journal and restore order: below it votes are refused, clearly, and /readyz says so; it warns from four times as much"`
	Mmap    string `yaml:"mmap" doc:"address space reserved for the file, so that growing never waits for a reader; costs no memory"`
}

// Retention is how long what is known of people is kept.
type Retention struct {
	Profiles int `yaml:"profiles_months" doc:"a number that was silent so long is forgotten: profile and sealed number; its ballots stay counted"`
	Contacts int `yaml:"contacts_days" doc:"days that a sealed number is kept after the last answer, when its owner does not want news"`
	Texts    int `yaml:"texts_months" doc:"months that a citizen's text is kept after its answer or closing; it stays counted"`
	Strays   int `yaml:"strays_days" doc:"days that callbacks which are nobody's text are kept, sealed"`
}

// Default is the configuration of a fresh clone.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Desk: "127.0.0.1:8081", Data: "data", Demo: true,
		Language: "fr", ShortCode: demoShortCode,
		USSD:    map[string]Channel{"africastalking": defaultCalls("demo")},
		SMS:     map[string]TextChannel{"africastalking": demoTexts()},
		Sandbox: "127.0.0.1:8082",
		Mail:    Mail{Port: 587, TLS: "starttls"},
		Backup:  Backup{Every: 24 * time.Hour, Daily: 7, Weekly: 8},
		Limits: Limits{
			Dials: 60, Texts: 60, Ballots: 30, Window: 10 * time.Minute,
			ProviderDials: 60_000, ProviderTexts: 30_000, ProviderBallots: 60_000,
			Connections: 10_000,
		},
		Store:    Store{Mmap: "4GB", Reserve: "64MB"},
		Keep:     Retention(store.DefaultRetention()),
		LogLevel: "info", Grace: 10 * time.Second,
	}
}

// defaultCalls is a USSD channel before its configuration is read.
func defaultCalls(tokens ...string) Channel {
	return Channel{Tokens: tokens, Codes: []string{"*384*55#"}, Spelling: "gsm7", Septets: 160, UCS2: 70, Generic: ussdgeneric.Default()}
}

// defaultTexts is an SMS channel before its configuration is read.
func defaultTexts(tokens ...string) TextChannel {
	return TextChannel{Tokens: tokens, Spelling: "gsm7", Rate: 20, Parallel: 4, Quiet: []int{20, 7}, Generic: smsgeneric.Default()}
}

// demoTexts is the demonstration's SMS channel, to the built-in stand-in.
func demoTexts() TextChannel {
	ch := defaultTexts("demo")
	ch.Username, ch.APIKey, ch.API = "sandbox", "sandbox", "sandbox"
	return ch
}

// demoShortCode is the number of the demonstration's SMS channel.
const demoShortCode = "36055"

// InService drops what only the demonstration has: its SMS channel, and the
// short code nobody can text.
func (c *Config) InService() {
	if c.Demo {
		return
	}
	c.Sandbox = ""
	for name, ch := range c.SMS {
		if reflect.DeepEqual(ch, demoTexts()) {
			delete(c.SMS, name)
		}
	}
	if len(c.SMS) == 0 && c.ShortCode == demoShortCode {
		c.ShortCode = ""
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
		return c, unread(err)
	}
	secrets := c.secrets() // of the file: what the environment gives is not in it
	if err := fromEnvironment(&c, getenv); err != nil {
		return c, err
	}
	c.InService()
	if err := c.Check(); err != nil {
		return c, err
	}
	return c, c.closed(path, secrets)
}

func decode(data []byte, c *Config) error {
	// A file that names channels names all of them; each begins as the default.
	var named struct {
		USSD map[string]yaml.Node
		SMS  map[string]yaml.Node
	}
	if err := yaml.Unmarshal(data, &named); err != nil {
		return told(err)
	}
	ussd, sms := c.USSD, c.SMS
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return told(err)
	}
	c.USSD, c.SMS = ussd, sms
	if named.USSD != nil {
		c.USSD = map[string]Channel{}
		for name, node := range named.USSD {
			ch := defaultCalls("demo")
			if err := node.Decode(&ch); err != nil {
				return told(err)
			}
			c.USSD[name] = ch
		}
	}
	if named.SMS != nil {
		c.SMS = map[string]TextChannel{}
		for name, node := range named.SMS {
			ch := defaultTexts("demo")
			if err := node.Decode(&ch); err != nil {
				return told(err)
			}
			c.SMS[name] = ch
		}
	}
	return nil
}

func told(err error) error {
	return fmt.Errorf("%s; `jamakan config describe` lists every field", strings.ReplaceAll(err.Error(), "\n", ";"))
}

// unread says why the file was not read, and what mends that.
func unread(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w; run it with sudo: as root, or as the service's user", ErrInvalid, err)
	}
	return fmt.Errorf("%w: %w; give an existing file to --config", ErrInvalid, err)
}
