package config

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/callback"
)

// checkSafe says what would let somebody in, or let somebody listen.
func (c Config) checkSafe() error {
	if err := c.TLS.check(); err != nil {
		return err
	}
	if c.Demo && c.TLS.Cert != "" {
		return invalid("tls.cert: the demonstration's phone speaks in clear on loopback; leave it out, or set demo: false")
	}
	if c.Demo && c.BehindProxy {
		return invalid("behind_proxy: the demonstration is for this machine alone, its token is known to everybody; set demo: false, or leave behind_proxy out")
	}
	if !loopback(c.Listen) && !privateLink(c.Listen) && c.TLS.Cert == "" && !c.BehindProxy {
		return invalid("listen: numbers, choices and the token would travel in clear; listen on 127.0.0.1, or on the machine's address in the provider's private network, give tls.cert and tls.key, or, where a proxy with TLS stands before it, set behind_proxy: true")
	}
	if !loopback(c.Desk) && c.TLS.DeskCert == "" && !c.BehindProxy {
		return invalid("desk: passwords would travel in clear; listen on 127.0.0.1, give tls.desk_cert and tls.desk_key, or, where a proxy with TLS stands before it, set behind_proxy: true")
	}
	proxies, err := Networks("proxies", c.Proxies)
	if err != nil {
		return err
	}
	for _, n := range proxies {
		if n.Bits() == 0 {
			return invalid("proxies: %s is everybody, who could then write any address into X-Forwarded-For; give the proxy's own, like 127.0.0.1/32", n)
		}
	}
	if c.Metrics != "" {
		if err := checkToken("metrics_token", c.Metrics, false); err != nil {
			return err
		}
	}
	for name, ch := range c.USSD {
		if err := checkDoor("ussd."+name, ch.Tokens, ch.Networks, c.Demo); err != nil {
			return err
		}
	}
	for name, ch := range c.SMS {
		if err := checkDoor("sms."+name, ch.Tokens, ch.Networks, c.Demo); err != nil {
			return err
		}
	}
	return nil
}

func (t TLS) check() error {
	for name, pair := range map[string][2]string{"cert, tls.key": {t.Cert, t.Key}, "desk_cert, tls.desk_key": {t.DeskCert, t.DeskKey}} {
		if (pair[0] == "") != (pair[1] == "") {
			return invalid("tls.%s: give both, or none", name)
		}
	}
	return nil
}

// checkDoor says what is wrong with who may come in to a channel.
func checkDoor(where string, tokens, networks []string, demo bool) error {
	if len(tokens) == 0 {
		return invalid("%s.tokens: give one token of %d characters or more; make one with: jamakan config token", where, MinToken)
	}
	if len(tokens) > 2 {
		return invalid("%s.tokens: two at most: the one in use, and the next one during a change", where)
	}
	for _, t := range tokens {
		if err := checkToken(where+".tokens", t, demo); err != nil {
			return err
		}
	}
	if isHash, _ := callback.Hashed(tokens[0]); isHash && demo {
		return invalid("%s.tokens: the demonstration's phone must know the token itself; write it in clear, or set demo: false", where)
	}
	_, err := Networks(where+".networks", networks)
	return err
}

// checkToken says what is wrong with one token. A short one is enough for the
// demonstration alone: elsewhere a proxy may stand before a listener on
// loopback.
func checkToken(where, t string, demo bool) error {
	isHash, ok := callback.Hashed(t)
	switch {
	case isHash && !ok:
		return invalid("%s: after sha256: stand 64 hexadecimal digits; make a token with: jamakan config token", where)
	case isHash:
		return nil
	case t == "" || len(t) < MinToken && !demo:
		return invalid("%s: a token under %d characters is refused outside the demonstration; make one with: jamakan config token", where, MinToken)
	case strings.Trim(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "":
		return invalid("%s: letters, digits, - and _ only", where)
	}
	return nil
}

// Networks reads addresses and networks.
func Networks(where string, texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		n, err := netip.ParsePrefix(text)
		if err != nil {
			at, failed := netip.ParseAddr(text)
			if failed != nil {
				return nil, invalid("%s: %q is no network; write it like 203.0.113.0/24, or an address", where, text)
			}
			n = netip.PrefixFrom(at, at.BitLen())
		}
		if n.Masked() != n {
			return nil, invalid("%s: %q has bits behind its length; write %s", where, text, n.Masked())
		}
		all = append(all, n)
	}
	return all, nil
}

// safeAddress says whether what is sent to an address can't be read on the way.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return true // another check says what is wrong with it
	}
	return u.Scheme == "https" || loopback(net.JoinHostPort(u.Hostname(), "0"))
}

// privateLink says whether an address can't be reached from the Internet: a
// provider's callbacks come to it through a tunnel or a line of one's own.
func privateLink(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsPrivate()
}

func (l Limits) negative() bool {
	return min(l.Dials, l.Texts, l.Ballots, int(l.Window), l.ProviderDials, l.ProviderTexts, l.ProviderBallots, l.Connections) < 0
}

// secrets are the fields that hold one in clear.
func (c Config) secrets() (named []string) {
	clear := func(where string, tokens []string) {
		if slices.ContainsFunc(tokens, func(t string) bool { isHash, _ := callback.Hashed(t); return !isHash && t != "demo" && t != "" }) {
			named = append(named, where)
		}
	}
	for name, ch := range c.USSD {
		clear("ussd."+name+".tokens", ch.Tokens)
	}
	for name, ch := range c.SMS {
		clear("sms."+name+".tokens", ch.Tokens)
		if ch.APIKey != "" && ch.APIKey != "sandbox" {
			named = append(named, "sms."+name+".api_key")
		}
	}
	clear("metrics_token", []string{c.Metrics})
	if c.Mail.Password != "" {
		named = append(named, "mail.password")
	}
	slices.Sort(named)
	return named
}

// closed says whether a file that holds secrets can be read by everybody.
func (c Config) closed(path string, secrets []string) error {
	info, err := os.Stat(path)
	if c.Demo || len(secrets) == 0 || err != nil || info.Mode().Perm()&0o004 == 0 {
		return nil //nolint:nilerr // there is no file
	}
	return invalid("%s can be read by everybody on this machine and holds %s; run chmod 640 %s, or give tokens as sha256:... and the rest by the environment",
		path, strings.Join(secrets, ", "), path)
}
