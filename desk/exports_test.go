package desk_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"iter"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// filed gives a desk its weekly files, from the Book, as the program does.
func filed(c *desk.Config) {
	c.Files = func(ctx context.Context, o export.Options) ([]export.File, error) { return render(ctx, c.Book, o) }
	c.FileNames = func(ctx context.Context, o export.Options) ([]string, error) {
		src, err := source(ctx, c.Book, o.Week)
		if err != nil {
			return nil, err
		}
		return export.Names(src, o)
	}
}

func render(ctx context.Context, book *store.Book, o export.Options) ([]export.File, error) {
	src, err := source(ctx, book, o.Week)
	if err != nil {
		return nil, err
	}
	return export.Render(src, o)
}

func source(ctx context.Context, book *store.Book, w civic.Week) (*export.Source, error) {
	if err := book.CloseWeeks(ctx); err != nil {
		return nil, err
	}
	series, err := book.Series(ctx, w)
	if err != nil {
		return nil, err
	}
	src := &export.Source{Series: series, Gateway: export.Gateway{Ussd: "*384*55#", ShortCode: "36055"}}
	if src.Corrections, err = book.Corrections(ctx, w); err != nil {
		return nil, err
	}
	report, err := book.WeekReport(ctx, w)
	if err != nil {
		return nil, err
	}
	if len(report.Plans) > 0 {
		src.Report, src.Leaves = &report, leaves(ctx, book, report.LogSize)
		src.Counted = export.Counted{Traffic: true, Ballots: true, Feedback: true, Messages: true}
	}
	return src, nil
}

func leaves(ctx context.Context, book *store.Book, size uint64) iter.Seq2[export.Leaf, error] {
	return func(yield func(export.Leaf, error) bool) {
		if err := book.Leaves(ctx, size, func(index uint64, receipt string, leaf [32]byte) bool {
			return yield(export.Leaf{Index: index, Receipt: receipt, Hash: hex.EncodeToString(leaf[:])}, nil)
		}); err != nil {
			yield(export.Leaf{}, err)
		}
	}
}

// closedWeek is the week of noon, and runningWeek the one after it.
const closedWeek, runningWeek = "2026-W48", "2026-W49"

// counted is a desk on the Tuesday after a week of votes in two communes.
func counted(t *testing.T) *stage {
	t.Helper()
	s := serve(t, false, filed)
	for i := range 61 {
		s.jamaVotes(t, i)
	}
	s.say(t, caller, jama, "eau", "La pompe est cassée")
	s.Clock.Wait(7 * 24 * time.Hour)
	if err := s.Book.CloseWeeks(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) rendered(t *testing.T, o export.Options) map[string]string {
	t.Helper()
	files, err := render(t.Context(), s.Book, o)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = b.String()
	}
	return all
}

func unzip(t *testing.T, data string) map[string]string {
	t.Helper()
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(b)
	}
	return all
}

func names(files map[string]string) []string {
	var all []string
	for name := range files {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// The page lists the week's files; the zip, each file alone and what is
// rendered are the same bytes.
func TestTheFilesOfAWeek(t *testing.T) {
	s := counted(t)
	v := s.visit(t, "awa").Get("/exports").Is(200).Shows(closedWeek, "la coordination", "Tout télécharger", "à ne pas mettre au mur", "Jamadugu", "hebdo_commune_")
	for _, profile := range []export.Profile{export.Public, export.Coordination} {
		want := s.rendered(t, export.Options{Week: week(t, closedWeek), Profile: profile})
		v.Get("/exports?semaine=" + closedWeek + "&profil=" + string(profile)).Is(200)
		for name := range want {
			v.Shows("/exports/" + closedWeek + "/" + string(profile) + "/" + name)
		}
		v.Get("/exports/" + closedWeek + "/" + string(profile) + "/tout.zip").Is(200)
		if got := v.Header.Get("Content-Type") + " " + v.Header.Get("Content-Disposition"); got != `application/zip attachment; filename="jamakan_`+closedWeek+"_"+string(profile)+`.zip"` {
			t.Errorf("the zip is sent as %s", got)
		}
		packed := unzip(t, v.Page)
		if got, want := names(packed), names(want); !slices.Equal(got, want) {
			t.Errorf("in the zip %q, want %q", got, want)
		}
		for name, text := range want {
			if v.Get("/exports/" + closedWeek + "/" + string(profile) + "/" + name).Is(200); v.Page != text || packed[name] != text {
				t.Errorf("%s of %s is not what is rendered", name, profile)
			}
			checkType(t, v, name)
		}
	}
	s.visit(t, "awa").Get("/journal?quoi=export").Shows("fichiers téléchargés", closedWeek)
}

// checkType: wall sheets are shown, to be printed, with a policy that lets
// their own style in and nothing else; everything else is to keep.
func checkType(t *testing.T, v *visitor, name string) {
	t.Helper()
	policy, disposition, kind := v.Header.Get("Content-Security-Policy"), v.Header.Get("Content-Disposition"), v.Header.Get("Content-Type")
	if v.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s may be taken for something else", name)
	}
	switch path.Ext(name) {
	case ".html", ".pdf":
		if disposition != "" || policy != "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
			t.Errorf("%s: %q %q", name, disposition, policy)
		}
	default:
		if disposition != `attachment; filename="`+path.Base(name)+`"` || strings.HasPrefix(kind, "text/html") || !strings.Contains(policy, "style-src 'self'") {
			t.Errorf("%s: %q %q %q", name, kind, disposition, policy)
		}
	}
	want := map[string]string{".csv": "text/csv", ".xlsx": "application/vnd.openxml", ".json": "application/json", ".txt": "text/plain", ".html": "text/html", ".pdf": "application/pdf"}[path.Ext(name)]
	if want != "" && !strings.HasPrefix(kind, want) {
		t.Errorf("%s is sent as %s", name, kind)
	}
}

func TestWhoseFiles(t *testing.T) {
	s := counted(t)
	fanta := s.visit(t, "fanta").Get("/exports?profil=coordination").Is(200).Shows("le public").Hides("Pour qui", "/coordination/", "Ajouter ce rectificatif")
	for _, file := range []string{"tout.zip", "SHA256SUMS", "donnees/x"} {
		fanta.Get("/exports/" + closedWeek + "/coordination/" + file).Is(403).Shows("pas pour votre rôle")
		fanta.Get("/exports/" + closedWeek + "/public/" + file).Hides("pas pour votre rôle")
	}
	s.visit(t, "awa").Get("/journal?quoi=refused&qui=fanta").Shows("/exports/" + closedWeek + "/coordination/tout.zip")

	moussa := s.visit(t, "moussa").Get("/exports").Is(200).Shows("Jamadugu").Hides("Benkadi", benka)
	want := s.rendered(t, export.Options{Week: week(t, closedWeek), Profile: export.Coordination, Territory: []civic.Code{jama}})
	got := unzip(t, moussa.Get("/exports/"+closedWeek+"/coordination/tout.zip").Is(200).Page)
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is not the one of her territory", name)
		}
	}
	for name, text := range got {
		if strings.Contains(text, benka) || strings.Contains(name, "commune") && strings.Contains(text, "Benkadi") { // a project may name it
			t.Errorf("%s tells of a commune that is not his", name)
		}
	}
	moussa.Get("/exports/" + closedWeek + "/coordination/tout.zip?commune=" + jama).Is(200)
	for _, other := range []string{benka, "99", "", "01"} {
		status := 403
		if other == "" {
			status = 200
		}
		moussa.Get("/exports/" + closedWeek + "/coordination/tout.zip?commune=" + other).Is(status)
	}
	if nobody := s.visit(t, "").Get("/exports/" + closedWeek + "/public/tout.zip"); !strings.Contains(nobody.Page, "Mot de passe") {
		t.Errorf("nobody is given %d bytes", len(nobody.Page))
	}
}

func TestFilesThatAreNot(t *testing.T) {
	s := counted(t)
	v := s.visit(t, "awa")
	for _, path := range []string{
		"/exports/2026-W99/public/tout.zip", "/exports/hier/public/tout.zip", "/exports/1999-W01/public/tout.zip", "/exports/2031-W01/public/tout.zip",
		"/exports/" + closedWeek + "/public/personne.csv", "/exports/" + closedWeek + "/public/donnees", "/exports/" + closedWeek + "/public/../../etc/passwd",
		"/exports/" + closedWeek + "/public/..%2f..%2fetc%2fpasswd", "/exports/" + closedWeek + "/public/", "/exports/" + closedWeek + "/public/%00",
		"/exports/" + closedWeek + "/public/tout.zip?format=exe", "/exports/" + closedWeek + "/public/SHA256SUMS?format=csv,exe", "/exports/" + closedWeek + "/public/tout.zip?commune=99999999",
		"/exports?format=exe",
	} {
		v.Get(path).Is(404).Hides("root:")
	}
	v.Get("/exports/" + closedWeek + "/amis/tout.zip").Is(403)
	v.Get("/exports?semaine=<script>&profil=<script>").Is(200).Hides("<script>&")
	v.Get("/exports?semaine=1999-W01").Is(200).Shows("Rien n&#39;était ouvert")
	v.Get("/exports?semaine=2031-W01").Is(200).Hides("tout.zip")
	v.Get("/exports?semaine="+runningWeek).Is(200).Shows("n&#39;est pas finie", "tout.zip")
}

func TestCorrectingAWeek(t *testing.T) {
	s := counted(t)
	to, text := "/exports/"+closedWeek+"/rectifier", "Le marché de <mardi> compte deux fois ; les chiffres sont bons."
	v := s.visit(t, "moussa").Get("/exports?semaine=" + closedWeek).Is(200).Shows("Ajouter ce rectificatif")
	v.Post(to, url.Values{"commune": {jama}, "text": {text}, "csrf": {"autre"}}).Is(403).Shows("trop vieux")
	v.Get("/exports?semaine=" + closedWeek)
	for _, bad := range []string{"", "  ", strings.Repeat("x", 301), "a\u202eb"} {
		v.Post(to, url.Values{"commune": {jama}, "text": {bad}}).Is(422).Shows(`class="fault"`)
	}
	for _, other := range []string{benka, "", "99", "010199"} { // not his, and the whole plan is not his either
		v.Post(to, url.Values{"commune": {other}, "text": {text}}).Is(403)
		v.Get("/exports?semaine=" + closedWeek)
	}
	v.Get("/exports?semaine=" + runningWeek).Hides("Ajouter ce rectificatif")
	v.Get("/exports?semaine=" + closedWeek)
	v.Post("/exports/"+runningWeek+"/rectifier", url.Values{"commune": {jama}, "text": {text}}).Is(422).Shows("n&#39;est pas finie")
	v.Post("/exports/hier/rectifier", url.Values{"commune": {jama}, "text": {text}}).Is(404)
	s.visit(t, "fanta").Get("/compte").Post(to, url.Values{"commune": {jama}, "text": {text}}).Is(403)

	before := s.rendered(t, export.Options{Week: week(t, closedWeek), Profile: export.Public, Territory: []civic.Code{jama}})
	v.Get("/exports?semaine=" + closedWeek).Hides("&lt;mardi&gt;")
	v.Post(to, url.Values{"commune": {jama}, "text": {text}}).Is(200).Shows("rectificatif est ajouté", "marché de &lt;mardi&gt;", "moussa", "Jamadugu : ")
	after := unzip(t, v.Get("/exports/"+closedWeek+"/public/tout.zip").Page)
	told := 0
	for name, file := range after {
		if strings.Contains(file, "compte deux fois") {
			told++
			continue
		}
		if strings.Contains(name, "hebdo_") && file != before[name] {
			t.Errorf("%s changed: a correction is a line, not other figures", name)
		}
	}
	if told < 2 { // the list of corrections, and the wall
		t.Errorf("told in %d files of %q", told, names(after))
	}
	s.visit(t, "awa").Get("/journal?quoi=week.correct").Shows("semaine rectifiée", closedWeek)
	s.visit(t, "fanta").Get("/exports?semaine=" + closedWeek).Shows("marché de &lt;mardi&gt;")
}

func TestFilesInABrowser(t *testing.T) {
	s := lively(t)
	ctx := browser(t)
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	do(t, ctx, chromedp.Navigate(s.URL+"/exports?semaine=2026-W49"), chromedp.WaitVisible(chromedp.CSS(".posters a")))
	if status := get(t, ctx, chromedp.Evaluate[string](`(async () => { const r = await fetch(document.querySelector('a[href*="tout.zip"]').href); const b = await r.arrayBuffer(); return r.status + " " + String.fromCharCode(...new Uint8Array(b).slice(0, 2)); })()`, chromedp.EvalAwaitPromise)); status != "200 PK" {
		t.Errorf("the zip: %q", status)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(".posters a")), chromedp.WaitVisible(chromedp.CSS("h1")))
	if size := get(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("h1")).fontSize`)); size == "32px" || size == "" {
		t.Errorf("the sheet's own style is not let in: a title of %s", size)
	}
	keepShot(t, "poster.png", get(t, ctx, chromedp.FullScreenshot(100)))
	for _, found := range said() {
		t.Errorf("the console says %q", found)
	}
}
