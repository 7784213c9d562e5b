package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// opened is the data of a demonstration that nobody serves.
type opened struct {
	keys   *secret.Keys
	engine *bolt.Engine
	book   *store.Book
}

// openData opens it; fresh: it is made.
func openData(data string, fresh bool) (o opened, err error) {
	if o.keys, err = secret.Load(filepath.Join(data, "demo.key"), fresh); err != nil {
		return o, err
	}
	if o.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(data, databaseFile), Now: time.Now}); err != nil {
		return o, err
	}
	o.book, err = store.NewBook(o.engine, o.keys, store.BookOptions{Now: time.Now})
	return o, err
}

// openBook opens it for a test, until the test closes the engine or ends.
func openBook(t testing.TB, data string, fresh bool) opened {
	t.Helper()
	o, err := openData(data, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
