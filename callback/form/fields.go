package form

import "errors"

// Bounds of a callback. A real one has 5 to 13 fields in 200 to 600 bytes.
const (
	MaxBytes  = 64 << 10 // bytes of a body, as sent
	MaxFields = 32       // fields of a body, empty and repeated ones included
)

// What is wrong with a body. No error holds any of it.
var (
	// ErrTooLarge says that the body is longer than MaxBytes.
	ErrTooLarge = errors.New("body longer than 64 KiB: send only the callback's fields")
	// ErrTooMany says that the body has more than MaxFields fields.
	ErrTooMany = errors.New("more than 32 fields: send only the callback's fields")
	// ErrRepeated says that one key has two different values, neither of them
	// empty. Picking one would be guessing what a citizen chose.
	ErrRepeated = errors.New("one field sent with two values: send each field once")
	// ErrSyntax says that a JSON body is not one object.
	ErrSyntax = errors.New("not a JSON object: check the body and its content type")
)

// Field is one key of a callback and its value.
type Field struct{ Key, Value string }

// Fields are the fields of a callback in the order they came, each key once.
type Fields []Field

// Get returns the value of a key, and whether the key was sent at all.
func (f Fields) Get(key string) (value string, ok bool) {
	for i := range f {
		if f[i].Key == key {
			return f[i].Value, true
		}
	}
	return "", false
}

// add appends a field, or settles it with an earlier one of the same key: an
// empty value gives way (Comviva's gateway sends empty duplicates), an equal
// one changes nothing, another one is ErrRepeated. A field without a key can't
// be asked for, and is left out.
func (f Fields) add(key, value string) (Fields, error) {
	if key == "" {
		return f, nil
	}
	for i := range f {
		if f[i].Key != key {
			continue
		}
		switch {
		case value == "" || value == f[i].Value:
		case f[i].Value == "":
			f[i].Value = value
		default:
			return f, ErrRepeated
		}
		return f, nil
	}
	return append(f, Field{key, value}), nil
}
