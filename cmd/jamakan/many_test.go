package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// clerk is a person at the desk, without a screen.
type clerk struct {
	t      *testing.T
	desk   string
	client http.Client
	page   string
	path   string
}

// clerkPassword is the password of the tests' administrator.
const clerkPassword = "trois chèvres bleues"

func newClerk(t *testing.T, desk string) *clerk {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &clerk{t: t, desk: desk, client: http.Client{Jar: jar}}
}

var formToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// send posts a form, or fetches a page when it is nil.
func (c *clerk) send(path string, form url.Values) {
	c.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
		if m := formToken.FindStringSubmatch(c.page); m != nil {
			form.Set("csrf", m[1])
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.desk+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %d %v\n%s", method, path, res.StatusCode, err, body)
	}
	c.page, c.path = string(body), res.Request.URL.Path
}

// eventually waits for what another process does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in 30 seconds: %s", what)
		}
	}
}

// TestMessageToManyArrives is the whole way: phones ask for news by SMS, one of
// them says STOP; at the desk a message is written, tried and confirmed; it
// arrives on each phone in its language, and not on the one that said STOP.
func TestMessageToManyArrives(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	cmd, at := gatewayAndAll(t, bin, data, "JAMAKAN_SMS_AFRICASTALKING_QUIET=0,0", "JAMAKAN_SMS_AFRICASTALKING_PRICE=XOF 25")
	serial := 0
	text := func(number, words string) {
		t.Helper()
		if serial++; !texted(context.Background(), at["callbacks"], fmt.Sprint("in", serial), number, words) {
			t.Fatalf("%q is not taken", words)
		}
	}
	for n := 1; n <= 7; n++ {
		number := fmt.Sprintf("+2237600000%d", n)
		text(number, "COMMUNE Jamadugu")
		if n%2 == 0 {
			text(number, "BM")
		}
		text(number, "START")
	}
	text("+22376000003", "STOP")
	text("+22376000008", "COMMUNE Jamadugu") // never asked for news
	c := newClerk(t, at["desk"])
	c.send("/premier", nil)
	c.send("/premier", url.Values{"login": {"awa"}, "password": {clerkPassword}, "again": {clerkPassword}})
	c.send("/diffusion/nouveau", nil)
	c.send("/diffusion/nouveau", url.Values{
		"commune": {"01019901"}, "texte_fr": {"Réunion mardi à l'école."}, "texte_bm": {"Ɲɔgɔnye bɛ kɛ tarata, lekɔli la."},
		"jusque": {time.Now().In(civic.Bamako).AddDate(0, 0, 1).Format(time.DateOnly)}, "canal": {"africastalking"},
	})
	for _, want := range []string{"<b>6</b>", "moins de 5", "STOP au 36055", "Envoyer à 6 numéros"} {
		if !strings.Contains(c.page, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, c.page)
		}
	}
	c.send(c.path+"/envoi", url.Values{"nombre": {"6"}})
	thread := func(number string) (all []sandbox.Delivered) {
		res, err := http.Get(at["sandbox"] + "/sandbox/inbox?number=" + url.QueryEscape(number))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	has := func(number, want string) bool {
		n := 0
		for _, m := range thread(number) {
			if strings.Contains(m.Text, want) {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%s has it %d times", number, n)
		}
		return n == 1
	}
	eventually(t, "it arrives on two phones", func() bool {
		return has("+22376000001", "Réunion mardi à l'école.\nPour arreter : STOP au 36055") && has("+22376000002", "Nyògònye bè kè tarata, lekòli la.\nN'i t'a fè tugun: STOP ci 36055 ma")
	})
	eventually(t, "the desk says that it is done", func() bool {
		c.send("/diffusion/1", nil)
		return strings.Contains(c.page, "terminé")
	})
	for _, number := range []string{"+22376000003", "+22376000008"} {
		for _, m := range thread(number) {
			if strings.Contains(m.Text, "mardi") || strings.Contains(m.Text, "tarata") {
				t.Errorf("it arrived on a phone that did not ask for it: %q", m.Text)
			}
		}
	}
	stopGently(t, cmd)
	if said := jamakan(t, bin, data, "check"); !strings.Contains(said, "Nothing wrong") {
		t.Error(said)
	}
}

// manyNumber are the numbers of the kill test.
func manyNumber(n int) string { return fmt.Sprintf("+2237600%04d", n) }

// prepareMany makes data in which a message to so many numbers was just
// confirmed.
func prepareMany(t *testing.T, data string, many int) {
	t.Helper()
	ctx := context.Background()
	o := openBook(t, data, true)
	defer o.engine.Close()
	book, keys := o.book, o.keys
	if _, err := book.Import(ctx, store.ByItself, planfile.Demo(time.Now())); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range many {
		all.Go(func() {
			p, err := book.Person(ctx, manyNumber(n))
			if err == nil {
				_, err = book.Commit(ctx, store.Deed{
					ID: store.ID(keys.Event("many", manyNumber(n))), Person: p, Channel: civic.ChannelSMS,
					Act: civic.Act{Deed: civic.SaveProfile, Citizen: civic.Citizen{Lang: "fr", Commune: "01019901", News: civic.NewsYes}},
				})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	hash, err := guard.Hash(clerkPassword)
	if err == nil {
		err = book.AddAccount(ctx, store.ByItself, store.Account{Coordinator: civic.Coordinator{Login: "awa", Name: "Awa", Role: civic.Administrator}, Hash: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := book.DraftCampaign(ctx, "awa", store.Draft{
		Texts: map[string]string{"fr": "Réunion mardi."}, Until: time.Now().Add(time.Hour),
		Letters: map[string]store.Letter{"fr": {Provider: "africastalking", Purpose: outbox.Bulk, Text: "Réunion mardi. STOP", Alphabet: "GSM-7", Units: 19, Segments: 1}},
	})
	if err == nil {
		_, err = book.TryCampaign(ctx, "awa", c.ID, outbox.Money{})
	}
	if err == nil {
		err = book.ConfirmCampaign(ctx, "awa", c.ID, many)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestManyKill kills the gateway with -9 again and again while a message to
// many is made and leaves, and texts come in that move the profiles: nobody
// gets it twice, and nobody is missed but those whose fate is unknown.
func TestManyKill(t *testing.T) {
	const many = 1500
	bin, data := buildGateway(t), t.TempDir()
	prepareMany(t, data, many)
	p := newProvider(t)
	env := append(textEnv(p), "JAMAKAN_SMS_AFRICASTALKING_QUIET=0,0", "JAMAKAN_SMS_AFRICASTALKING_RATE=900")
	rounds := textKillRounds(t)
	p.round(t, "", "http://127.0.0.1:1", 0) // who comes before the first round finds a provider
	for round := range rounds {
		cmd, base := gateway(t, bin, data, env...)
		p.round(t, "late=2ms,silent=0.01", base+"/sms/africastalking/demo", uint64(round))
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		var phones sync.WaitGroup
		phones.Go(func() { moveProfiles(ctx, base, round, many) })
		timer := time.NewTimer(time.Duration(20+round*37%160) * time.Millisecond) // the kill's own moment
		<-timer.C
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		stop()
		phones.Wait()
		p.collect()
	}
	before := len(p.taken)
	cmd, at := gatewayAndAll(t, bin, data, env...)
	p.round(t, "", at["callbacks"]+"/sms/africastalking/demo", 1)
	c := newClerk(t, at["desk"])
	c.send("/login", url.Values{"login": {"awa"}, "password": {clerkPassword}})
	eventually(t, "the desk says that it is done", func() bool {
		c.send("/diffusion/1", nil)
		return strings.Contains(c.page, "terminé")
	})
	stopGently(t, cmd)
	p.collect()
	campaign := campaignOf(t, data)
	arrived, twice := 0, 0
	for n := range many {
		got := p.taken[manyNumber(n)+" Réunion mardi. STOP"]
		if got > 0 {
			arrived++
		}
		if got > 1 {
			twice++
		}
	}
	unknown := campaign.Tally.States[outbox.Unknown]
	t.Logf("%d kills; %d of %d arrived, %d before the last start, %d twice, fate of %d unknown; %s %v", rounds, arrived, many, before, twice, unknown, campaign.State, campaign.Tally.States)
	if twice > 0 || arrived+unknown < many || campaign.Tally.Made != many || campaign.State != civic.CampaignDone {
		t.Errorf("somebody got it twice or was missed: %+v", campaign.Tally)
	}
}

// moveProfiles lets phones write, so that their profiles are rewritten.
func moveProfiles(ctx context.Context, base string, round, many int) {
	for i := 0; ctx.Err() == nil; i++ {
		n := (round*211 + i*7) % many
		if !texted(ctx, base, fmt.Sprintf("r%d-%d", round, i), manyNumber(n), [...]string{"BM", "FR"}[i%2]) {
			return
		}
	}
}

// texted delivers a text as the provider does, and says whether it was taken.
func texted(ctx context.Context, base, id, from, text string) bool {
	form := url.Values{"from": {from}, "id": {id}, "text": {text}, "to": {"36055"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/sms/africastalking/demo/inbox", strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// campaignOf reads how the message to many ended.
func campaignOf(t *testing.T, data string) store.Campaign {
	t.Helper()
	o := openBook(t, data, false)
	defer o.engine.Close()
	c, err := o.book.Campaign(context.Background(), "1")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
