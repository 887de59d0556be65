package wire

import (
	"reflect"
	"slices"
)

// Reader reads a student's messages by their fields' names. It remembers what
// it has learned of a type. It is not safe for concurrent use.
type Reader struct {
	plans   map[pair]plan
	missing map[string]bool
}

type pair struct{ from, to reflect.Type }

// plan says which field of a message goes where.
type plan []step

type step struct {
	from, to int
	entries  plan // of the element type, where the field is a slice of structs
}

// Missing lists the fields of the paper that the messages read so far did not
// have, as "RequestVoteArgs.Term", sorted. What is missing cannot be checked.
func (r *Reader) Missing() []string {
	var names []string
	for name := range r.missing {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
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
		have, ok := from.FieldByName(want.Name)
		s := step{to: i}
		if ok && len(have.Index) == 1 {
			s.from = have.Index[0]
			ok = have.Type.ConvertibleTo(want.Type) && have.Type.Kind() == want.Type.Kind() ||
				isInt(have.Type) && isInt(want.Type)
			if !ok && isStructs(have.Type) && isStructs(want.Type) {
				s.entries, ok = r.planOf(have.Type.Elem(), want.Type.Elem()), true
			}
		}
		if !ok {
			if r.missing == nil {
				r.missing = map[string]bool{}
			}
			r.missing[to.Name()+"."+want.Name] = true
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

func isInt(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

func isStructs(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
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
			s.entries.run(src.Index(i), dst.Index(i))
		}
	}
}
