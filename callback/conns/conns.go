// Package conns bounds how many connections a listener holds, so that no
// number of them takes all file descriptors or all memory.
//
// It promises that a new connection is never kept waiting: when there are too
// many, the one that has waited longest without asking anything is closed for
// it, and when all are in the middle of a request, the new one is. What a
// request may take is the server's own timeouts' business.
//
// It never looks at who connects: behind a proxy they are all the same.
package conns

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// Crowd is the connections of one listener. It is safe for concurrent use.
type Crowd struct {
	most   int
	unread int

	mu      sync.Mutex
	here    map[net.Conn]*list.Element // nil while it asks something
	waiting *list.List                 // of net.Conn, the longest waiting first
	shed    int64
	refused int64
}

// New is a crowd of so many connections at most; 0: any number. unread is how
// many bytes of answers the system keeps for each that does not read them; left
// to itself it may keep megabytes, of memory that no process is seen to hold.
func New(most, unread int) *Crowd {
	return &Crowd{most: most, unread: unread, here: map[net.Conn]*list.Element{}, waiting: list.New()}
}

// Counts are the connections there are, those that were closed while they
// waited to make room, and those that found none.
func (c *Crowd) Counts() (here int, shed, refused int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.here), c.shed, c.refused
}

// Watch is for http.Server.ConnState.
func (c *Crowd) Watch(conn net.Conn, s http.ConnState) {
	if out := c.moved(conn, s); out != nil {
		_ = bare(out).Close()
		if out == conn {
			return
		}
	}
	if t, ok := bare(conn).(*net.TCPConn); ok && s == http.StateNew {
		_ = t.SetWriteBuffer(c.unread)
	}
}

// moved takes note of a connection's state, and says which one is to go.
func (c *Crowd) moved(conn net.Conn, s http.ConnState) (out net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, known := c.here[conn]
	switch {
	case s == http.StateNew:
		if c.most > 0 && len(c.here) >= c.most {
			if out = c.longest(); out == nil {
				c.refused++
				return conn
			}
		}
		c.here[conn] = c.waiting.PushBack(conn)
	case !known: // it was sent away
	case s == http.StateIdle && at == nil:
		c.here[conn] = c.waiting.PushBack(conn)
	case s == http.StateActive && at != nil:
		c.waiting.Remove(at)
		c.here[conn] = nil
	case s == http.StateClosed || s == http.StateHijacked:
		if at != nil {
			c.waiting.Remove(at)
		}
		delete(c.here, conn)
	}
	return out
}

// longest takes out the connection that waits longest; nil when none does.
func (c *Crowd) longest() net.Conn {
	front := c.waiting.Front()
	if front == nil {
		return nil
	}
	conn := c.waiting.Remove(front).(net.Conn)
	delete(c.here, conn)
	c.shed++
	return conn
}

// bare is a connection below TLS, which would say goodbye before it closes, and
// wait for a peer that does not read.
func bare(conn net.Conn) net.Conn {
	if t, ok := conn.(*tls.Conn); ok {
		return t.NetConn()
	}
	return conn
}
