package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/phone"
)

// village is a gateway in this process, whose clock the test moves, and the
// people who use it.
type village struct {
	t     *testing.T
	s     *servers
	calls *httptest.Server
	pages *httptest.Server
	chance
	mu sync.Mutex
	at time.Time
	id int
}

type chance struct{ *rand.Rand }

func (c chance) of(p float64) bool { return c.Float64() < p }

// one of several, each with its weight.
func (c chance) one(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := c.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

func (v *village) now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.at
}

func (v *village) until(t time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.at = t
}

func (v *village) wait(d time.Duration) { v.until(v.now().Add(d)) }

// newVillage opens one on a Monday morning.
func newVillage(t *testing.T, monday time.Time, seed uint64) *village {
	t.Helper()
	v := &village{t: t, at: monday, chance: chance{rand.New(rand.NewPCG(seed, seed))}}
	v.open(world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: v.now})
	return v
}

// open opens its gateway.
func (v *village) open(w world) {
	t := v.t
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Limits.Dials, cfg.Sandbox = t.TempDir(), 0, "127.0.0.1:0"
	if dir := os.Getenv("JAMAKAN_SCREENSHOTS"); dir != "" {
		cfg.Data = filepath.Join(dir, "village") // to be served afterwards, and looked at
	}
	cfg.Contact = "Guichet de la mairie, le matin"
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(t.Context(), cfg, w, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.s, err = newServers(t.Context(), h, log); err != nil {
		t.Fatal(err)
	}
	v.calls, v.pages = httptest.NewServer(v.s.callbacks.Handler), httptest.NewServer(v.s.desk.Handler)
	t.Cleanup(func() {
		v.calls.Close()
		v.pages.Close()
		report, err := h.book.Check(context.Background(), nil)
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v %v", report.Problems, err)
		}
		if err := v.s.texts.closeListener(); err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
}

// person is a number with habits.
type person struct {
	number  string
	commune int // 0 to 2
	bambara bool
	texts   bool // she texts; else she dials
	phone   *phone.Phone
	known   bool
}

func (v *village) people(from, n int) []*person {
	v.t.Helper()
	all := make([]*person, n)
	for i := range all {
		p := &person{number: fmt.Sprintf("+223760%05d", from+i), commune: v.one(60, 34, 6), bambara: v.of(.62), texts: v.of(.25)}
		if v.of(.35) {
			p.number = fmt.Sprintf("+223660%05d", from+i)
		}
		var err error
		if p.phone, err = phone.New(phone.Config{URL: v.calls.URL + "/ussd/africastalking/demo", Number: p.number, Code: "*384*55#"}); err != nil {
			v.t.Fatal(err)
		}
		all[i] = p
	}
	return all
}

func communeNames() []string { return []string{"Jamadugu", "Benkadi", "Sigidafa"} }

// acts is one thing that a person does on a day.
func (v *village) acts(p *person) {
	if p.texts {
		v.writes(p)
		return
	}
	v.dials(p)
}

// dials votes or says an opinion by USSD, sometimes dropping the call.
func (v *village) dials(p *person) {
	patience := 99
	if v.of(.1) {
		patience = v.IntN(7)
	}
	screen, err := p.phone.Dial(v.t.Context(), "")
	send := func(key string) bool {
		if err != nil || screen.End || patience <= 0 {
			return false
		}
		patience--
		v.wait(time.Duration(2+v.IntN(6)) * time.Second)
		screen, err = p.phone.Send(v.t.Context(), key)
		return err == nil && !screen.End
	}
	if strings.Contains(screen.Text, "Kan / Langue") {
		if !send(map[bool]string{true: "1", false: "2"}[p.bambara]) || !send(strconv.Itoa(p.commune+1)) || !send("1") {
			return
		}
	}
	if strings.Contains(screen.Text, "pas fini") || strings.Contains(screen.Text, "tun ma") {
		send("2")
	}
	if v.of(.12) {
		for _, key := range []string{"3", strconv.Itoa(1 + v.IntN(6)), v.opinion(p.bambara)} {
			send(key)
		}
		return
	}
	option := []string{"1", "2", "3", "4", "5", "6", "7", "8"}[v.one(30, 25, 18, 10, 7, 5, 3, 2)]
	send("1")
	for range 3 {
		if strings.Contains(screen.Text, "\n"+option+" ") || !strings.Contains(screen.Text, "\n9 ") {
			break
		}
		send("9")
	}
	send(option)
	send("1")
	send("1")
	if strings.Contains(screen.Text, "\n1 ") && v.of(.65) {
		send("1")
		send([]string{"1", "2", "0"}[v.one(38, 50, 12)])
		send([]string{"1", "2", "3", "4", "0"}[v.one(4, 55, 25, 6, 10)])
	}
	if err != nil {
		v.t.Errorf("%s: %v", p.number, err)
	}
}

func (v *village) opinion(bambara bool) string {
	if bambara {
		return []string{"ji tɛ an fɛ", "lakoli bili tinyena", "sira man nyi sanji waati", "kuran ka dogo"}[v.IntN(4)]
	}
	return []string{"la pompe est en panne depuis 2 mois; 50% des femmes marchent", "<b>où est</b> l'argent du marché ?", "=SOMME(A1) merci", "la route est coupée"}[v.IntN(4)]
}

// writes votes or says something by SMS.
func (v *village) writes(p *person) {
	if !p.known {
		p.known = true
		v.text(p, "commune "+communeNames()[p.commune])
		if p.bambara {
			v.text(p, "kan bamanankan")
		}
	}
	n := strconv.Itoa(v.one(30, 25, 18, 10, 7, 5, 3, 2) + 1)
	switch v.one(70, 14, 8, 8) {
	case 0:
		v.text(p, map[bool]string{true: "wote ", false: "VOTE "}[p.bambara]+n)
	case 1:
		v.text(p, map[bool]string{true: "hakilina ", false: "AVIS "}[p.bambara]+v.opinion(p.bambara))
	case 2:
		v.text(p, "RUMEUR le forage est déjà payé")
	default:
		v.text(p, "xyz "+n+n+n)
	}
}

func (v *village) text(p *person, text string) {
	v.t.Helper()
	v.id++
	form := url.Values{"id": {fmt.Sprintf("in-%d", v.id)}, "from": {p.number}, "to": {"36055"}, "text": {text}, "date": {v.now().Format(time.RFC3339)}}
	for range 1 + v.one(19, 1) { // a provider says some things twice
		res, err := http.PostForm(v.calls.URL+"/sms/africastalking/demo/inbox", form)
		if err != nil || res.StatusCode != http.StatusOK {
			v.t.Fatalf("%v %v", res, err)
		}
		_ = res.Body.Close()
	}
	v.wait(time.Duration(1+v.IntN(20)) * time.Second)
}

// lives plays a week: everybody acts about once, some twice.
func (v *village) lives(people []*person, monday time.Time) {
	days := make([][]*person, 7)
	for _, p := range people {
		for range 1 + v.one(82, 18) {
			d := v.one(10, 12, 14, 18, 22, 16, 8)
			days[d] = append(days[d], p)
		}
	}
	for d, today := range days {
		v.until(monday.AddDate(0, 0, d).Add(8 * time.Hour))
		for _, p := range today {
			v.acts(p)
			v.wait(time.Duration(v.IntN(40)) * time.Second)
		}
		v.wait(30 * time.Minute)
		for _, g := range v.s.gateways {
			g.Sweep()
		}
		if err := v.s.house.book.FlushTraffic(v.t.Context()); err != nil {
			v.t.Fatal(err)
		}
	}
}

// byHand counts the ballot log without any of the code that tallies: the last
// record of each voter up to a moment, by everything.
func (v *village) byHand(until time.Time) map[string]int64 {
	v.t.Helper()
	last := map[civic.VoterID]civic.Record{}
	err := v.s.house.engine.View(v.t.Context(), func(s store.Snapshot) error {
		return s.Records(1, func(r civic.Record) bool {
			if r.At.Before(until) {
				last[r.Voter] = r
			}
			return true
		})
	})
	if err != nil {
		v.t.Fatal(err)
	}
	counts := map[string]int64{}
	sexes, ages := []string{"non_renseigne", "femme", "homme"}, []string{"non_renseigne", "moins_15", "15_35", "36_59", "60_plus"}
	for _, r := range last {
		at := string(r.Place)
		for _, place := range []string{at, ""} {
			counts[place+"/numeros"]++
			counts[fmt.Sprintf("%s/option/%d", place, r.Marks[0].Option)]++
			counts[place+"/sexe/"+sexes[r.Group.Sex]]++
			counts[place+"/age/"+ages[r.Group.Age]]++
			counts[place+"/canal/"+map[civic.Channel]string{civic.ChannelUSSD: "ussd", civic.ChannelSMS: "sms"}[r.Group.Channel]]++
			counts[place+"/langue/"+r.Group.Lang]++
		}
	}
	return counts
}

// table is a CSV of the machines' dialect by column.
func table(t *testing.T, folder, kind string) []map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "donnees", kind+"_*.csv"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v %v", kind, found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		all = append(all, m)
	}
	return all
}

// TestAWeekIsTold plays two weeks of three communes on both channels in both
// languages, lets Monday come, and holds every published figure against a count
// made from the ballot log alone.
func TestAWeekIsTold(t *testing.T) {
	first := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	v := newVillage(t, first.Add(7*time.Hour), 46)
	people := v.people(20000, 620)
	work, err := v.s.newMonday()
	if err != nil {
		t.Fatal(err)
	}
	monday := func(day time.Time) {
		t.Helper()
		v.until(day.Add(6 * time.Hour))
		if err := work.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	monday(first)
	v.lives(people[:340], first)
	second := first.AddDate(0, 0, 7)
	monday(second)
	v.lives(people[120:], second)
	third := second.AddDate(0, 0, 7)
	monday(third)
	folder := filepath.Join(v.s.house.cfg.Data, "exports")
	for i, w := range []string{"2026-W46", "2026-W47"} {
		hand := v.byHand(first.AddDate(0, 0, 7*(i+1)))
		for _, profile := range []string{"public", "coordination"} {
			v.compare(filepath.Join(folder, w, profile), hand) // the demonstration shows its small cells
			v.compare(v.render(w, profile), hand)              // as a real commune would
		}
	}
	v.sameBytes(filepath.Join(folder, "2026-W47", "coordination"))
	v.keep(folder)
}

// render writes a week as a commune that is not fictive would have it.
func (v *village) render(week, profile string) string {
	v.t.Helper()
	w, err := civic.ParseWeek(week)
	if err != nil {
		v.t.Fatal(err)
	}
	files, err := v.s.house.files(v.t.Context(), export.Options{Week: w, Profile: export.Profile(profile)})
	if err != nil {
		v.t.Fatal(err)
	}
	folder := filepath.Join(v.t.TempDir(), week, profile)
	if err := export.WriteFolder(folder, files); err != nil {
		v.t.Fatal(err)
	}
	return folder
}

// compare holds the files of a week against the count by hand: every figure
// that is shown is right, or of an earlier week that is named; few are hidden.
func (v *village) compare(folder string, hand map[string]int64) {
	t := v.t
	t.Helper()
	shown, hidden, old := 0, 0, 0
	check := func(row map[string]string, column, key string) {
		t.Helper()
		switch {
		case row["supprime"] == "1" || row[column] == "s":
			hidden++
		case strings.Contains(row["motif"], "semaine"):
			old++
		default:
			shown++
			if got := row[column]; got != strconv.FormatInt(hand[key], 10) {
				t.Errorf("%s %s: %s, by hand %d (%v)", folder, key, got, hand[key], row)
			}
		}
	}
	for _, row := range table(t, folder, "hebdo_projet") {
		check(row, "voix", fmt.Sprintf("%s/option/%s", row["code_commune"], row["option"]))
	}
	for _, row := range table(t, folder, "hebdo_ventilation") {
		if row["indicateur"] == "numeros" {
			check(row, "effectif", fmt.Sprintf("%s/%s/%s", row["code_commune"], row["dimension"], row["modalite"]))
		}
	}
	t.Logf("%s: %d figures shown and right, %d hidden, %d of an earlier week", filepath.Base(filepath.Dir(folder))+"/"+filepath.Base(folder), shown, hidden, old)
	if shown < 20 {
		t.Errorf("only %d figures are shown", shown)
	}
}

// sameBytes: the desk's zip, the verb's files and Monday's folder are the same.
func (v *village) sameBytes(folder string) {
	t := v.t
	t.Helper()
	w, err := civic.ParseWeek("2026-W47")
	if err != nil {
		t.Fatal(err)
	}
	files, err := v.s.house.files(t.Context(), export.Options{Week: w, Profile: export.Coordination, DemoSmallCells: true})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if err := export.Zip(&packed, files); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil || len(z.File) < 20 {
		t.Fatalf("%d files, %v", len(z.File), err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(f.Name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from Monday's (%v)", f.Name, err)
		}
	}
}

// keep keeps the folder for a person to look at, where one is asked for, with
// the wall sheets as pictures.
func (v *village) keep(folder string) {
	to := os.Getenv("JAMAKAN_SCREENSHOTS")
	if to == "" {
		return
	}
	if err := os.CopyFS(filepath.Join(to, "semaine"), os.DirFS(folder)); err != nil {
		v.t.Log(err)
	}
	sheets, _ := filepath.Glob(filepath.Join(to, "semaine", "*", "public", "affiche_*.pdf"))
	slices.Sort(sheets)
	for _, pdf := range sheets {
		if out, err := exec.Command("pdftoppm", "-r", "80", "-png", pdf, strings.TrimSuffix(pdf, ".pdf")).CombinedOutput(); err != nil {
			v.t.Logf("%v %s", err, out)
		}
	}
}
