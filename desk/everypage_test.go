package desk_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/desk"
)

// walk is a person with a real browser who goes from page to page; each page is
// looked at as look does, read by axe-core, and touched.
type walk struct {
	t   *testing.T
	ctx context.Context
	s   *stage
}

// see looks at the page that is open, on a phone and at a desk.
func (w *walk) see(name string) {
	w.t.Helper()
	for _, width := range []int64{360, 1280} {
		w.touch(width == 360)
		do(w.t, w.ctx, chromedp.EmulateViewport(width, 900))
		accessible(w.t, w.ctx, name)
		if width == 360 {
			touchable(w.t, w.ctx, name)
			if !get(w.t, w.ctx, chromedp.Evaluate[bool](`(() => { const a = document.querySelector(".nav [aria-current]"); if (!a) return true; const b = a.getBoundingClientRect(); return b.left > -2 && b.right < innerWidth + 2; })()`)) {
				w.t.Errorf("%s: the open room is out of sight in the strip", name)
			}
		}
	}
	if size := get(w.t, w.ctx, chromedp.Evaluate[int](`performance.getEntriesByType("navigation")[0].decodedBodySize`)); size > 60_000 {
		w.t.Errorf("%s: %d bytes, 60000 at most", name, size)
	}
	look(w.t, w.ctx, "page-"+name)
	w.touch(false)
}

// touch gives the browser a finger, or a mouse.
func (w *walk) touch(finger bool) {
	w.t.Helper()
	do(w.t, w.ctx, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: finger})
		return chromedp.Void{}, err
	})
}

func (w *walk) at(name, path string) {
	w.t.Helper()
	do(w.t, w.ctx, chromedp.Navigate(w.s.URL+path), chromedp.WaitReady(chromedp.CSS("footer")))
	w.see(name)
}

// post sends a form with the token of the page that is open, and waits for what
// it leads to.
func (w *walk) post(path string, form url.Values) {
	w.t.Helper()
	fields, err := json.Marshal(map[string][]string(form))
	if err != nil {
		w.t.Fatal(err)
	}
	address, err := json.Marshal(path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.leave(`{ const f = document.createElement("form"); f.method = "post"; f.action = ` + string(address) + `;
		const add = (n, v) => { const i = document.createElement("textarea"); i.name = n; i.value = v; f.append(i); };
		for (const [n, all] of Object.entries(` + string(fields) + ` || {})) for (const v of all) add(n, v);
		const token = document.querySelector("input[name=csrf]"); if (token) add("csrf", token.value);
		document.body.append(f); f.submit(); }`)
}

// upload chooses a file in the form of the plan, and sends it.
func (w *walk) upload(name, text string) {
	w.t.Helper()
	file, err := json.Marshal([]string{text, name})
	if err != nil {
		w.t.Fatal(err)
	}
	w.leave(`{ const all = new DataTransfer(), [text, name] = ` + string(file) + `; all.items.add(new File([text], name));
		const i = document.querySelector("input[type=file]"); i.files = all.files; const plan = i.form.querySelector("select[name=plan]"); if (plan) plan.value = "JAM-2026-2030"; i.form.requestSubmit(); }`)
}

// leave does what leads to another page, and waits for that.
func (w *walk) leave(script string) {
	w.t.Helper()
	do(w.t, w.ctx,
		chromedp.Evaluate[chromedp.Void](`document.documentElement.dataset.left = 1; `+script+` void 0`),
		chromedp.WaitReady(chromedp.CSS("html:not([data-left]) footer")),
	)
}

// as logs in, out of whatever was.
func (w *walk) as(login string) {
	w.t.Helper()
	do(w.t, w.ctx, chromedp.Navigate(w.s.URL+"/login"), chromedp.WaitReady(chromedp.CSS("footer")))
	if get(w.t, w.ctx, chromedp.Evaluate[bool](`document.querySelector(".nav") !== null`)) {
		w.post("/logout", nil)
		do(w.t, w.ctx, chromedp.Navigate(w.s.URL+"/login"), chromedp.WaitReady(chromedp.CSS("footer")))
	}
	w.post("/login", url.Values{"login": {login}, "password": {password}})
}

// Every page, in every state that has a look of its own.
func TestEveryPage(t *testing.T) {
	s := lively(t)
	w := &walk{t, browserFor(t, 6*time.Minute), s}
	t.Run("door", func(t *testing.T) { w.t = t; w.door() })
	w.as("awa")
	t.Run("week", func(t *testing.T) { w.t = t; w.at("week", "/") })
	t.Run("consultations", func(t *testing.T) { w.t = t; w.consultations() })
	t.Run("works", func(t *testing.T) { w.t = t; w.works() })
	t.Run("many", func(t *testing.T) { w.t = t; w.many() })
	t.Run("plan", func(t *testing.T) { w.t = t; w.plan() })
	t.Run("rest", func(t *testing.T) { w.t = t; w.rest() })
	w.t = t
	w.as("moussa")
	t.Run("texts", func(t *testing.T) { w.t = t; w.texts() })
	w.t = t
	w.as("fanta")
	t.Run("observer", func(t *testing.T) {
		w.t = t
		w.at("forbidden", "/comptes")
		w.at("text-read", "/textes/"+w.reference("pompe du quartier"))
		w.at("exports-public", "/exports?semaine=2026-W49")
	})
	w.t = t
	s.toTheEnd(t)
	w.as("awa")
	t.Run("end", func(t *testing.T) {
		w.t = t
		w.at("consultation-closed", "/consultations/JAM-2026-1")
		w.at("consultation-closed-65", "/consultations/REGION-1")
		w.at("week-after", "/")
	})
}

func (w *walk) reference(words string) string {
	w.t.Helper()
	v := w.s.visit(w.t, "awa").Get("/textes?statut=tous&texte=" + url.QueryEscape(words))
	_, rest, _ := strings.Cut(v.Page, `<a href="/textes/`)
	_, rest, _ = strings.Cut(rest, `<ol class="texts">`)
	_, rest, _ = strings.Cut(rest, `<a href="/textes/`)
	ref, _, _ := strings.Cut(rest, `"`)
	return ref
}

func (w *walk) door() {
	w.at("home", "/")
	w.at("login", "/login")
	w.post("/login", url.Values{"login": {"awa"}, "password": {"autre chose"}})
	w.see("login-fault")
	w.post("/login", url.Values{"login": {"deux"}, "password": {password}})
	w.see("code")
	w.post("/code", url.Values{"code": {"000000"}})
	w.see("code-fault")
	do(w.t, w.ctx, chromedp.Navigate(w.s.URL+"/login"))
	w.at("absent", "/cela")
	w.at("phone", "/phone")
	do(w.t, w.ctx, chromedp.Click(chromedp.CSS(".soft .call")), chromedp.WaitVisible(chromedp.CSS(".pad button:enabled")), chromedp.SendKeys(chromedp.CSS("#text"), "AVIS pompe"),
		chromedp.Click(chromedp.CSS("#sms .call")), chromedp.WaitVisible(chromedp.CSS(".theirs")))
	w.see("phone-call")
	if _, err := w.s.Book.Invite(context.Background(), "awa", "kadidiatou.traore", "une-invitation"); err != nil {
		w.t.Fatal(err)
	}
	w.at("invitation", "/invitation/une-invitation")
	w.post("/invitation/une-invitation", url.Values{"password": {"court"}, "again": {"court"}})
	w.see("invitation-fault")
	w.at("invitation-over", "/invitation/personne")
}

func (w *walk) consultations() {
	w.at("consultations", "/consultations")
	w.at("consultation", "/consultations/JAM-2026-1")
	w.at("consultation-65", "/consultations/REGION-1")
	w.at("consultation-draft", "/consultations/JAM-2026-2030-C1")
	w.post("/consultations/JAM-2026-2030-C1/ouvrir", url.Values{"when": {"now"}})
	w.see("consultation-unseen")
	w.at("screens", "/consultations/JAM-2026-2030-C1/ecrans?langue=bm")
	w.at("consultation-edit", "/consultations/JAM-2026-2030-C1/modifier")
	w.at("consultation-new", "/consultations/nouvelle?plan=REGION")
	bad := draft()
	bad.Del("commune")
	bad.Set("question_bm", "")
	bad.Set("closes", "2026-11-01")
	bad.Set("place_EDU-01", "x")
	w.post("/consultations", bad)
	w.see("consultation-faults")
	w.post("/consultations/JAM-2026-2030-C1/ouvrir", url.Values{"when": {"now"}, "seen": {"1"}})
	w.see("consultation-open")
	w.post("/consultations/JAM-2026-2030-C1/prolonger", url.Values{"closes": {"2027-01-31"}, "reason": {"Les pluies ont coupé la route de Sigidafa pendant une semaine."}})
	w.see("consultation-moved")
	w.post("/consultations/JAM-2026-2030-C1/annuler", url.Values{"reason_fr": {"La question nommait un projet déjà fait."}, "reason_bm": {"Baara dɔ tun kɛra kaban."}, "confirm": {"JAM-2026-2030-C1"}})
	w.see("consultation-annulled")
}

func (w *walk) works() {
	w.at("works", "/projets")
	w.at("works-none", "/projets?secteur=rien")
	w.at("work", "/projets/JAM-2026-2030/EAU-00")
	w.post("/projets/JAM-2026-2030/EAU-00", url.Values{"status": {"acheve"}, "on": {"2031-01-01"}})
	w.see("work-fault")
}

func (w *walk) many() {
	w.at("many-none", "/diffusion")
	w.at("many-new", "/diffusion/nouveau")
	w.post("/diffusion/nouveau", url.Values{"texte_fr": {"  "}})
	w.see("many-fault")
	form := written(url.Values{"jusque": {w.s.Clock.Now().AddDate(0, 0, 2).Format(time.DateOnly)}})
	count := url.Values{"compter": {"oui"}}
	for k, v := range form {
		count[k] = v
	}
	w.post("/diffusion/nouveau", count)
	w.see("many-count")
	w.post("/diffusion/nouveau", form)
	w.see("many-trial")
	w.post("/diffusion/1/envoi", url.Values{"nombre": {"39"}})
	w.see("many-trial-fault")
	w.post("/diffusion/1/envoi", url.Values{"nombre": {"40"}})
	if _, err := w.s.Book.FeedAll(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.s.partly(w.t)
	w.at("many-run", "/diffusion/1")
	w.post("/diffusion/1/pause", nil)
	w.see("many-paused")
	w.at("many-list", "/diffusion")
}

func (w *walk) plan() {
	w.at("plan", "/plan")
	w.upload("projets de la mairie 2027, version corrigée.csv", strings.ReplaceAll(list, "1 250 000", "beaucoup"))
	w.see("plan-fault")
	w.at("plan", "/plan")
	w.upload("p.csv", list)
	w.see("plan-diff")
}

func (w *walk) rest() {
	w.at("exports", "/exports?semaine=2026-W49")
	w.at("exports-running", "/exports?semaine=2026-W50")
	w.at("exports-none", "/exports?semaine=1999-W01")
	w.post("/exports/2026-W49/rectifier", url.Values{"commune": {jama}, "text": {strings.Repeat("x", 301)}})
	w.see("exports-fault")
	w.at("messages", "/messages")
	w.at("accounts", "/comptes")
	w.post("/comptes", url.Values{"login": {"Mauvais Nom"}, "name": {""}, "role": {"coordinateur"}})
	w.see("accounts-fault")
	w.post("/comptes", url.Values{"login": {"nouvelle"}, "name": {"Nouvelle Fictive"}, "role": {"observateur"}})
	w.see("accounts-invited")
	w.at("own", "/compte")
	w.post("/compte/lundi", url.Values{"digest": {"1"}})
	w.see("own-fault")
	w.post("/compte/double", url.Values{"present": {password}})
	w.see("own-second")
	w.at("journal", "/journal")
	w.at("journal-none", "/journal?qui=personne")
}

func (w *walk) texts() {
	w.at("texts", "/textes")
	w.at("texts-all", "/textes?statut=tous")
	w.at("texts-none", "/textes?texte=moulin")
	ref := w.reference("pompe du quartier")
	w.at("text", "/textes/"+ref)
	w.post("/textes/"+ref+"/reponse", url.Values{"langue": {"bm"}, "texte": {strings.Repeat("An bɛna na pɔnpe lajɛ sini sɔgɔma. ", 8)}, "faire": {"compter"}, "form": {"f1"}})
	w.see("text-preview")
	w.post("/textes/"+ref+"/classer", url.Values{"genre": {"rien"}})
	w.see("text-fault")
	w.at("text-rumour", "/textes/"+w.reference("forage est parti"))
	w.at("text-answered", "/textes/"+w.reference("maternité"))
	w.post("/textes/"+w.reference("Pont")+"/clore", url.Values{"motif": {"doublon, voir l'autre"}})
	w.see("text-closed")
	w.at("ready", "/textes/reponses-pretes")
}

// A desk where nothing has happened yet, and nobody has an account.
func TestEveryEmptyPage(t *testing.T) {
	s := serve(t, true, filed, spelled, func(c *desk.Config) { c.Many, c.Mail = &post{}, silent{} })
	w := &walk{t, browserFor(t, 2*time.Minute), s}
	w.as("awa")
	for name, path := range map[string]string{
		"week": "/", "texts": "/textes", "many": "/diffusion", "exports": "/exports", "messages": "/messages", "journal": "/journal?quoi=export", "ready": "/textes/reponses-pretes",
	} {
		w.at("empty-"+name, path)
	}
	w.s = bare(t, true)
	w.at("first-home", "/")
	w.at("first", "/premier")
	w.post("/premier", url.Values{"login": {"Awa"}, "password": {"court"}, "again": {"autre"}})
	w.see("first-fault")
	w.post("/premier", url.Values{"login": {"kadi"}, "password": {"sept lampes au marché"}, "again": {"sept lampes au marché"}})
	for name, path := range map[string]string{"plan": "/plan", "consultations": "/consultations", "works": "/projets", "week": "/", "consultation-new": "/consultations/nouvelle"} {
		w.at("bare-"+name, path)
	}
}

// silent is a desk's mail without a channel.
type silent struct{}

func (silent) Messages(context.Context) (desk.MailView, error) { return desk.MailView{}, nil }
