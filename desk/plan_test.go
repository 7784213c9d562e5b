package desk_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

// Upload posts a file with the token of the last page.
func (v *visitor) Upload(path, name string, data []byte, fields url.Values) *visitor {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if m := tokenField.FindStringSubmatch(v.Page); m != nil && !fields.Has("csrf") {
		fields.Set("csrf", m[1])
	}
	for k := range fields {
		if err := w.WriteField(k, fields.Get(k)); err != nil {
			v.t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		v.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, v.s.URL+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(req)
}

const list = "Code;Intitulé;Village;Secteur;Coût (FCFA)\nEAU-09;Forage de Nakɔba;Nakɔba;hydraulique;1 250 000\nSAN-00;Pompe du CSCOM;Jamadugu;santé;2.100.000 FCFA\n"

func TestAPlanIsImportedOnlyAfterItsChangesWereSeen(t *testing.T) {
	s := serve(t, true)
	v := s.visit(t, "awa").Get("/plan").Is(http.StatusOK).Shows("PDESC de Jamadugu")
	v.Upload("/plan/essai", "projets.csv", []byte(list), url.Values{}).Is(http.StatusOK).Shows("Forage de Nak", "ajouté")
	if s.Book.Content().Plans[0].Project("EAU-09") != nil {
		t.Fatal("a trial changed the plan")
	}
	id := fieldOf(v.Page, "id")
	// Another person can't import what she did not bring, and it goes once.
	other := s.visit(t, "moussa").Get("/plan")
	other.Post("/plan/importer", url.Values{"id": {id}}).Is(http.StatusUnprocessableEntity).Shows("encore une fois")
	v.Post("/plan/importer", url.Values{"id": {id}}).Is(http.StatusOK).Shows("est importé", "13 projets")
	v.Post("/plan/importer", url.Values{"id": {id}}).Is(http.StatusUnprocessableEntity)
	if p := s.Book.Content().Plans[0].Project("EAU-09"); p == nil || p.Cost != 1_250_000 {
		t.Fatalf("%+v", p)
	}
	// What changed meanwhile is shown again.
	v.Upload("/plan/essai", "projets.csv", []byte(strings.ReplaceAll(list, "1 250 000", "1 300 000")), url.Values{}).Shows("1 300 000", "1 250 000")
	id = fieldOf(v.Page, "id")
	s.visit(t, "awa").Get("/plan").Post("/plan/JAM-2026-2030/phase", url.Values{"phase": {"execution"}}).Is(http.StatusOK)
	v.Post("/plan/importer", url.Values{"id": {id}}).Is(http.StatusConflict).Shows("a changé depuis")
}

func fieldOf(page, name string) string {
	_, rest, _ := strings.Cut(page, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestAPlanFileWithMistakes(t *testing.T) {
	s := serve(t, true)
	v := s.visit(t, "awa").Get("/plan")
	bad := strings.ReplaceAll(list, "1 250 000", "1.250")
	v.Upload("/plan/essai", "projets.csv", []byte(bad), url.Values{}).Is(http.StatusUnprocessableEntity).Shows("1.250", "À corriger")
	for name, data := range map[string][]byte{
		"vide.xlsx": nil, "faux.xlsx": []byte("PK\x03\x04 not a zip"), "page.html": []byte("<script>alert(1)</script>"), "photo.png": {0x89, 'P', 'N', 'G', 0, 1, 2},
		"vieux.xls": append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), "nul.csv": []byte("Code;Intitulé\n\x00;\x00\n"),
	} {
		v.Get("/plan").Upload("/plan/essai", name, data, url.Values{}).Is(http.StatusUnprocessableEntity).Shows(`class="fault"`).Hides("<script>alert")
	}
	v.Get("/plan").Upload("/plan/essai", "gros.csv", bytes.Repeat([]byte("x"), 10<<20), url.Values{}).Is(http.StatusRequestEntityTooLarge).Shows("trop grand")
	v.Get("/plan").Upload("/plan/essai", "p.csv", []byte(list), url.Values{"csrf": {"autre"}}).Is(http.StatusForbidden)
	s.visit(t, "fanta").Get("/plan").Hides("Importer un plan").Upload("/plan/essai", "p.csv", []byte(list), url.Values{}).Is(http.StatusForbidden)
	// Moussa answers for one commune of three: he reads what would change, and can't import it.
	m := s.visit(t, "moussa").Get("/plan").Upload("/plan/essai", "p.csv", []byte(list), url.Values{}).Is(http.StatusOK).Shows("pas de votre territoire").Hides(`name="id"`)
	m.Get("/plan").Post("/plan/JAM-2026-2030/phase", url.Values{"phase": {"execution"}}).Is(http.StatusForbidden)
}

func TestAPlanIsDownloadedAndComesBackTheSame(t *testing.T) {
	s := serve(t, true)
	v := s.visit(t, "awa")
	for _, path := range []string{"/plan/modele.xlsx", "/plan/JAM-2026-2030/modele.xlsx", "/plan/JAM-2026-2030/plan.yaml"} {
		v.Get(path).Is(http.StatusOK)
		if !strings.Contains(v.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s is not to keep", path)
		}
	}
	v.Get("/plan/JAM-2026-2030/modele.xlsx")
	filled := []byte(v.Page)
	v.Get("/plan").Upload("/plan/essai", "modele.xlsx", filled, url.Values{}).Is(http.StatusOK).Shows("Rien ne changerait")
	v.Get("/plan/PERSONNE/plan.yaml").Is(http.StatusNotFound)
	if p, err := planfile.Read([]byte(s.visit(t, "fanta").Get("/plan/JAM-2026-2030/plan.yaml").Page)); err != nil || p.Phase != civic.Priorisation {
		t.Errorf("%v %v", p.Phase, err)
	}
}

// A spreadsheet with a mistake, then without one, in a real browser.
func TestImportingInABrowser(t *testing.T) {
	ctx, s := browser(t), serve(t, true)
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "projets.csv"), filepath.Join(dir, "faux.csv")
	for path, text := range map[string]string{good: list, bad: strings.ReplaceAll(list, "1 250 000", "beaucoup")} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do(t, ctx, chromedp.Navigate(s.URL+"/plan"))
	look(t, ctx, "plan")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]`), []string{bad}), chromedp.Click(chromedp.CSS(`form[action="/plan/essai"] .button`)), chromedp.WaitVisible(chromedp.CSS(`.fault`)))
	look(t, ctx, "planfault")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]`), []string{good}), chromedp.Click(chromedp.CSS(`form[action="/plan/essai"] .button`)), chromedp.WaitVisible(chromedp.CSS(`.tiles`)))
	look(t, ctx, "plandiff")
	do(t, ctx, chromedp.Click(chromedp.CSS(`form[action="/plan/importer"] .button`)), chromedp.WaitVisible(chromedp.CSS(`.done`)))
	if s.Book.Content().Plans[0].Project("EAU-09") == nil {
		t.Error("it is not imported")
	}
	for _, found := range said() {
		if !strings.Contains(found, "422") {
			t.Errorf("the console says %q", found)
		}
	}
}
