package callback

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback/refusal"
)

// Peer is the address a request comes from: the other end of the connection,
// or, where that is a proxy of ours, the last address in X-Forwarded-For that
// is none. What stands before it was written by whoever sent the request, and
// is not believed. The zero address: not known.
func Peer(r *http.Request, proxies []netip.Prefix) netip.Addr {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := end.Addr().Unmap()
	if len(proxies) == 0 || !within(at, proxies) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		next, err := netip.ParseAddr(hop)
		if withPort, failed := netip.ParseAddrPort(hop); failed == nil {
			next, err = withPort.Addr(), nil
		}
		if err != nil {
			return at // unreadable: what is known is the proxy
		}
		if at = next.Unmap().WithZone(""); !within(at, proxies) {
			return at
		}
	}
	return at
}

func within(at netip.Addr, networks []netip.Prefix) bool {
	return at.IsValid() && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(at) })
}

// network is the part of an address that says whose it is, not which machine.
func network(at netip.Addr) netip.Prefix {
	bits := 24
	if at.Is6() {
		bits = 48
	}
	n, err := at.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return n
}

// ShapeOf is all that is kept of a request that is turned away.
func ShapeOf(r *http.Request, proxies []netip.Prefix, bytes int64) refusal.Shape {
	s := refusal.Shape{Method: "other", Kind: "other", Bytes: int(min(bytes, 1<<30)), From: network(Peer(r, proxies))}
	if r.Method == http.MethodGet || r.Method == http.MethodPost {
		s.Method = r.Method
	}
	kind := r.Header.Get(echo.HeaderContentType)
	switch {
	case kind == "":
		s.Kind = "none"
	case strings.HasPrefix(kind, echo.MIMEApplicationForm):
		s.Kind = "form"
	case strings.HasPrefix(kind, echo.MIMEApplicationJSON):
		s.Kind = "json"
	}
	return s
}
