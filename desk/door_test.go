package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// closedPages are the pages behind the door, with the right each asks for.
func closedPages() map[string]civic.Right {
	return map[string]civic.Right{
		"/messages": civic.ReadDesk, "/journal": civic.ReadDesk, "/compte": civic.ReadDesk, "/comptes": civic.Accounts,
	}
}

func TestTheDoor(t *testing.T) {
	s := serve(t, false)
	for path, right := range closedPages() {
		s.visit(t, "").Get(path).Is(http.StatusOK).Shows("Se connecter")
		for login, role := range map[string]civic.Role{"awa": civic.Administrator, "moussa": civic.Coordinating, "fanta": civic.Observer} {
			want := http.StatusOK
			if !role.May(right) {
				want = http.StatusForbidden
			}
			s.visit(t, login).Get(path).Is(want)
		}
	}
	// Who tried an address that is not hers is in the journal.
	s.visit(t, "awa").Get("/journal?quoi=refused").Shows("fanta", "/comptes")
}

func TestAWrongPasswordSaysLittleAndThenWaits(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "")
	try := func(login, pass string) *visitor {
		return v.Post("/login", url.Values{"login": {login}, "password": {pass}})
	}
	try("awa", "autre chose").Is(http.StatusUnprocessableEntity)
	said := v.Page
	if try("personne", "autre chose"); strings.ReplaceAll(v.Page, "personne", "awa") != said {
		t.Error("the page tells which logins exist")
	}
	for range 4 {
		try("awa", "autre chose")
	}
	try("awa", password).Is(http.StatusTooManyRequests).Shows("Trop d")
	if v.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.visit(t, "moussa") // others are not slowed
	s.Clock.Wait(16 * time.Minute)
	if try("awa", password); v.Status != http.StatusOK || v.URL.Path != "/" {
		t.Errorf("after the wait: %d %s", v.Status, v.URL)
	}
}

func TestAFormWithoutItsToken(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "awa").Get("/comptes")
	form := url.Values{"login": {"intrus"}, "name": {"X"}, "role": {"administrateur"}}
	for _, token := range []string{"", "autre"} {
		form.Set("csrf", token)
		v.Post("/comptes", form).Is(http.StatusForbidden).Shows("trop vieux")
	}
	// Nor one that another session was given.
	other := s.visit(t, "awa").Get("/comptes")
	form.Set("csrf", tokenField.FindStringSubmatch(other.Page)[1])
	v.Post("/comptes", form).Is(http.StatusForbidden)
	v.Get("/comptes").Hides("intrus")
}

func TestASessionStolenOrReplayed(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "moussa").Get("/journal").Is(http.StatusOK)
	site, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := v.client.Jar.Cookies(site)
	use := func(agent string) int {
		req := request(t, http.MethodGet, s.URL+"/journal", nil)
		for _, c := range cookies {
			req.AddCookie(c)
		}
		if agent != "" {
			req.Header.Set("User-Agent", agent)
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := use(""); got != http.StatusOK {
		t.Fatalf("her own cookie: %d", got)
	}
	v.Post("/logout", url.Values{})
	if got := use(""); got != http.StatusSeeOther {
		t.Errorf("a cookie from before the log-out: %d, want to log in", got)
	}
	w := s.visit(t, "moussa")
	cookies = w.client.Jar.Cookies(site)
	if got := use("Another browser"); got != http.StatusSeeOther {
		t.Errorf("in another browser: %d", got)
	}
	if got := use(""); got != http.StatusSeeOther {
		t.Errorf("after it was seen in another browser: %d", got)
	}
	// Idle for two hours.
	w = s.visit(t, "moussa")
	s.Clock.Wait(2*time.Hour + time.Minute)
	w.Get("/journal").Shows("Mot de passe")
	// Closed by the administration.
	w = s.visit(t, "moussa")
	s.visit(t, "awa").Get("/comptes").Post("/comptes/moussa/fermer", url.Values{}).Shows("fermé")
	w.Get("/journal").Shows("Mot de passe")
}

func TestAnInvitationIsHowAPasswordIsChosen(t *testing.T) {
	s := serve(t, false)
	awa := s.visit(t, "awa").Get("/comptes")
	awa.Post("/comptes", url.Values{"login": {"kadi"}, "name": {"Kadi <b>"}, "role": {"coordinateur"}}).Is(http.StatusUnprocessableEntity).Shows("territoire")
	awa.Post("/comptes", url.Values{"login": {"kadi"}, "name": {"Kadi <b>"}, "role": {"coordinateur"}, "place": {"01019902"}}).Is(http.StatusOK).Shows("Kadi &lt;b&gt;", "/invitation/")
	_, link, _ := strings.Cut(awa.Page, `class="long">`)
	link, _, _ = strings.Cut(link, "<")
	// Before she chose, no password opens the account.
	v := s.visit(t, "")
	for _, guess := range []string{"", "kadi", password} {
		v.Post("/login", url.Values{"login": {"kadi"}, "password": {guess}}).Is(http.StatusUnprocessableEntity)
	}
	v.Get(link).Is(http.StatusOK).Shows("kadi")
	for pass, why := range map[string]string{"court": "Trop court", "motdepasse12": "deviner", "kadi kadi kadi": "deviner"} {
		v.Post(link, url.Values{"password": {pass}, "again": {pass}}).Is(http.StatusUnprocessableEntity).Shows(why)
	}
	v.Post(link, url.Values{"password": {"sept lampes au marché"}, "again": {"sept lampes au marche"}}).Is(http.StatusUnprocessableEntity).Shows("pas les mêmes")
	v.Post(link, url.Values{"password": {"sept lampes au marché"}, "again": {"sept lampes au marché"}}).Is(http.StatusOK).Shows("Mon compte")
	s.visit(t, "").Get(link).Is(http.StatusNotFound).Shows("ne sert plus")
}

func TestTheLastAdministratorStays(t *testing.T) {
	s := serve(t, false)
	if err := s.Book.DisableAccount(t.Context(), "test", "awa"); err == nil {
		t.Error("nobody could add accounts any more")
	}
	if err := s.Book.AddAccount(t.Context(), "test", store.Account{Coordinator: civic.Coordinator{Login: "awa"}}); err == nil {
		t.Error("a login was given twice")
	}
}

func TestTheSecondStep(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "moussa").Get("/compte")
	v.Post("/compte/double", url.Values{"present": {"pas lui"}}).Is(http.StatusUnprocessableEntity)
	v.Post("/compte/double", url.Values{"present": {password}}).Is(http.StatusOK).Shows("<svg")
	_, secret, _ := strings.Cut(v.Page, "</svg><p><code>")
	secret, _, _ = strings.Cut(secret, "<")
	v.Post("/compte/double", url.Values{"step": {"code"}, "code": {"000000"}}).Is(http.StatusUnprocessableEntity)
	code := func() string {
		c, err := totp.GenerateCode(secret, s.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	v.Post("/compte/double", url.Values{"step": {"code"}, "code": {code()}}).Is(http.StatusOK).Shows("enregistré")
	s.Clock.Wait(time.Minute)
	v = s.visit(t, "")
	v.Post("/login", url.Values{"login": {"moussa"}, "password": {password}})
	if v.URL.Path != "/code" {
		t.Fatalf("no second step: %s", v.URL)
	}
	v.Get("/journal").Shows("Mot de passe") // half a session opens nothing
	used := code()
	v.Post("/code", url.Values{"code": {"123456"}}).Is(http.StatusUnprocessableEntity)
	v.Post("/code", url.Values{"code": {used}}).Is(http.StatusOK)
	v.Get("/journal").Is(http.StatusOK).Shows("Rien ne s")
	again := s.visit(t, "")
	again.Post("/login", url.Values{"login": {"moussa"}, "password": {password}})
	again.Post("/code", url.Values{"code": {used}}).Is(http.StatusUnprocessableEntity) // a code is good once
}

func TestTheFirstAccountOfADemonstration(t *testing.T) {
	s := serve(t, true)
	s.visit(t, "").Get("/premier").Is(http.StatusNotFound) // there are accounts
	s.visit(t, "").Get("/login?vers=//evil.example").Hides(`href="//evil`)
	v := s.visit(t, "")
	v.Post("/login", url.Values{"login": {"awa"}, "password": {password}, "vers": {"//evil.example/"}})
	if v.URL.Host != strings.TrimPrefix(s.URL, "http://") {
		t.Errorf("led to %s", v.URL)
	}
}

func TestTheDoorInABrowser(t *testing.T) {
	ctx, s := browser(t), serve(t, false)
	said := complaints(t, ctx)
	do(t, ctx, chromedp.Navigate(s.URL+"/"))
	look(t, ctx, "home")
	logIn(t, ctx, s, "awa")
	for name, path := range map[string]string{"accounts": "/comptes", "journal": "/journal", "own": "/compte", "messages": "/messages"} {
		do(t, ctx, chromedp.Navigate(s.URL+path), chromedp.WaitVisible(chromedp.CSS("h1")))
		look(t, ctx, name)
	}
	if found := said(); len(found) > 0 {
		t.Errorf("the console says %q", found)
	}
}
