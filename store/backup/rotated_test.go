package backup

import (
	"testing"

	"github.com/jamakan/jamakan/store/secret"
)

// A backup of rotated data is read with the master key alone: its list is
// under it, not under the working keys that are inside.
func TestManifestOfRotatedData(t *testing.T) {
	old, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	master, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	working, _, err := old.Rotated(master)
	if err != nil {
		t.Fatal(err)
	}
	if mac(working, []byte("line")) != mac(master, []byte("line")) {
		t.Error("the list of a backup is under the working keys")
	}
	if mac(working, []byte("line")) == mac(old, []byte("line")) {
		t.Error("the old key makes the list of a new backup")
	}
}
