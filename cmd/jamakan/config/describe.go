package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	smsgeneric "github.com/jamakan/jamakan/sms/generic"
	ussdgeneric "github.com/jamakan/jamakan/ussd/generic"
)

// EnvPrefix starts every environment variable: JAMAKAN_LISTEN is listen,
// JAMAKAN_STORE_MAX_SIZE is store.max_size.
const EnvPrefix = "JAMAKAN_"

// visit walks the fields of a configuration in order. Channels are visited
// by provider name.
func visit(v reflect.Value, path []string, f func(path []string, doc string, v reflect.Value)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		p := append(slices.Clone(path), field.Tag.Get("yaml"))
		doc := field.Tag.Get("doc")
		if doc == "" {
			continue // described apart
		}
		f(p, doc, v.Field(i))
		switch x := v.Field(i); x.Kind() {
		case reflect.Struct:
			visit(x, p, f)
		case reflect.Map:
			var names []string
			for _, k := range x.MapKeys() {
				names = append(names, k.String())
			}
			slices.Sort(names)
			for _, name := range names {
				q := append(slices.Clone(p), name)
				f(q, "", x.MapIndex(reflect.ValueOf(name)))
				visit(x.MapIndex(reflect.ValueOf(name)), q, f)
			}
		}
	}
}

// EnvName is the environment variable of a field.
func EnvName(path []string) string {
	return EnvPrefix + strings.ToUpper(strings.Join(path, "_"))
}

// fromEnvironment overrides fields from the environment. Lists are separated
// by commas.
func fromEnvironment(c *Config, getenv func(string) string) error {
	failed := errors.Join(channelsFromEnvironment("ussd", c.USSD, getenv), channelsFromEnvironment("sms", c.SMS, getenv))
	visit(reflect.ValueOf(c).Elem(), nil, func(path []string, _ string, f reflect.Value) {
		if f.CanSet() {
			if err := override(f, path, getenv); err != nil && failed == nil {
				failed = err
			}
		}
	})
	return failed
}

// channelsFromEnvironment overrides the fields of the channels named in the
// file: a map's values can't be set where they are.
func channelsFromEnvironment[T any](section string, channels map[string]T, getenv func(string) string) error {
	var failed error
	for name, ch := range channels {
		visit(reflect.ValueOf(&ch).Elem(), []string{section, name}, func(path []string, _ string, f reflect.Value) {
			if !f.CanSet() {
				return
			}
			if err := override(f, path, getenv); err != nil && failed == nil {
				failed = err
			}
		})
		channels[name] = ch
	}
	return failed
}

func override(f reflect.Value, path []string, getenv func(string) string) error {
	name := EnvName(path)
	text := getenv(name)
	if text == "" {
		return nil
	}
	switch f.Interface().(type) {
	case string:
		f.SetString(text)
	case []string:
		f.Set(reflect.ValueOf(strings.Split(text, ",")))
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return invalid("%s: %q; write true or false", name, text)
		}
		f.SetBool(b)
	case []int:
		var all []int
		for item := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(item))
			if err != nil {
				return invalid("%s: %q is not a list of numbers; write it like 20,7", name, text)
			}
			all = append(all, n)
		}
		f.Set(reflect.ValueOf(all))
	case []time.Duration:
		var all []time.Duration
		for item := range strings.SplitSeq(text, ",") {
			d, err := time.ParseDuration(strings.TrimSpace(item))
			if err != nil {
				return invalid("%s: %q is not a list of durations; write it like 1m,5m", name, text)
			}
			all = append(all, d)
		}
		f.Set(reflect.ValueOf(all))
	case float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return invalid("%s: %q is not a number", name, text)
		}
		f.SetFloat(n)
	case int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return invalid("%s: %q is not a number", name, text)
		}
		f.SetInt(int64(n))
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return invalid("%s: %q is not a duration; write it like 10m", name, text)
		}
		f.SetInt(int64(d))
	default:
		return invalid("%s: this field is not set by the environment; write it in the file", name)
	}
	return nil
}

// DescribeGeneric prints the fields of codec: generic, for USSD and for SMS, with
// their defaults.
func DescribeGeneric() string {
	var b strings.Builder
	for _, part := range []struct {
		section string
		value   any
	}{{"ussd", ussdgeneric.Default()}, {"sms", smsgeneric.Default()}} {
		fmt.Fprintf(&b, "%s:\n  my_gateway:\n    codec: generic\n    generic:\n", part.section)
		visit(reflect.ValueOf(part.value), nil, func(path []string, doc string, v reflect.Value) {
			fmt.Fprintf(&b, "      # %s\n      %s: %s\n", doc, path[0], scalar(v))
		})
	}
	return b.String()
}

// Describe prints a configuration as the file that would give it, each field
// under what it is for and the environment variable that overrides it. The
// repository's config.yaml is this text of the defaults.
func (c Config) Describe() string {
	var b strings.Builder
	b.WriteString("# Jamakan's configuration. Every value below is the default: a field may be left out.\n")
	b.WriteString("# An environment variable, named beside each field, wins over the file.\n")
	visit(reflect.ValueOf(c), nil, func(path []string, doc string, v reflect.Value) {
		indent := strings.Repeat("  ", len(path)-1)
		key := path[len(path)-1]
		if doc != "" {
			if len(path) == 1 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "%s# %s\n", indent, doc)
		}
		if v.Kind() == reflect.Struct || v.Kind() == reflect.Map {
			fmt.Fprintf(&b, "%s%s:\n", indent, key)
			return
		}
		fmt.Fprintf(&b, "%s%s: %s  # %s\n", indent, key, scalar(v), EnvName(path))
	})
	return b.String()
}

func scalar(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case []string:
		quoted := make([]string, len(x))
		for i, s := range x {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case []int:
		return strings.ReplaceAll(fmt.Sprint(x), " ", ", ")
	case []time.Duration:
		return strings.ReplaceAll(fmt.Sprint(x), " ", ", ")
	case string:
		return strconv.Quote(x)
	default:
		return fmt.Sprint(x)
	}
}
