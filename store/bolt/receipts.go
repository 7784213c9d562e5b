package bolt

// receiptChunk is how many numbers lie together.
const receiptChunk = 4096

// receiptTable finds the sequence of the Cast with a receipt number. Numbers
// are mostly dense; after a restore a wide gap is skipped, for which nothing
// is held but one pointer a chunk.
type receiptTable struct {
	chunks []*[receiptChunk]uint32
	next   uint32 // one more than the highest number
}

func (t *receiptTable) set(number, seq uint32) {
	at := int(number / receiptChunk)
	for len(t.chunks) <= at {
		t.chunks = append(t.chunks, nil)
	}
	if t.chunks[at] == nil {
		t.chunks[at] = &[receiptChunk]uint32{}
	}
	t.chunks[at][number%receiptChunk] = seq
	t.next = max(t.next, number+1)
}

// at is the sequence for a number, or 0.
func (t *receiptTable) at(number uint32) uint32 {
	at := int(number / receiptChunk)
	if at >= len(t.chunks) || t.chunks[at] == nil {
		return 0
	}
	return t.chunks[at][number%receiptChunk]
}
