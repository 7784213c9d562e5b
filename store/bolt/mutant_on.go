//go:build mutant

package bolt

import "time"

// answersEarly: this build loses votes on purpose, to prove that the kill
// test notices.
const answersEarly = true

// slowDisk is the disk of a busy machine, between the answer and the commit.
func slowDisk() { time.Sleep(20 * time.Millisecond) }
