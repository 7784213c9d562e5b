package sms

import (
	"container/heap"

	"github.com/jamakan/jamakan/store/outbox"
)

// queue is a heap of messages by the time they are due.
type queue []outbox.Message

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].Due.Equal(q[j].Due) {
		return q[i].Due.Before(q[j].Due)
	}
	return q[i].At.Before(q[j].At)
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is heap.Interface's.
func (q *queue) Push(x any) {
	if m, ok := x.(outbox.Message); ok {
		*q = append(*q, m)
	}
}

// Pop is heap.Interface's.
func (q *queue) Pop() any {
	old := *q
	m := old[len(old)-1]
	*q = old[:len(old)-1]
	return m
}

// Push queues a new message. It never waits.
func (s *Sender) Push(m outbox.Message) {
	s.mu.Lock()
	if !s.known[m.Ref] {
		s.push(m)
	}
	s.mu.Unlock()
	s.nudge()
}

// push puts a message into its queue. The lock is held.
func (s *Sender) push(m outbox.Message) {
	s.known[m.Ref] = true
	if m.Purpose == outbox.Bulk {
		heap.Push(&s.bulk, m)
		return
	}
	heap.Push(&s.urgent, m)
}

func (s *Sender) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
