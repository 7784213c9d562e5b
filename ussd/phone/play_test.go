package phone_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/ussd/phone"
)

// conversation has every verb.
const conversation = `# Two phones, and all that networks do.
> *384*55#
CON []
> 1
CON [1]

# The second phone has its own call.
phone +22376000002
> *384*55*7#
CON [7]
phone +22376000001
>
CON [1*]
retry
CON [1*]
late 2
CON []
hangup
wait 6m
crash
lang bm
redial
CON []
> 9
END [9]
> *384*55#
CON []
`

// stage notes what it is asked.
func stage(notes *[]string) phone.Stage {
	note := func(s string) error { *notes = append(*notes, s); return nil }
	return phone.Stage{
		Wait:  func(_ context.Context, d time.Duration) error { return note(d.String()) },
		Crash: func(context.Context) error { return note("crash") },
		Lang:  func(_ context.Context, tag string) error { return note(tag) },
	}
}

func TestPlay(t *testing.T) {
	var notes []string
	got, err := stage(&notes).Play(t.Context(), serve(t).handset(t), conversation)
	if err != nil || got != conversation {
		t.Errorf("got %v and:\n%s\nwant:\n%s", err, got, conversation)
	}
	if want := []string{"6m0s", "crash", "bm"}; !slices.Equal(notes, want) {
		t.Errorf("got %q, want %q", notes, want)
	}
}

// What the file says was answered has no part in what is answered.
func TestPlayAsksAnew(t *testing.T) {
	script := "> *384*55#\r\nEND old\n\n9 lines\n\n> 1\nretry the call\nlate\n> 9"
	want := "> *384*55#\nCON []\n\n> 1\nCON [1]\n> 9\nEND [1*9]\n"
	if got, err := phone.Play(t.Context(), serve(t).handset(t), script); err != nil || got != want {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
}

func TestPlayKeepsCallsApart(t *testing.T) {
	g := serve(t)
	var notes []string
	if _, err := stage(&notes).Play(t.Context(), g.handset(t), conversation); err != nil {
		t.Fatal(err)
	}
	callers := map[string]string{}
	for _, turn := range g.turns {
		if c := callers[turn.Session]; c != "" && c != turn.Number {
			t.Errorf("session %s has two callers", turn.Session)
		}
		callers[turn.Session] = turn.Number
	}
	if len(callers) != 4 {
		t.Errorf("got %d calls, want 4", len(callers))
	}
}

func TestPlayRefuses(t *testing.T) {
	for script, want := range map[string]struct {
		line string
		err  error
	}{
		"> 1":                          {"line 1", phone.ErrScript},
		"\n\nredial":                   {"line 3", phone.ErrScript},
		"retry":                        {"line 1", phone.ErrNoCall},
		"> *384*55#\nlate x":           {"line 2", phone.ErrScript},
		"> *384*55#\nlate 1":           {"line 2", phone.ErrNoPost},
		"wait 6m":                      {"line 1", phone.ErrScript},
		"crash":                        {"line 1", phone.ErrScript},
		"lang bm":                      {"line 1", phone.ErrScript},
		"> *384*55#\nhangup\n> 1":      {"line 3", phone.ErrScript},
		"> *384*55#\nCON []\n> 9\n> 1": {"line 4", phone.ErrScript},
	} {
		_, err := phone.Play(t.Context(), serve(t).handset(t), script)
		if !errors.Is(err, want.err) || !strings.HasPrefix(err.Error(), want.line+":") {
			t.Errorf("%q: got %v, want %v at %s", script, err, want.err, want.line)
		}
	}
	var notes []string
	if _, err := stage(&notes).Play(t.Context(), serve(t).handset(t), "wait long"); !errors.Is(err, phone.ErrScript) {
		t.Errorf("got %v, want ErrScript", err)
	}
}

// A screen that would be read back as a command is told, not written.
func TestPlayRefusesAnAnswerLikeACommand(t *testing.T) {
	for _, answer := range []string{"CON x\n> 1", "CON x\nretry", "CON x\n# 1"} {
		p, err := phone.New(phone.Config{URL: answering(t, 200, nil, answer), Number: number, Code: "*384*55#"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := phone.Play(t.Context(), p, "> *384*55#"); !errors.Is(err, phone.ErrScript) {
			t.Errorf("%q: got %v, want ErrScript", answer, err)
		}
	}
}

// Playing what was played changes nothing, whatever was written.
func FuzzPlay(f *testing.F) {
	for _, s := range []string{conversation, "> *384*55#\n> 1\n", "#\n\n\n>", "late 2 2\nphone \n> *1#\r\n\r\nlate 0"} {
		f.Add(s)
	}
	// The gateway takes anything, as the scripts do.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "CON %q\n", r.PostFormValue("text"))
	}))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, script string) {
		play := func(script string) (string, error) {
			p, err := phone.New(phone.Config{URL: server.URL, Number: number, Code: "*384*55#", HTTP: server.Client()})
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			return stage(&notes).Play(t.Context(), p, script)
		}
		once, err := play(script)
		if err != nil {
			return
		}
		if twice, err := play(once); err != nil || twice != once {
			t.Errorf("got %q and %v, want %q", twice, err, once)
		}
	})
}
