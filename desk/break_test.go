package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// Who finds a browser open must not set up a second step of her own.
func TestSecondStepAsksForThePassword(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "moussa").Get("/compte")
	secret := "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	code, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	v.Post("/compte/double", url.Values{"secret": {secret}, "code": {code}})
	a, err := s.Book.Account(t.Context(), "moussa")
	if err != nil || a.TOTP != "" {
		t.Errorf("a second step was set without the password (%v)", err)
	}
}

// Who finds a browser open guesses no better than at the door.
func TestGuessesInsideASession(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "moussa")
	for range 5 {
		v.Get("/compte").Post("/compte/mot-de-passe", url.Values{"present": {"fausse"}, "password": {"abcdefgh12345"}, "again": {"abcdefgh12345"}}).Is(http.StatusUnprocessableEntity).Hides("minute")
	}
	v.Get("/compte").Post("/compte/mot-de-passe", url.Values{"present": {"fausse"}}).Is(http.StatusUnprocessableEntity).Shows("minute")
	v.Get("/compte").Post("/compte/double", url.Values{"present": {"fausse"}}).Is(http.StatusUnprocessableEntity).Shows("minute")
}

// Guesses sent at once count as guesses.
func TestGuessesAtOnce(t *testing.T) {
	s := serve(t, false)
	var judged atomic.Int64
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			res, err := http.PostForm(s.URL+"/login", url.Values{"login": {"awa"}, "password": {fmt.Sprint("fausse ", i)}})
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			if res.StatusCode == http.StatusUnprocessableEntity {
				judged.Add(1)
			}
		})
	}
	all.Wait()
	if n := judged.Load(); n > 9 { // 5, and those under way
		t.Errorf("%d passwords of one login were judged, 5 free", n)
	}
}

// Behind a proxy everybody has its address: a stranger's failures must not
// close the desk to those who know their password.
func TestStrangersDoNotCloseTheDesk(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "")
	for i := range 51 {
		v.Post("/login", url.Values{"login": {fmt.Sprint("personne", i)}, "password": {"x"}})
	}
	if v.Post("/login", url.Values{"login": {"awa"}, "password": {password}}); v.Status == http.StatusTooManyRequests {
		t.Error("awa, with her password, has to wait for what strangers did: ", v.Header.Get("Retry-After"))
	}
	lines := 0
	if err := s.Book.Journal(context.Background(), 0, func(e store.Entry) bool {
		if e.What == "login.failed" {
			lines++
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if lines == 0 || lines > 6 {
		t.Errorf("%d lines in a journal that is kept for good, of 51 tries", lines)
	}
}

// Who is not logged in has no file to bring.
func TestALargeFormOfAStranger(t *testing.T) {
	s := serve(t, false)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, _ := w.CreateFormField("login")
	_, _ = io.Copy(f, strings.NewReader(strings.Repeat("a", 5<<20)))
	w.Close()
	res, err := http.Post(s.URL+"/login", w.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n, _ := io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("5 MiB from a stranger: %d and a page of %d bytes, want 413", res.StatusCode, n)
	}
}

// A correction sent twice is one line: it can never be taken back.
func TestACorrectionSentTwice(t *testing.T) {
	s := serve(t, false, func(c *desk.Config) {
		c.Files = func(context.Context, export.Options) ([]export.File, error) { return nil, nil }
		c.FileNames = func(context.Context, export.Options) ([]string, error) { return nil, nil }
	})
	s.Clock.Wait(14 * 24 * time.Hour)
	v := s.visit(t, "awa").Get("/journal")
	week := weekBefore(s)
	form := url.Values{"commune": {""}, "text": {"La radio a donné un mauvais code."}}
	v.Post("/exports/"+week.String()+"/rectifier", form)
	v.Post("/exports/"+week.String()+"/rectifier", form)
	lines, err := s.Book.Corrections(t.Context(), week)
	if err != nil || len(lines) != 1 {
		t.Errorf("%d lines, want 1 (%v)", len(lines), err)
	}
}

func weekBefore(s *stage) civic.Week { return civic.WeekOf(s.Clock.Now()).Prev() }
