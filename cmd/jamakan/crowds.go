package main

import (
	"log/slog"
	"syscall"

	"github.com/jamakan/jamakan/callback/conns"
)

// crowds bound the connections of the listeners.
type crowds struct{ callbacks, desk *conns.Crowd }

// keptFiles are the open files that are not connections of the listeners: the
// database, its copies, the socket, providers, the log.
const keptFiles = 256

// newCrowds bounds them by the configuration, and by what the system allows: a
// process that has no file descriptor left can't make a backup either.
func newCrowds(most int, log *slog.Logger) crowds {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil {
		room := max(int(min(files.Cur, 1<<30))-keptFiles, 64) * 10 / 11
		if most > room {
			log.Warn("fewer connections than configured: the system allows few open files (LimitNOFILE= of the unit, ulimit -n)", "connections", room, "configured", most)
		}
		if most == 0 || most > room {
			most = room
		}
	}
	return crowds{conns.New(most, 32<<10), conns.New(max(most/10, min(most, 8)), 256<<10)} // 0 stays: any number
}

// each tells the connections of each listener.
func (c crowds) each(fn func(listener string, here int, shed, refused int64)) {
	here, shed, refused := c.callbacks.Counts()
	fn("callbacks", here, shed, refused)
	here, shed, refused = c.desk.Counts()
	fn("desk", here, shed, refused)
}
