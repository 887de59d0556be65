package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Reader reads a student's messages by their fields' names. It remembers what
// it has learned of a type. It is not safe for concurrent use.
type Reader struct {
	plans   map[pair]plan
	missing []Gap // in the order in which they were met
	fresh   int   // of those, the first that Fresh has not returned
}

// Gap is a field of the paper's that a message does not have.
type Gap struct {
	Field string   // "RequestVoteArgs.CandidateId", in the paper's words
	Type  string   // the message's own type, "raft.RequestVoteArgs"
	Has   []string // the names of its fields
}

func (g Gap) String() string {
	_, field, _ := strings.Cut(g.Field, ".")
	return fmt.Sprintf("%s has no field %s of a type that fits, it has %s: keep the names of Figure 2, by which the messages are read",
		g.Type, field, strings.Join(g.Has, ", "))
}

type pair struct{ from, to reflect.Type }

// plan says which field of a message goes where.
type plan []step

type step struct {
	from, to int
	entries  plan // of the element type, where the field is a slice of structs
}

// Missing lists the fields of the paper that the messages read so far did not
// have, sorted. What is missing cannot be checked.
func (r *Reader) Missing() []Gap {
	gaps := slices.Clone(r.missing)
	slices.SortFunc(gaps, func(a, b Gap) int { return strings.Compare(a.Field, b.Field) })
	return gaps
}

// Fresh returns those that were met since the last call.
func (r *Reader) Fresh() []Gap {
	gaps := r.missing[r.fresh:]
	r.fresh = len(r.missing)
	return gaps
}

// Server reads the types of a server's methods, so that what they lack is known
// before the first message.
func (r *Reader) Server(rcvr any) {
	t := reflect.TypeOf(rcvr)
	for i := range t.NumMethod() {
		m := t.Method(i)
		if m.Type.NumIn() != 3 {
			continue
		}
		method := "Raft." + m.Name
		r.Request(method, reflect.New(pointed(m.Type.In(1))).Interface())
		r.Reply(method, reflect.New(pointed(m.Type.In(2))).Interface())
	}
}

// Request reads the argument of a method, a struct or a pointer to one. It is
// nil for a method that is not Raft's.
func (r *Reader) Request(method string, args any) Message {
	switch method {
	case RequestVote, RequestPreVote:
		return read[RequestVoteArgs](r, args)
	case AppendEntries:
		return read[AppendEntriesArgs](r, args)
	case InstallSnapshot:
		return read[InstallSnapshotArgs](r, args)
	}
	return nil
}

// Reply reads the reply of a method.
func (r *Reader) Reply(method string, reply any) Message {
	switch method {
	case RequestVote, RequestPreVote:
		return read[RequestVoteReply](r, reply)
	case AppendEntries:
		return read[AppendEntriesReply](r, reply)
	case InstallSnapshot:
		return read[InstallSnapshotReply](r, reply)
	}
	return nil
}

func read[M Message](r *Reader, from any) Message {
	var to M
	v := reflect.Indirect(reflect.ValueOf(from))
	if v.Kind() == reflect.Struct {
		r.planOf(v.Type(), reflect.TypeFor[M]()).run(v, reflect.ValueOf(&to).Elem())
	}
	return to
}

func (r *Reader) planOf(from, to reflect.Type) plan {
	if p, ok := r.plans[pair{from, to}]; ok {
		return p
	}
	var p plan
	for i := range to.NumField() {
		want := to.Field(i)
		if want.Tag.Get("wire") == "unread" {
			continue
		}
		have, ok := from.FieldByName(want.Name)
		s := step{to: i}
		if ok && len(have.Index) == 1 {
			s.from = have.Index[0]
			ok = have.Type.ConvertibleTo(want.Type) && have.Type.Kind() == want.Type.Kind() ||
				isInt(have.Type) && isInt(want.Type)
			if !ok && isStructs(have.Type) && isStructs(want.Type) {
				s.entries, ok = r.planOf(pointed(have.Type.Elem()), want.Type.Elem()), true
			}
		}
		if !ok {
			r.miss(from, to.Name()+"."+want.Name)
			continue
		}
		p = append(p, s)
	}
	if r.plans == nil {
		r.plans = map[pair]plan{}
	}
	r.plans[pair{from, to}] = p
	return p
}

func (r *Reader) miss(from reflect.Type, field string) {
	g := Gap{Field: field, Type: from.String()}
	if slices.ContainsFunc(r.missing, func(known Gap) bool { return known.Field == field }) {
		return
	}
	for i := range from.NumField() {
		g.Has = append(g.Has, from.Field(i).Name)
	}
	r.missing = append(r.missing, g)
}

func isInt(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

// isStructs tells whether t is a slice of structs, or of pointers to structs,
// which are the same to gob.
func isStructs(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && pointed(t.Elem()).Kind() == reflect.Struct
}

// pointed is what t points to, t itself where it is no pointer.
func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func (p plan) run(from, to reflect.Value) {
	for _, s := range p {
		src, dst := from.Field(s.from), to.Field(s.to)
		if s.entries == nil {
			dst.Set(src.Convert(dst.Type()))
			continue
		}
		dst.Set(reflect.MakeSlice(dst.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			if e := reflect.Indirect(src.Index(i)); e.IsValid() {
				s.entries.run(e, dst.Index(i))
			}
		}
	}
}
