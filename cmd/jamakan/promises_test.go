package main

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
)

// promise is a sentence about secrecy that citizens read, what the store does
// that makes it true, and the tests that show it.
type promise struct {
	fr, bm string // as they stand: a changed sentence is another promise
	fact   string
	tests  []string
}

// promises are all of them, by key.
func promises() map[string]promise {
	return map[string]promise{
		"welcome.how": {
			"La mairie voit le total des votes, pas qui a voté.", "Meri bɛ jate dɔn, nka a t'a dɔn jɔn ye wote kɛ.",
			"no page, file or verb is made of more than counts of ballots; a message to who voted says how many, never fewer than 5",
			[]string{"TestNoNumberAnywhere", "TestParticipation", "TestTooFew"},
		},
		"privacy.short": {
			"Votre numéro n'est pas écrit à côté de votre choix. Vous pouvez arrêter quand vous voulez.", "I ka nimɔrɔ tɛ sɛbɛn i ka sugandili kɛrɛ fɛ. I bɛ se ka dabila tuma bɛɛ.",
			"a ballot holds an id under its consultation's own key, and no number; STOP ends messages to many, EFFACER forgets her",
			[]string{"TestNothingLeadsToANumber", "TestVotersCantBeJoined", "TestStopInTheMiddle", "TestErasure"},
		},
		"profile.apart": {
			"Ce qui suit est compté à part, sans votre numéro et sans votre vote.", "Nin kɔ, i ka jaabi bɛ jate, i ka nimɔrɔ t'a la, i ka wote t'a la.",
			"a reply changes no byte of the file; counts are written by ten and more, of those drawn by chance, with nothing else; off unless configured",
			[]string{"TestRepliesLeaveNoTrace", "TestApartInBatches", "TestApartLeavesTheFileAlone", "TestAnswerIsOneWhateverIsRepeated", "TestNothingIsAskedThatIsOff"},
		},
		"privacy.deleted": {
			"Vos messages et votre numéro sont effacés. Votre vote reste compté, sans numéro.", "I ka batakiw ni i ka nimɔrɔ jɔsira. I ka wote bɛ jate hali bi, nimɔrɔ t'a la.",
			"the erasure is through before it is said; this message itself holds her number, sealed, until it arrives or is a day old",
			[]string{"TestErasure", "TestErasureGoesOn", "TestErasureInFlight", "TestErasureOfACampaignsLetter"},
		},
		"privacy.declined": {
			"Rien n'est gardé.", "Foyi ma mara.",
			"the first thing recorded writes the profile: who declines has recorded nothing; the call is counted, without number",
			[]string{"TestWhoDeclinesLeavesNothing"},
		},
		"limit.busy": {
			"Rien n'est noté.", "Foyi MA sɛbɛn.",
			"a call above its provider's limit does not begin: it has no dialogue and no command",
			[]string{"TestProviderLimit"},
		},
		"results.too_few": {
			"On ne montre pas les résultats pour garder le secret.", "An tɛ jaabiw jira, walasa gundo ka mara.",
			"fewer than 10 numbers are not shown, nor what would tell them by difference",
			[]string{"TestCheapestComplement", "TestTablesTogetherTellNobody", "TestNobodyIsTold"},
		},
		"wall.few": {
			"On ne montre pas le chiffre pour garder le secret.", "An tɛ jate jira, walasa gundo ka mara.",
			"as results.too_few",
			[]string{"TestWallIsPublic", "TestTablesTogetherTellNobody"},
		},
		"wall.results_few": {
			"on garde le secret", "gundo ka mara",
			"as results.too_few",
			[]string{"TestWallIsPublic", "TestTablesTogetherTellNobody"},
		},
		"wall.results_part": {
			"Les petits nombres restent secrets", "Jate dɔw dogolen don",
			"as results.too_few",
			[]string{"TestWallIsPublic", "TestTablesTogetherTellNobody"},
		},
		"optout.ask": {
			"Arrêter tous les messages ?", "I b'a fɛ batakiw bɛɛ ka dabila wa?",
			"nothing leaves any more but answers to what she herself texts or texted",
			[]string{"TestStopInTheMiddle", "TestNothingIsClaimedAfterAPause", "TestAStopDuringACall"},
		},
		"optout.done": {
			"C'est fait : plus de messages.", "A kɛra: an tɛna bataki ci i ma tugun.",
			"as optout.ask",
			[]string{"TestStopInTheMiddle", "TestAStopDuringACall"},
		},
		"privacy.full": {
			"Nous gardons : votre choix, votre commune, la date. Votre numéro est caché.", "An bɛ nin mara: i ka sugandili, i ka komini, don. I ka nimɔrɔ dogolen don.",
			"said by no screen and no SMS: language, sex, age and texts are kept too, so it is to be completed before anything says it",
			[]string{"TestAPromiseThatIsNotMade"},
		},
	}
}

// aboutSecrecy finds sentences that promise something.
var aboutSecrecy = regexp.MustCompile(`(?i)gard(e|é|ons)\b|cach|secret|effac|qui a voté|sans nom|arrêter tous|plus de messages|anonym|confiden|rien n'est|personne ne|sans numéro|votre numéro|oubli`)

// noPromise are sentences that the words find and that promise nothing.
func noPromise(key string) bool {
	switch key {
	case "vote.already", "vote.recorded", "vote.recorded.more": // what she may keep: her vote, her code
		return true
	}
	return false
}

// TestEveryPromiseIsAFact: each sentence about secrecy is listed with what
// makes it true. A new or changed one fails until its fact is found.
func TestEveryPromiseIsAFact(t *testing.T) {
	c, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	known, tests := promises(), everyTest(t)
	fr, bm := c.Default("fr"), c.Default("bm")
	for _, key := range fr.Keys() {
		if fr.Channel(key) == "desk" || noPromise(key) {
			continue
		}
		said := fr.Text(key)
		if _, listed := known[key]; !listed && (strings.HasPrefix(key, "privacy.") || aboutSecrecy.MatchString(said)) {
			t.Errorf("%s promises what no fact is listed for: %q", key, said)
		}
	}
	for key, p := range known {
		if !strings.Contains(fr.Text(key), p.fr) || !strings.Contains(bm.Text(key), p.bm) {
			t.Errorf("%s says something else than what is listed: look whether it is true", key)
		}
		if p.fact == "" || len(p.tests) == 0 {
			t.Errorf("%s: no fact, or no test", key)
		}
		for _, name := range p.tests {
			if !tests[name] {
				t.Errorf("%s: there is no %s", key, name)
			}
		}
	}
}

// everyTest are the tests of the module by name.
func everyTest(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	eachGoFile(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, data, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				all[f.Name.Name] = true
			}
		}
	})
	return all
}

func eachGoFile(t *testing.T, fn func(path string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		data, err := os.ReadFile(path)
		fn(path, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPromiseThatIsNotMade: the sentence that is not complete is said
// nowhere.
func TestAPromiseThatIsNotMade(t *testing.T) {
	eachGoFile(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, "_test.go") && strings.Contains(string(data), `"privacy.full"`) {
			t.Errorf("%s says privacy.full: complete it first", path)
		}
	})
}

// TestWhoDeclinesLeavesNothing: who does not agree is in no record.
func TestWhoDeclinesLeavesNothing(t *testing.T) {
	s, _ := inProcess(t)
	ctx := context.Background()
	const number = "+22376000042"
	base := "http://" + s.onCalls.Addr().String()
	last, before := "", s.house.book.Health().Records
	for _, text := range []string{"", "2", "2*1", "2*1*2"} {
		var err error
		if last, err = post(ctx, http.DefaultClient, base, number, "ATUid_declines", text); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(last, "Rien n'est gardé") {
		t.Fatalf("the call ends with %q", last)
	}
	p, err := s.house.book.Person(ctx, number)
	if err != nil || p.Citizen().Known {
		t.Errorf("she is known: %+v %v", p.Citizen(), err)
	}
	err = s.house.engine.View(ctx, func(snap store.Snapshot) error {
		for _, kind := range []string{store.KindCitizen, store.KindContact, store.KindSession, store.KindDone, store.KindTalk} {
			for after := uint64(0); ; {
				last, err := snap.Walk(kind, after, func(_ uint64, k store.Key, _ []byte) bool {
					t.Errorf("there is a %s", k.Kind())
					return true
				})
				if after = last; err != nil || last == 0 {
					break
				}
			}
		}
		return nil
	})
	if err != nil || s.house.book.Health().Records != before {
		t.Errorf("%v, %d records", err, s.house.book.Health().Records)
	}
}

// TestSecurityNamesRealTests: every test that docs/security.md names exists,
// and every threat has one.
func TestSecurityNamesRealTests(t *testing.T) {
	doc, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := everyTest(t)
	named := regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(doc), -1)
	for _, name := range named {
		if !tests[name] {
			t.Errorf("docs/security.md names %s, which does not exist", name)
		}
	}
	rows := 0
	for line := range strings.SplitSeq(string(doc), "\n") {
		if cells := strings.Split(line, "|"); len(cells) == 6 && !strings.Contains(line, "---") && !strings.Contains(line, "what remains") {
			rows++
			if !strings.Contains(cells[3], "Test") {
				t.Errorf("a threat without a test: %s", cells[1])
			}
		}
	}
	if rows < 15 {
		t.Errorf("%d threats are listed", rows)
	}
	keep := config.Default().Keep
	if keep.Profiles != 12 || keep.Contacts != 30 || keep.Texts != 12 || keep.Strays != 30 {
		t.Errorf("docs/security.md says other delays than %+v", keep)
	}
}
