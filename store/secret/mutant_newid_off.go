//go:build !mutantnewid

package secret

// asHeard is what the ID of a message is made of: the message and nothing
// else. Under the build tag mutantnewid, a planted fault, it is not so;
// docs/faults.md says what must catch it.
func asHeard(parts []string) []string { return parts }
