package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
)

// inProcess serves a demonstration in this process, on free ports.
func inProcess(t *testing.T) (*servers, string) {
	t.Helper()
	cfg := config.Default()
	cfg.Listen, cfg.Desk, cfg.Sandbox, cfg.Data = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", t.TempDir()
	w := world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }}
	ctx, stop := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(ctx, cfg, w, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServers(ctx, h, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.listen(cfg); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx, time.Second) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, cfg.Data
}

// arrives waits until the last message on a phone holds some words.
func arrives(t *testing.T, s *servers, number, words string) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.After(20 * time.Second); ; {
		for _, l := range s.texts.stand.Thread(number) {
			if !l.Mine && strings.Contains(l.Text, words) {
				return
			}
		}
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("%q does not arrive: %+v", words, s.texts.stand.Thread(number))
		}
	}
}

// surfer is a browser without a screen.
type surfer struct {
	t      *testing.T
	base   string
	client *http.Client
	page   string
}

func (b *surfer) get(path string) string {
	b.t.Helper()
	return b.read(b.client.Get(b.base + path))
}

func (b *surfer) post(path string, form url.Values) string {
	b.t.Helper()
	if m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(b.page); m != nil {
		form.Set("csrf", m[1])
	}
	return b.read(b.client.PostForm(b.base+path, form))
}

func (b *surfer) read(res *http.Response, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %d %v\n%s", res.Request.URL, res.StatusCode, err, body)
	}
	b.page = string(body)
	return b.page
}

func (b *surfer) field(name string) string {
	b.t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(b.page)
	if m == nil {
		b.t.Fatalf("no field %s in %s", name, b.page)
	}
	return m[1]
}

// The whole way: a phone texts an opinion, a coordinator reads it at the desk
// and answers, the answer leaves by the provider, arrives on the phone, and is
// reported at the desk; the reference then says that it is answered.
func TestAnAnswerArrivesOnThePhone(t *testing.T) {
	s, data := inProcess(t)
	const number = "+22376000002"
	for _, words := range []string{"KOMINI Jamadugu", "STOP", "hakilina: ji tɛ an fɛ"} {
		before := len(s.texts.stand.Thread(number))
		s.texts.stand.Text(number, words)
		arrivesAfter(t, s, number, before+1)
	}
	page, err := s.house.book.Inbox(context.Background(), store.Filter{})
	if err != nil || len(page.Texts) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	ref := page.Texts[0].Reference

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &surfer{t: t, base: "http://" + s.onDesk.Addr().String(), client: &http.Client{Jar: jar}}
	b.get("/premier")
	b.post("/premier", url.Values{"login": {"awa"}, "password": {"trois chèvres bleues"}, "again": {"trois chèvres bleues"}})
	if list := b.get("/textes"); !strings.Contains(list, ref) || !strings.Contains(list, "ji tɛ an fɛ") {
		t.Fatalf("the list: %s", list)
	}
	b.get("/textes/" + ref)
	form := url.Values{"form": {b.field("form")}, "langue": {"bm"}, "texte": {"An bɛna pɔnpe dilan."}, "faire": {"compter"}}
	b.post("/textes/"+ref+"/reponse", form)
	const spelled = "Jamadugu meri ka jaabi "
	if shown := spelled + ref + ": An bèna pònpe dilan."; !strings.Contains(b.page, shown) {
		t.Fatalf("no %q in %s", shown, b.page)
	}
	form.Set("faire", "envoyer")
	form.Set("vu", b.field("vu"))
	for range 2 {
		b.post("/textes/"+ref+"/reponse", form)
	}
	arrives(t, s, number, spelled+ref+": An bèna pònpe dilan.")
	n := 0
	for _, l := range s.texts.stand.Thread(number) {
		if strings.Contains(l.Text, "pònpe") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the answer arrived %d times", n)
	}
	delivered(t, b, ref)
	s.texts.stand.Text(number, "CODE "+ref)
	arrives(t, s, number, "meri ye jaabi ci")

	var out, errs bytes.Buffer
	w := world{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	if code := run(context.Background(), []string{"opinions", "--data", data}, w); code != 0 || !strings.Contains(out.String(), ref) || !strings.Contains(out.String(), "repondu") {
		t.Errorf("jamakan opinions: %d %s %s", code, &out, &errs)
	}
}

// delivered waits until the desk says that the SMS arrived.
func delivered(t *testing.T, b *surfer, ref string) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for end := time.After(20 * time.Second); ; {
		if strings.Contains(b.get("/textes/"+ref), "SMS arrivé") {
			return
		}
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("the desk does not say that it arrived: %s", b.page)
		}
	}
}

// arrivesAfter waits until a phone has more lines than before.
func arrivesAfter(t *testing.T, s *servers, number string, before int) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.After(20 * time.Second); len(s.texts.stand.Thread(number)) <= before; {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("no answer: %+v", s.texts.stand.Thread(number))
		}
	}
}

// What is around an answer follows its kind, and a channel's spelling.
func TestSpellAnswers(t *testing.T) {
	s, _ := inProcess(t)
	spell, err := spellAnswers(s.house.cfg, s.house.book)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		o        store.Opinion
		a        store.Answer
		want     string
		segments int
	}{
		{store.Opinion{Reference: "K7P4XY", Commune: "01019901"}, store.Answer{Text: "On vient.", Lang: "fr"}, "Mairie de Jamadugu, réponse K7P4XY : On vient.", 1},
		{store.Opinion{Reference: "K7P4XY"}, store.Answer{Text: "On vient.", Lang: "fr"}, "Réponse K7P4XY : On vient.", 1},
		{store.Opinion{Commune: "01019901"}, store.Answer{Text: "Il reste.", Lang: "fr", Verdict: store.True}, "VRAI : Il reste.", 1},
		{store.Opinion{Commune: "01019901"}, store.Answer{Text: "A bɛ yan.", Lang: "bm", Verdict: store.False}, "TINYE TE: A bè yan.", 1},
		{store.Opinion{}, store.Answer{Text: "x", Lang: "bm", Verdict: store.Unchecked}, "An b'a sègèsègè hali bi. Kana a fò mògò wèrè ye fòlò.", 1},
		{store.Opinion{Reference: "K7P4XY"}, store.Answer{Text: "x", Lang: "snk"}, "Réponse K7P4XY : x", 1},
		{store.Opinion{Reference: "K7P4XY"}, store.Answer{Text: strings.Repeat("a", 200), Lang: "fr"}, "Réponse K7P4XY : " + strings.Repeat("a", 200), 2},
	} {
		got, err := spell(tc.o, tc.a)
		if err != nil || len(got) != 1 || got[0].Text != tc.want || got[0].Segments != tc.segments || got[0].Provider != "africastalking" {
			t.Errorf("%+v: %+v %v", tc.a, got, err)
		}
	}
	none := s.house.cfg
	none.SMS = nil
	if spell, err := spellAnswers(none, s.house.book); err != nil || spell != nil {
		t.Errorf("without a channel: %v", err)
	}
}
