package labrpc

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"raftlabs/labgob"
)

// service is what answers under one name at one server.
type service struct {
	name       string
	rcvr       reflect.Value
	methods    map[string]*method
	unsuitable map[string]string // name of a method that cannot be called -> why not
}

type method struct {
	name  string // "Raft.RequestVote"
	rcvr  reflect.Value
	fn    reflect.Value
	args  reflect.Type // as declared: a struct or a pointer to one
	reply reflect.Type // the struct that the declared pointer points to
}

// newService lists rcvr's methods. The service's name is that of rcvr's type.
func newService(rcvr any) (*service, error) {
	v := reflect.ValueOf(rcvr)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fmt.Errorf("labrpc: Serve was given nil: pass the server that Make returned")
	}
	t := v.Type()
	s := &service{rcvr: v, methods: map[string]*method{}, unsuitable: map[string]string{}}
	for i := range t.NumMethod() {
		m := t.Method(i)
		if why := unsuitable(m); why != "" {
			s.unsuitable[m.Name] = why
			continue
		}
		// A field that gob loses is told before a message is lost by it.
		labgob.CheckType(m.Type.In(1))
		labgob.CheckType(m.Type.In(2))
		s.methods[m.Name] = &method{
			rcvr:  v,
			fn:    m.Func,
			args:  m.Type.In(1),
			reply: m.Type.In(2).Elem(),
		}
	}
	name := reflect.Indirect(v).Type().Name()
	if name == "" {
		return nil, fmt.Errorf("labrpc: Serve was given a %v, which has no type name to be called by", t)
	}
	s.rename(name)
	return s, nil
}

func (s *service) rename(name string) {
	s.name = name
	for short, m := range s.methods {
		m.name = name + "." + short
	}
}

func unsuitable(m reflect.Method) string {
	switch t := m.Type; {
	case t.NumIn() != 3:
		return fmt.Sprintf("has %d parameters, not args and reply", t.NumIn()-1)
	case t.NumOut() != 0:
		return "returns a value, where a result belongs in reply"
	case t.In(2).Kind() != reflect.Pointer:
		return fmt.Sprintf("has the reply type %v, which is not a pointer", t.In(2))
	}
	return ""
}

// lookup finds the method "Service.Method" among services. The error lists
// what is there.
func lookup(services []*service, svcMeth string) (*method, error) {
	svc, name, ok := strings.Cut(svcMeth, ".")
	if !ok {
		return nil, fmt.Errorf("%q is not of the form \"Service.Method\"", svcMeth)
	}
	for _, s := range services {
		if s.name != svc {
			continue
		}
		if m := s.methods[name]; m != nil {
			return m, nil
		}
		return nil, s.noSuch(name)
	}
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.name
	}
	return nil, fmt.Errorf("there is no service %q; the services here are: %s (a service is called by the name of its type)",
		svc, orNone(names))
}

func (s *service) noSuch(name string) error {
	if why := s.unsuitable[name]; why != "" {
		return fmt.Errorf("%s.%s cannot be called: it %s", s.name, name, why)
	}
	if near := s.nearest(name); near != "" {
		return fmt.Errorf("%s has no method %q; did you mean %q? Methods here: %s", s.name, name, near, s.list())
	}
	return fmt.Errorf("%s has no method %q; a method that is called over the network begins with a capital letter; methods here: %s",
		s.name, name, s.list())
}

// nearest is the method whose name differs in no more than two letters, "" if
// there is none.
func (s *service) nearest(name string) string {
	best, least := "", 3
	for _, other := range slices.Sorted(maps.Keys(s.methods)) {
		if d := distance(strings.ToLower(name), strings.ToLower(other)); d < least {
			best, least = other, d
		}
	}
	return best
}

// distance is how many letters must be added, left out or replaced to make b
// of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func (s *service) list() string {
	return orNone(slices.Sorted(maps.Keys(s.methods)))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// sameFamily tells whether a caller's type and a callee's could be meant for
// each other: the same type, or types of different packages, which gob
// matches by field names. Two different types of one package are a mistake
// that gob would often not notice.
func sameFamily(caller, callee reflect.Type) bool {
	caller, callee = structOf(caller), structOf(callee)
	return caller == callee || caller.PkgPath() != callee.PkgPath() || caller.Name() == "" || callee.Name() == ""
}

func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
