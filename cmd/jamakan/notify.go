package main

import (
	"fmt"
	"net"
	"strings"
)

// tellSystemd says how the service stands to a system manager that asked for
// it in NOTIFY_SOCKET; without one it says nothing. Only from READY=1 on is the
// service started: the time that verification takes counts as starting.
func tellSystemd(w world, state string) error {
	path := w.getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	if abstract, ok := strings.CutPrefix(path, "@"); ok {
		path = "\x00" + abstract // a name that is no file (unix(7))
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	defer func() { _ = c.Close() }() // what was written is sent
	_, err = c.Write([]byte(state))
	return err
}
