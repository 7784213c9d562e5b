// Command writer is the gateway that fault tests watch: phones vote, write and
// repeat themselves over one database until it is killed, or its disk fails.
// It says each answer on its standard output, after the answer was given.
//
// It ends with 3 when the outcome of a write is unknown, which is what the
// rules of docs/faults.md ask of a gateway.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/jamakan/jamakan/faults/load"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

func main() {
	o := bolt.Options{}
	flag.StringVar(&o.Path, "db", "", "database")
	flag.Int64Var(&o.InitialMmap, "mmap", 0, "address space reserved")
	flag.Int64Var(&o.MaxSize, "max", 0, "largest size")
	phones := flag.Int("phones", 8, "phones at once")
	seed := flag.Uint64("seed", 1, "of the phones' chance")
	flag.Parse()
	err := work(o, *phones, *seed)
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrStopped) {
		os.Exit(3)
	}
	os.Exit(1)
}

func work(o bolt.Options, phones int, seed uint64) error {
	g, err := load.Open(o)
	if err != nil {
		return err
	}
	return errors.Join(g.Work(phones, seed, os.Stdout), g.Engine.Close())
}
