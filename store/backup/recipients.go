package backup

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
)

// ErrRecipient: no public key of age.
var ErrRecipient = errors.New("not a public key of age (age1...)")

// Recipients reads public keys, each as age-keygen or `jamakan key pair`
// prints it.
func Recipients(texts []string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") {
			return nil, fmt.Errorf("%w: this is the secret half; it must never be on this machine. Give the public one, and make a new pair", ErrRecipient)
		}
		some, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%w: %q", ErrRecipient, text)
		}
		all = append(all, some...)
	}
	return all, nil
}

// RecipientsFile reads a file of public keys, one a line; # begins a comment.
func RecipientsFile(path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: %w: it names none", path, ErrRecipient)
	}
	return all, nil
}

// Identities reads a file of secret keys.
func Identities(path string) ([]age.Identity, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("age-encryption.org/")) || bytes.HasPrefix(data, []byte("-----BEGIN AGE")) {
		return nil, fmt.Errorf("%s: the identity is itself encrypted; open it first with age -d", path)
	}
	all, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: no identity of age (AGE-SECRET-KEY-...)", path)
	}
	return all, nil
}
