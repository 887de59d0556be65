package infer

import (
	"fmt"
	"strings"

	"raftlabs/tests/wire"
)

// A scripted run: each event has the next instant.
type script struct{ events []Event }

func (s *script) add(kind string, from, to int) *Event {
	s.events = append(s.events, Event{Kind: kind, From: from, To: to})
	return &s.events[len(s.events)-1]
}

func (s *script) send(from, to, num int, m wire.Message, method string) {
	e := s.add("sent", from, to)
	e.Num, e.Method, e.Term, e.Note = uint64(num), method, wire.Term(m), noteOf(m)
}

func (s *script) arrive(from, to, num int, method string) {
	e := s.add("delivered", from, to)
	e.Num, e.Method = uint64(num), method
}

func (s *script) answer(from, to, num int, m wire.Message, method string) {
	e := s.add("replied", from, to)
	e.Num, e.Method, e.Term, e.Note, e.Reply = uint64(num), method, wire.Term(m), noteOf(m), true
	e = s.add("returned", from, to)
	e.Num, e.Method, e.Reply = uint64(num), method, true
}

// noteOf is how the cluster's recorder words a message: without its term.
func noteOf(m wire.Message) string {
	words := strings.SplitN(m.String(), " ", 3)
	if len(words) < 3 {
		return ""
	}
	return words[2]
}

func (s *script) roles(n int) (list []string) {
	for _, c := range Observe(n, s.events, Messages(s.events)).Roles {
		list = append(list, fmt.Sprintf("S%d %s %d", c.Server, c.Role, c.Term))
	}
	return list
}
