package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store/secret"
)

// closedFolder says whether others could change what is in the data folder:
// who can rename a file of it can give the gateway another database.
func closedFolder(folder string, demo bool) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	open := fs.FileMode(0o022)
	if demo {
		open = 0o002 // a group of one's own is common on a machine to try things on
	}
	if info.Mode().Perm()&open != 0 {
		return fmt.Errorf("%w: data: others may write in %s; run chmod 700 %s", config.ErrInvalid, folder, folder)
	}
	return nil
}

// keyFile reads the master key's file, and makes it at the first start only. A
// credential that systemd hands over is made by systemd: it is readable by
// this service alone through an access list, which the group's bits then show.
func keyFile(path string, first bool, w world) (*secret.Keys, error) {
	folder := w.getenv("CREDENTIALS_DIRECTORY")
	if folder == "" || filepath.Dir(path) != filepath.Clean(folder) {
		keys, err := secret.Load(path, first)
		if errors.Is(err, secret.ErrOpenFile) {
			return nil, fmt.Errorf("%w: key_file: %w", config.ErrInvalid, err)
		}
		return keys, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: key_file: the service was given no credential %s; make the key as root with: jamakan key make /etc/jamakan/master.key, and name that file in LoadCredential", config.ErrInvalid, filepath.Base(path))
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o007 != 0:
		return nil, fmt.Errorf("%w: %s", secret.ErrOpenFile, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	return secret.FromText(string(text))
}
