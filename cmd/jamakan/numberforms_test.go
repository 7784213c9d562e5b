package main

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// hunt looks for many numbers at once, in every form in which a program might
// write one.
type hunt struct {
	near  []uint64                // a bit for the hash of each anchor: most bytes are passed over by it
	forms map[[anchor]byte][]form // by six bytes of each form
	runs  map[string]string       // digits as they stand: form -> number
	few   int                     // weak forms of fewer numbers are chance
}

// form is one way to write one number.
type form struct {
	bytes string
	at    int // where its anchor is
	name  string
	// weak: eight digits as a binary number are four zeros and 27 bits, which the
	// zeros and lengths of any large file hold by chance. A program that wrote
	// numbers so would write many.
	weak bool
}

// anchor is how many bytes of a form are looked up.
const anchor = 6

func newHunt(numbers ...string) *hunt {
	h := &hunt{near: make([]uint64, 1<<20), forms: map[[anchor]byte][]form{}, runs: map[string]string{}, few: max(3, len(numbers)/100)}
	for _, e164 := range numbers {
		for name, f := range formsOf(e164) {
			h.add(name, f)
		}
		for _, f := range plainForms(e164) {
			h.runs[strings.TrimPrefix(f, "+")] = e164
		}
	}
	return h
}

func (h *hunt) add(name, bytes string) {
	if len(bytes) < anchor {
		panic("a form that is found by chance: " + name)
	}
	at := len(bytes) - anchor // ends differ where beginnings are alike
	if strings.HasSuffix(bytes, "\x00\x00\x00") {
		at = 0
	}
	key := [anchor]byte([]byte(bytes[at:]))
	h.forms[key] = append(h.forms[key], form{bytes, at, name, isWeak(name)})
	bit := hashAnchor(key[:])
	h.near[bit/64] |= 1 << (bit % 64)
}

// isWeak says whether a form is eight digits as eight bytes.
func isWeak(name string) bool {
	_, digits, ok := strings.Cut(name, "-endian ")
	return ok && len(digits) == 8
}

func hashAnchor(b []byte) uint64 {
	v := uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
	return v * 0x9e3779b97f4a7c15 >> 38 // 26 bits
}

// plainForms are a number as digits.
func plainForms(e164 string) []string {
	local := strings.TrimPrefix(e164, "+223")
	return []string{e164, "00223" + local, local}
}

// formsOf are the other ways to write a number.
func formsOf(e164 string) map[string]string {
	local := strings.TrimPrefix(e164, "+223")
	all := map[string]string{}
	for _, sep := range []string{" ", ".", "-", "/", "\u00a0", "\u202f", "%20", "+"} {
		pairs := []string{local[:2], local[2:4], local[4:6], local[6:]}
		all["in pairs by "+sep] = strings.Join(pairs, sep)
		all["223 apart by "+sep] = "223" + sep + local
		all["in halves by "+sep] = local[:4] + sep + local[4:]
	}
	for _, plain := range append(plainForms(e164), e164[1:]) {
		encodings(all, plain)
	}
	delete(all, "percent "+local) // digits only: the plain form
	for _, n := range []string{e164[1:], local} {
		var v uint64
		if _, err := fmt.Sscan(n, &v); err != nil {
			panic(err)
		}
		all["uint64 big-endian "+n] = string(binary.BigEndian.AppendUint64(nil, v))
		all["uint64 little-endian "+n] = string(binary.LittleEndian.AppendUint64(nil, v))
		all["number in hexadecimal "+n] = fmt.Sprintf("%016x", v)
	}
	all["BCD"], all["BCD swapped"] = bcd(e164[1:])
	return all
}

// encodings adds a text's hashes and encodings.
func encodings(all map[string]string, plain string) {
	add := func(name, f string) { all[name+" "+plain] = f }
	for name, sum := range map[string][]byte{"SHA-256": sum256(plain), "SHA-1": sum1(plain), "MD5": sum5(plain)} {
		add(name, string(sum[:12]))
		add(name+" hex", hex.EncodeToString(sum)[:24])
		add(name+" base64", base64.StdEncoding.EncodeToString(sum)[:16])
	}
	add("hex", hex.EncodeToString([]byte(plain)))
	add("HEX", strings.ToUpper(hex.EncodeToString([]byte(plain))))
	if q := url.QueryEscape(plain); q != plain {
		add("percent", q)
	}
	for shift := range 3 { // wherever in a text it begins
		padded := strings.Repeat("x", shift) + plain + "xx"
		from, to := (shift*8+5)/6, (shift+len(plain))*8/6
		add(fmt.Sprint("base64 ", shift), base64.StdEncoding.EncodeToString([]byte(padded))[from:to])
		add(fmt.Sprint("base64url ", shift), base64.URLEncoding.EncodeToString([]byte(padded))[from:to])
	}
	wide := make([]byte, 0, 2*len(plain))
	for _, b := range []byte(plain) {
		wide = append(wide, 0, b)
	}
	add("UCS-2", string(wide))
}

func sum256(s string) []byte { b := sha256.Sum256([]byte(s)); return b[:] }
func sum1(s string) []byte   { b := sha1.Sum([]byte(s)); return b[:] }
func sum5(s string) []byte   { b := md5.Sum([]byte(s)); return b[:] }

// bcd is a number in half bytes, as SMS carry it swapped.
func bcd(digits string) (straight, swapped string) {
	digits += "f"
	var a, b []byte
	for i := 0; i+1 < len(digits); i += 2 {
		hi, lo := nibble(digits[i]), nibble(digits[i+1])
		a, b = append(a, hi<<4|lo), append(b, lo<<4|hi)
	}
	return string(a), string(b)
}

func nibble(c byte) byte {
	if c == 'f' {
		return 15
	}
	return c - '0'
}

// in returns what is found, at most ten.
func (h *hunt) in(data []byte) (found []string) {
	h.digits(data, &found)
	weak := map[string]bool{}
	for i := 0; i+anchor <= len(data) && len(found) < 10; i++ {
		bit := hashAnchor(data[i:])
		if h.near[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		for _, f := range h.forms[[anchor]byte(data[i:])] {
			if from := i - f.at; from >= 0 && strings.HasPrefix(string(data[from:min(len(data), from+len(f.bytes))]), f.bytes) {
				if f.weak {
					weak[f.name] = true
				} else {
					found = append(found, f.name)
				}
			}
		}
	}
	if len(weak) >= h.few {
		found = append(found, slices.Collect(maps.Keys(weak))[:h.few]...)
	}
	return found
}

// digits looks at every run of digits. Eight alone count when no letter and no
// hyphen touches them: keyed hashes in hexadecimal hold eight by chance.
func (h *hunt) digits(data []byte, found *[]string) {
	for i := 0; i < len(data); i++ {
		if data[i] < '0' || data[i] > '9' {
			continue
		}
		end := i
		for end < len(data) && data[end] >= '0' && data[end] <= '9' {
			end++
		}
		if _, ok := h.runs[string(data[i:end])]; ok && (end-i > 8 || !touches(data, i-1) && !touches(data, end)) {
			*found = append(*found, "digits "+string(data[i:end]))
		}
		i = end
	}
}

func touches(data []byte, at int) bool {
	if at < 0 || at >= len(data) {
		return false
	}
	c := data[at]
	return c == '-' || c == '+' || c == '/' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// TestHuntFindsEveryForm: the hunt has teeth.
func TestHuntFindsEveryForm(t *testing.T) {
	const number = "+22376123457"
	numbers := []string{"+22376999999", number, "+22366123457"}
	h := newHunt(numbers...)
	all := formsOf(number)
	for _, plain := range plainForms(number) {
		all["plain "+plain] = plain
	}
	if len(all) < 80 {
		t.Errorf("%d forms", len(all))
	}
	for name, f := range all {
		data := []byte(strings.Repeat("\x00 filler\xff ", 3) + " " + f + " " + strings.Repeat("\x00", 9))
		if got := len(h.in(data)) > 0; got == isWeak(name) {
			t.Errorf("found is %v: %s %q", got, name, f)
		}
	}
	for _, order := range []string{"big", "little"} { // weak forms, of many numbers
		var data []byte
		for _, n := range numbers {
			data = append(append(data, formsOf(n)["uint64 "+order+"-endian "+n[4:]]...), 0xff)
		}
		if len(h.in(data)) == 0 {
			t.Errorf("not found: local numbers, %s-endian, of all", order)
		}
	}
	// In the middle of a text, wherever its bytes fall in base64.
	for pad := range 6 {
		text := base64.StdEncoding.EncodeToString([]byte(`{"from":"` + strings.Repeat("y", pad) + number + `","text":"x"}`))
		if len(h.in([]byte(text))) == 0 {
			t.Errorf("not found in base64 after %d bytes: %s", pad, text)
		}
	}
	for _, innocent := range []string{"00001795567276123457", "ref 7612345712", "+22370000000", strings.Repeat("\x00", 64)} {
		if found := h.in([]byte(innocent)); len(found) > 0 {
			t.Errorf("%q is taken for %v", innocent, slices.Compact(found))
		}
	}
}
