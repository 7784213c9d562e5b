package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// writePair writes a certificate with a serial, and its key.
func writePair(t *testing.T, folder string, serial int64, at time.Time) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "jamakan.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// A certificate that changed is served from the next look on; one that can't
// be read leaves the present one in use.
func TestCertificateIsReadAgain(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	cert, key := writePair(t, folder, 1, now.Add(-time.Hour))
	c, err := loadCertificate(cert, key, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		got, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.SerialNumber.Int64()
	}
	writePair(t, folder, 2, now)
	if n := serial(); n != 1 {
		t.Errorf("serial %d before anybody looked", n)
	}
	now = now.Add(lookEvery)
	if n := serial(); n != 2 {
		t.Errorf("serial %d after a look, want 2", n)
	}
	if err := os.WriteFile(cert, []byte("half a fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lookEvery)
	if n := serial(); n != 2 {
		t.Errorf("serial %d with a broken file, want 2", n)
	}
	writePair(t, folder, 3, now)
	c.reload()
	if n := serial(); n != 3 {
		t.Errorf("serial %d after SIGHUP, want 3", n)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadCertificate(cert, key, time.Now, nil); !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("an open key: %v", err)
	}
}

// The gateway itself serves the desk with TLS, and SIGHUP ends nothing.
func TestDeskWithTLS(t *testing.T) {
	cert, key := writePair(t, t.TempDir(), 7, time.Now())
	cmd, at := gatewayAndAll(t, buildGateway(t), t.TempDir(), "JAMAKAN_TLS_DESK_CERT="+cert, "JAMAKAN_TLS_DESK_KEY="+key)
	if !strings.HasPrefix(at["desk"], "https://") {
		t.Fatalf("the desk is at %s", at["desk"])
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := client.Get(at["desk"] + "/login")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%d %v", res.StatusCode, err)
	}
	if n := res.TLS.PeerCertificates[0].SerialNumber.Int64(); n != 7 {
		t.Errorf("serial %d", n)
	}
	stopGently(t, cmd)
}

// Start-up refuses a data folder that others may write in, and reads a key that
// systemd hands over.
func TestFoldersAndCredentials(t *testing.T) {
	folder := t.TempDir()
	for mode, ok := range map[os.FileMode]bool{0o700: true, 0o755: true, 0o777: false, 0o770: false} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		if err := closedFolder(folder, false); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "chmod 700") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	credentials := t.TempDir()
	w := world{getenv: func(name string) string { return map[string]string{"CREDENTIALS_DIRECTORY": credentials}[name] }}
	path := filepath.Join(credentials, "master.key")
	if _, err := keyFile(path, true, w); !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), "LoadCredential") {
		t.Errorf("no credential: %v", err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("5a", 32)+"\n"), 0o440); err != nil {
		t.Fatal(err)
	}
	if _, err := keyFile(path, true, w); err != nil {
		t.Errorf("a credential: %v", err)
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := keyFile(path, true, w); err == nil {
		t.Error("a credential that everybody reads is taken")
	}
}
