package planfile_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/jamakan/jamakan/desk/planfile"
)

var update = flag.Bool("update", false, "write the golden files and the committed workbooks again")

// writeCommitted makes the files of testdata: a PIP table as a mairie keeps it,
// a follow-up list saved by a French Excel, and one full of mistakes.
func writeCommitted(t *testing.T) {
	t.Helper()
	pip := book(t, map[string][][]any{
		"PIP 2026-2030": {
			{"COMMUNE DE COLIMBINÉ"},
			{"PROGRAMME DE DÉVELOPPEMENT ÉCONOMIQUE, SOCIAL ET CULTUREL : PLAN D'INVESTISSEMENT PLURIANNUEL"},
			{},
			{"N°", "Sous-secteur", "Activités", "Localisation", "Coût estimatif (en milliers FCFA)", "Source(s) de financement", nil, "Année de réalisation", "État d'avancement", "Indicateurs"},
			{nil, nil, nil, nil, nil, "Commune", "Partenaires"},
			{1, "Eau", "Forage", "Kabaté", 12_000, "ANICT, commune", nil, 2027, nil, "1 forage"},
			{2, nil, "Puits du marché", "Misali", "6 500", "diaspora", nil, "T2 2027", "en cours", "1 puits"},
			{nil, "Sous-total eau", nil, nil, 18_500},
			{3, "Éducation", "École", "Kabaté", 28_000, "État", nil, 46_387, "en cours", "3 classes"},
			{4, nil, "Toit de l'école", "Misali", 3_900.5, "commune + État", nil, "déc. 2026", "achevé", nil},
			{nil, "TOTAL GÉNÉRAL", nil, nil, 50_400.5},
		},
		"Synthèse": {{"Secteur", "Montant"}, {"Eau", 18_500}},
	}, func(f *excelize.File) {
		for _, m := range [][2]string{{"A1", "J1"}, {"A2", "J2"}, {"A4", "A5"}, {"B4", "B5"}, {"F4", "G4"}, {"B6", "B7"}, {"B9", "B10"}, {"B11", "D11"}} {
			if err := f.MergeCell("PIP 2026-2030", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetDocProps(&excelize.DocProperties{Creator: "mairie", Created: "2026-01-01T00:00:00Z", Modified: "2026-01-01T00:00:00Z"}); err != nil {
			t.Fatal(err)
		}
	})
	list := "Réf;Projet;Statut;Échéance;Observations\r\nEAU;Forage;achevé;30/06/2026;réception provisoire\r\nEDU;École;en cours;;\r\n"
	latin, err := charmap.Windows1252.NewEncoder().Bytes([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Join([]string{
		"Code\tIntitulé\tSecteur\tVillage\tCoût\tStatut\tÉchéance",
		"EAU\tForage\teau\tKabaté\t1.250\tfini\t31/12/1926",
		"NEU\tConstruction d'un forage positif équipé\teau\tKabaté\t12 M\t80 %\tbientôt",
		"EAU\tPuits\teau\tKabaté\t#REF!\t\t",
	}, "\n") + "\n"
	for name, data := range map[string][]byte{"pip.xlsx": pip, "suivi.csv": latin, "fautes.tsv": []byte(wrong)} {
		if err := os.WriteFile("testdata/"+name, bytes.Clone(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCommittedFiles reads files as mairies keep them; what their import would
// change is written beside them.
func TestCommittedFiles(t *testing.T) {
	if *update {
		writeCommitted(t)
	}
	files, err := filepath.Glob("testdata/*.*s*")
	if err != nil || len(files) < 3 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known := knownSmall(t)
		var said string
		if p, remarks, err := planfile.ReadAny(file, data, known); err != nil {
			said = err.Error()
		} else {
			said = strings.Join(planfile.Preview(&known.Plans[0], p, known.Now, remarks).Lines(), "\n")
		}
		golden(t, strings.TrimSuffix(file, filepath.Ext(file))+".txt", said+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s (%v)", name, got, want, err)
	}
}
