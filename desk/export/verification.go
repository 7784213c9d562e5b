package export

import (
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/store"
)

// receipts is the list of the log's leaves, read as it is written. It ends in
// ErrLeaves when the leaves are not those that the checkpoint stands for.
func (b *book) receipts() table.Table {
	col := func(name string, t table.Type, means string, value func(Leaf) table.Cell) table.Field[Leaf] {
		return table.Field[Leaf]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	return table.New(table.Table{
		Name: "recus", Title: "Reçus", Key: []string{"index"},
		Means: "Une ligne par ligne du journal des votes, dans l'ordre. Qui a un reçu l'y trouve ; le choix n'y est pas, et ne s'en déduit pas.",
	}, []table.Field[Leaf]{
		col("index", table.Integer, "Place dans le journal, à partir de 0 (RFC 6962).", func(l Leaf) table.Cell { return table.Int(int64(l.Index)) }),
		col("recu", table.Words, "Code du reçu. Le même deux fois : la personne a dit son groupe après avoir voté.", func(l Leaf) table.Cell { return table.Text(l.Receipt) }),
		col("feuille", table.Words, "Feuille de l'arbre de Merkle (RFC 6962, SHA-256), en hexadécimal ; toutes ensemble donnent la racine du point de contrôle.", func(l Leaf) table.Cell { return table.Text(l.Hash) }),
	}, b.checked())
}

// checked are the leaves, with the tree they make.
func (b *book) checked() iter.Seq2[Leaf, error] {
	return func(yield func(Leaf, error) bool) {
		var tree store.Tree
		for leaf, err := range b.src.Leaves {
			var h tlog.Hash
			if err == nil {
				h, err = leaf.hash(tree.Size())
			}
			if err != nil {
				yield(Leaf{}, err)
				return
			}
			tree.Append(h)
			if !yield(leaf, nil) {
				return
			}
		}
		if head := tree.Head(); head.Size != b.src.Report.LogSize || hex.EncodeToString(head.Root[:]) != b.src.Report.LogRoot {
			yield(Leaf{}, fmt.Errorf("%d leaves, %d promised: %w", head.Size, b.src.Report.LogSize, ErrLeaves))
		}
	}
}

// hash reads the leaf that has its place in the log.
func (l Leaf) hash(place uint64) (h tlog.Hash, err error) {
	raw, err := hex.DecodeString(l.Hash)
	if err != nil || len(raw) != len(h) || l.Index != place {
		return h, fmt.Errorf("leaf %d: %w", place, ErrLeaves)
	}
	return tlog.Hash(raw), nil
}

// proven says whether the week has a checkpoint and the leaves under it.
func (b *book) proven() bool {
	return b.src.Report != nil && b.src.Report.LogRoot != "" && b.src.Leaves != nil
}

// verification is what a stranger needs to check that nothing was taken out.
func (b *book) verification() ([]File, error) {
	if b.src.Report == nil || b.src.Report.LogRoot == "" {
		return nil, nil
	}
	files := []File{text(proofFolder+b.fileName("point_de_controle", ".txt"), func() (string, error) { return b.checkpoint(), nil })}
	if b.proven() {
		files = append(files, File{Name: b.receiptsName(), Write: func(w io.Writer) error { return data(false).write(w, b.receipts()) }})
	}
	return files, nil
}

func (b *book) receiptsName() string { return proofFolder + b.fileName("recus", ".csv") }

func (b *book) checkpoint() string {
	r := b.src.Report
	return strings.Join([]string{
		"Point de contrôle du journal des votes", "",
		"semaine: " + b.o.Week.String(),
		"etat: " + b.state(),
		fmt.Sprintf("taille: %d", r.LogSize),
		"racine: " + r.LogRoot, "",
		"La taille est le nombre de lignes du journal à la fin de la semaine, toutes consultations ensemble : votes, votes",
		"changés, groupes dits après le vote. La racine est celle de l'arbre de Merkle (RFC 6962, SHA-256) de toutes les",
		"feuilles de recus.csv, dans l'ordre. Changer, ôter ou ajouter une seule ligne du passé changerait la racine :",
		"gardez ce fichier d'une semaine à l'autre, et comparez.", "",
	}, "\n")
}
