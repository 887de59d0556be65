package labgob

// uint reads an unsigned number: one byte below 128, or the negated count of
// the bytes that follow, the highest first.
func (s *stream) uint() uint64 {
	if s.err != nil {
		return 0
	}
	if s.pos >= s.end {
		s.truncated()
		return 0
	}
	first := s.data[s.pos]
	s.pos++
	if first < 0x80 {
		return uint64(first)
	}
	n := s.width(first)
	if n > s.end-s.pos {
		s.truncated()
		return 0
	}
	var x uint64
	for _, b := range s.data[s.pos : s.pos+n] {
		x = x<<8 | uint64(b)
	}
	s.pos += n
	return x
}

// id reads a type's number: signed, the sign in the lowest bit.
func (s *stream) id() int32 {
	x := s.uint()
	i := int64(x >> 1)
	if x&1 != 0 {
		i = ^i
	}
	if i != int64(int32(i)) || i == -1<<31 {
		s.fail("type number %d", i)
		return 0
	}
	return int32(i)
}

// bytes reads a length and passes over as many bytes.
func (s *stream) bytes() {
	if n := s.uint(); n > uint64(s.end-s.pos) {
		s.truncated()
	} else {
		s.pos += int(n)
	}
}

// typeID reads the definitions of types in front of a value, and the number of
// the value's own type.
func (s *stream) typeID() int32 {
	for s.err == nil {
		id := s.id()
		if id >= 0 {
			return id
		}
		s.define(-id)
		s.nextPart()
	}
	return 0
}

// nextPart goes on behind the definition of a type, which ends a part.
func (s *stream) nextPart() {
	if s.err != nil {
		return
	}
	if s.pos != s.end {
		s.fail("%d bytes after the definition of a type", s.end-s.pos)
		return
	}
	if len(s.outer) == 0 {
		s.readMessage()
		return
	}
	s.end = s.outer[len(s.outer)-1]
	s.openPart()
}

// openPart reads the length of a part, and makes it the part that is scanned.
func (s *stream) openPart() {
	n := s.uint()
	if n > uint64(s.end-s.pos) {
		s.truncated()
		return
	}
	s.end = s.pos + int(n)
}

// body scans a value that has its type in front: a struct, or anything else
// behind a zero.
func (s *stream) body(id int32, depth int) {
	if t := s.types[id]; t == nil || t.kind != wireStruct {
		if s.uint() != 0 {
			s.fail("no zero in front of a single value")
		}
	}
	s.value(id, depth)
}

// value scans a value of type id. Every value takes at least one byte, so that
// no count can make a scan longer than the data are.
func (s *stream) value(id int32, depth int) {
	if depth > 2*maxDepth { // some levels that are seen here a walk does not count
		s.fail("a value that is nested more than %d deep", maxDepth)
		return
	}
	switch id {
	case idBool, idInt, idUint, idFloat:
		s.uint()
		return
	case idComplex:
		s.uint()
		s.uint()
		return
	case idBytes, idString:
		s.bytes()
		return
	case idInterface:
		s.interfaceValue(depth + 1)
		return
	}
	t := s.types[id]
	if t == nil {
		s.fail("a value of the unknown type number %d", id)
		return
	}
	switch t.kind {
	case wireOpaque:
		s.bytes()
	case wireStruct:
		s.structValue(t, depth+1)
	case wireArray:
		if n := s.uint(); n != t.length {
			s.fail("an array of %d elements, where its type has %d", n, t.length)
		}
		s.elements(t, t.length, depth+1)
	case wireSlice, wireMap:
		s.elements(t, s.uint(), depth+1)
	}
}

func (s *stream) elements(t *wireType, n uint64, depth int) {
	for ; n > 0 && s.err == nil; n-- {
		if t.kind == wireMap {
			s.value(t.key, depth)
		}
		s.value(t.elem, depth)
	}
}

// structValue scans the fields that are there, each behind the distance of its
// number from the last one's, up to a distance of zero.
func (s *stream) structValue(t *wireType, depth int) {
	at := -1
	for {
		distance := s.uint()
		if distance == 0 || s.err != nil {
			return
		}
		if distance > uint64(len(t.fields)-1-at) {
			s.fail("field %d of a struct that has %d", uint64(at)+distance, len(t.fields))
			return
		}
		at += int(distance)
		s.value(t.fields[at], depth)
	}
}

// interfaceValue scans the name under which the concrete type is registered
// (empty for nil), the definitions of types that are new, the type's number,
// and the value, behind its length.
func (s *stream) interfaceValue(depth int) {
	n := s.uint()
	if n == 0 {
		return
	}
	if n > uint64(s.end-s.pos) {
		s.truncated()
		return
	}
	s.pos += int(n)
	id := s.typeID()
	s.outer = append(s.outer, s.end)
	s.openPart()
	s.body(id, depth)
	if s.pos != s.end {
		s.fail("an interface value that does not have the length it says")
	}
	s.end = s.outer[len(s.outer)-1]
	s.outer = s.outer[:len(s.outer)-1]
}
