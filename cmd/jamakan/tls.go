package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// certificate is a listener's, read again when its files change or on SIGHUP.
// One that can't be read leaves the present one in use: a renewal that fails
// is a line in the log, not a gateway that is silent.
type certificate struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  [2]time.Time // of the files, as last read
	looked time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 10 * time.Second

func loadCertificate(cert, key string, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, now: now, log: log}
	info, err := os.Stat(key)
	if err != nil {
		return nil, fmt.Errorf("%w: tls: %w; give a readable PEM file", config.ErrInvalid, err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("%w: tls: everybody on this machine can read %s; run chmod 640 %s", config.ErrInvalid, key, key)
	}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("%w: tls: %w; give the certificate with its chain, and its own key, as PEM files", config.ErrInvalid, err)
	}
	return c, nil
}

// read reads the files. The lock is held, or nobody else has it yet.
func (c *certificate) read() error {
	stamp, err := c.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.loaded, c.stamp, c.looked = &pair, stamp, c.now()
	return nil
}

func (c *certificate) stamps() (stamp [2]time.Time, err error) {
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return stamp, err
		}
		stamp[i] = info.ModTime()
	}
	return stamp, nil
}

// reload reads the files again.
func (c *certificate) reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.again()
}

func (c *certificate) again() {
	if err := c.read(); err != nil {
		c.log.Error("a certificate can't be read again; the present one stays in use", "file", c.cert, "err", err)
		return
	}
	c.log.Info("certificate read", "file", c.cert, "until", c.loaded.Leaf.NotAfter.UTC().Format(time.RFC3339))
}

// get is the certificate of a handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if stamp, err := c.stamps(); err == nil && stamp != c.stamp {
			c.again()
		}
	}
	return c.loaded, nil
}

// loadCertificates reads those of the configuration.
func (s *servers) loadCertificates() error {
	s.certs = map[*http.Server]*certificate{}
	t := s.house.cfg.TLS
	for srv, pair := range map[*http.Server][2]string{s.callbacks: {t.Cert, t.Key}, s.desk: {t.DeskCert, t.DeskKey}} {
		if pair[0] == "" {
			continue
		}
		c, err := loadCertificate(pair[0], pair[1], s.house.now, s.log)
		if err != nil {
			return err
		}
		s.certs[srv] = c
		srv.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
	}
	return nil
}

// serveOn serves a listener, with TLS where it has a certificate.
func (s *servers) serveOn(srv *http.Server, on net.Listener) error {
	if s.certs[srv] != nil {
		return srv.ServeTLS(on, "", "")
	}
	return srv.Serve(on)
}

func (s *servers) scheme(srv *http.Server) string {
	if s.certs[srv] != nil {
		return "https"
	}
	return "http"
}

// hangups reads the certificates again on SIGHUP, which ends nothing. The
// signal is heard from before the gateway says that it is ready.
func (s *servers) hangups(ctx context.Context) error {
	defer signal.Stop(s.hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.hup:
			s.log.Info("SIGHUP: certificates are read again")
			for _, c := range s.certs {
				c.reload()
			}
		}
	}
}
