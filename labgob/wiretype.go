package labgob

// The numbers of gob's own types. Those from firstID on are defined in the
// stream.
const (
	idBool int32 = iota + 1
	idInt
	idUint
	idFloat
	idBytes
	idString
	idComplex
	idInterface

	firstID int32 = 64
)

// A wireType is what the stream says of a type, as far as it tells the form of
// its values.
type wireType struct {
	kind   wireKind
	elem   int32   // type of the elements of an array, slice or map
	key    int32   // of a map
	length uint64  // of an array
	fields []int32 // of a struct: their types
}

// A wireKind is one more than the number of the field, in gob's wireType, that
// describes a type of the kind.
type wireKind int

const (
	wireArray wireKind = iota + 1
	wireSlice
	wireStruct
	wireMap
	wireOpaque // a gob.GobEncoder, an encoding.BinaryMarshaler or TextMarshaler
	wireOpaqueBinary
	wireOpaqueText
)

// definitionFields counts the fields of the structs below.
var definitionFields = [...]int{
	wireArray: 3, wireSlice: 2, wireStruct: 2, wireMap: 3,
	wireOpaque: 1, wireOpaqueBinary: 1, wireOpaqueText: 1,
}

// define reads the definition of type id. It is a value of this type of gob's:
//
//	type wireType struct {
//		ArrayT           *struct { CommonType; Elem typeId; Len int }
//		SliceT           *struct { CommonType; Elem typeId }
//		StructT          *struct { CommonType; Field []struct { Name string; Id typeId } }
//		MapT             *struct { CommonType; Key, Elem typeId }
//		GobEncoderT      *struct { CommonType }
//		BinaryMarshalerT *struct { CommonType }
//		TextMarshalerT   *struct { CommonType }
//	}
//	type CommonType struct { Name string; Id typeId }
//
// of which exactly one field is set.
func (s *stream) define(id int32) {
	if id < firstID || s.types[id] != nil {
		s.fail("type number %d is defined twice", id)
		return
	}
	t := new(wireType)
	s.fieldsOf(int(wireOpaqueText), func(n int) {
		if t.kind != 0 {
			s.fail("type number %d is of two kinds", id)
			return
		}
		t.kind = wireKind(n + 1)
		s.definitionOf(t)
	})
	switch t.kind {
	case 0:
		s.fail("type number %d is of no kind", id)
	case wireOpaqueBinary, wireOpaqueText:
		t.kind = wireOpaque
	}
	if s.types == nil {
		s.types = make(map[int32]*wireType)
	}
	s.types[id] = t
}

// definitionOf reads the struct that describes a type of t's kind.
func (s *stream) definitionOf(t *wireType) {
	s.fieldsOf(definitionFields[t.kind], func(n int) {
		switch {
		case n == 0:
			s.commonType()
		case t.kind == wireStruct:
			for left := s.uint(); left > 0 && s.err == nil; left-- {
				t.fields = append(t.fields, s.fieldType())
			}
		case t.kind == wireArray && n == 2:
			x := s.uint() // an int: the sign is in the lowest bit
			if x&1 != 0 {
				s.fail("an array of a negative length")
			}
			t.length = x >> 1
		case t.kind == wireMap && n == 1:
			t.key = s.id()
		default:
			t.elem = s.id()
		}
	})
}

// commonType passes over the name and the number that a type gives itself.
func (s *stream) commonType() {
	s.fieldsOf(2, func(n int) {
		if n == 0 {
			s.bytes()
		} else {
			s.id()
		}
	})
}

// fieldType reads the name of a field and returns the number of its type.
func (s *stream) fieldType() (id int32) {
	s.fieldsOf(2, func(n int) {
		if n == 0 {
			s.bytes()
		} else {
			id = s.id()
		}
	})
	return id
}

// fieldsOf reads a struct of count fields, and calls read for each that is
// there.
func (s *stream) fieldsOf(count int, read func(n int)) {
	at := -1
	for {
		distance := s.uint()
		if distance == 0 || s.err != nil {
			return
		}
		if distance > uint64(count-1-at) {
			s.fail("field %d of a type's definition, which has %d", uint64(at)+distance, count)
			return
		}
		at += int(distance)
		read(at)
	}
}
