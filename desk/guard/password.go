package guard

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What argon2id is asked for: 19 MiB and two passes, the least that OWASP's
// password storage sheet recommends; a small machine must bear several at once.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

// MinPassword is the fewest letters of a password.
const MinPassword = 10

// maxPassword bounds what is hashed, in bytes.
const maxPassword = 256

// Errors of passwords; the desk says each in words.
var (
	// ErrShort: fewer than MinPassword letters.
	ErrShort = errors.New("the password is too short")
	// ErrCommon: one that is tried first by whoever guesses.
	ErrCommon = errors.New("the password is easily guessed")
	// ErrHash: what is kept is not a hash of ours.
	ErrHash = errors.New("not an argon2id hash")
)

// hashing bounds how many hashes are worked out at once: each takes 19 MiB.
type hashing chan struct{}

func newHashing() hashing { return make(hashing, 4) }

// Hash makes what is kept of a password, in the PHC string format.
func Hash(password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(rand.Reader, salt); err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// Matches says whether a password is the one a hash was made of. Its error is
// ErrHash.
func Matches(password, hash string) (bool, error) {
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false, ErrHash
	}
	var version, memory, time, threads int
	if _, err := fmt.Sscanf(fields[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, ErrHash
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || memory < 8 || memory > 1<<16 || time < 1 || time > 10 || threads < 1 || threads > 8 {
		return false, ErrHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(fields[4])
	want, err2 := base64.RawStdEncoding.DecodeString(fields[5])
	if err1 != nil || err2 != nil || len(want) < 16 {
		return false, ErrHash
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(threads), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// CheckPassword says whether a person may choose a password: long enough, not
// her login, not among the first that are guessed.
func CheckPassword(password, login string) error {
	if utf8.RuneCountInString(password) < MinPassword {
		return ErrShort
	}
	folded := strings.ToLower(password)
	if len(password) > maxPassword || distinct(folded) < 4 || strings.Contains(folded, "jamakan") || login != "" && strings.Contains(folded, login) {
		return ErrCommon
	}
	for _, guessed := range []string{"motdepasse", "password", "azerty", "qwerty", "123456789", "bonjour", "bamako", "mali2"} {
		if strings.HasPrefix(folded, guessed) && len(folded) < len(guessed)+5 {
			return ErrCommon
		}
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
