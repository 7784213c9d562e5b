package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/ussd/phone"
)

type dialVerb struct {
	Number string `arg:"" optional:"" default:"+22376000001" help:"The phone's number."`
	URL    string `name:"url" help:"Callback address of the gateway, with its token. Empty: the one of the configuration." placeholder:"URL"`
	Keys   string `help:"Inputs to send one after the other, separated by commas; each screen is printed." placeholder:"1,3,1"`
	Script string `help:"A conversation file (.call) to play and compare." placeholder:"FILE"`
	Code   string `help:"Code to dial, with an extension if wanted: *384*55*1#. Empty: the one of the configuration." placeholder:"CODE"`
}

// Run is a phone in the terminal, speaking the provider's wire format.
func (v dialVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	handset, direct, err := v.handset(cfg)
	if err != nil {
		return err
	}
	switch {
	case v.Script != "":
		return playScript(ctx, handset, v.Script, w)
	case v.Keys != "":
		return pressKeys(ctx, handset, direct, strings.Split(v.Keys, ","), w)
	default:
		return talk(ctx, handset, direct, w)
	}
}

// handset makes the phone, and what follows the code when one is dialled with
// an extension.
func (v dialVerb) handset(cfg config.Config) (*phone.Phone, string, error) {
	provider, ch, err := phoneChannel(cfg)
	if err != nil {
		return nil, "", err
	}
	url, code, direct := v.URL, ch.Codes[0], ""
	if url == "" {
		url = callbackURL("http://"+cfg.Listen, provider, ch.Tokens[0])
	}
	if v.Code != "" {
		rest, ok := strings.CutPrefix(v.Code, strings.TrimSuffix(code, "#")+"*")
		if v.Code != code && !ok {
			code = v.Code
		}
		direct = strings.TrimSuffix(rest, "#")
		if !ok {
			direct = ""
		}
	}
	p, err := phone.New(phone.Config{URL: url, Number: v.Number, Code: code})
	return p, direct, err
}

// pressKeys dials, sends each input, and prints each screen as the phone
// shows it.
func pressKeys(ctx context.Context, p *phone.Phone, direct string, keys []string, w world) error {
	s, err := p.Dial(ctx, direct)
	for _, key := range keys {
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stdout, "%s\n\n> %s\n", s.Raw, key)
		if s.End {
			return fmt.Errorf("%w: the call ended before the key %q", errUse, key)
		}
		s, err = p.Send(ctx, key)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, s.Raw)
	return err
}

// talk is the interactive phone.
func talk(ctx context.Context, p *phone.Phone, direct string, w world) error {
	s, err := p.Dial(ctx, direct)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(w.stdin)
	for {
		fmt.Fprintf(w.stdout, "\n%s\n%s\n%s\n", rule(s), s.Text, strings.Repeat("-", 24))
		if s.End {
			fmt.Fprint(w.stdout, "(l'appel est fini ; Entrée pour rappeler, q pour partir) ")
		} else {
			fmt.Fprint(w.stdout, "> ")
		}
		if !lines.Scan() {
			fmt.Fprintln(w.stdout)
			return lines.Err()
		}
		switch input := lines.Text(); {
		case s.End && strings.TrimSpace(input) == "q":
			return nil
		case s.End:
			s, err = p.Dial(ctx, "")
		default:
			s, err = p.Send(ctx, input)
		}
		if err != nil {
			return err
		}
	}
}

// rule is the line above a screen: what it weighs.
func rule(s phone.Screen) string {
	return fmt.Sprintf("---- %d septets ", s.Septets) + strings.Repeat("-", 8)
}

// playScript plays a conversation file against the running gateway and
// compares what is answered.
func playScript(ctx context.Context, p *phone.Phone, name string, w world) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%w: %w; give a .call file", errUse, err)
	}
	got, err := phone.Play(ctx, p, string(data))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w.stdout, got); err != nil {
		return err
	}
	if got != string(data) {
		return errors.New("the conversation differs from the file: compare what was printed with it")
	}
	return nil
}
