package labgob

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// A stream stands between the reader and gob.Decoder, and lets a value pass
// only as a whole and after it has checked its form.
//
// gob itself trusts the number of entries that a map claims to have, and
// allocates that many: 22 bytes can end the process for want of memory
// (go.dev/issue/79539). It also follows nested values without a bound on its
// stack. Neither can be caught by recover. So the stream reads the value
// first, in the manner of gob but without storing anything: each element
// then is known to be there. (Where gob loses its place, see the package
// comment, it reads on in a manner that the stream has not foreseen.)
//
// The form is the one that gob's documentation gives under "Encoding Details".
// A stream consists of messages, each behind its length. A message defines a
// type, or it holds a value. Only where an interface value is of a type that
// has not been defined yet, a message ends after that definition, and the next
// one goes on with the value.
type stream struct {
	r     byteReader
	types map[int32]*wireType // as defined so far

	data  []byte // the messages of one value
	taken int    // how far gob has read

	// The state of the scan.
	pos   int   // where it is in data
	end   int   // of the part that pos is in: a message, or a part of one
	outer []int // the ends of the parts around that part, the innermost last
	err   error // the first one; the reading methods then return zeros
}

type byteReader interface {
	io.Reader
	io.ByteReader
}

// maxMessage bounds the length of a message, in bytes. gob's own bound is 8 GB.
const maxMessage = 1 << 26

func newStream(r io.Reader) *stream {
	b, ok := r.(byteReader)
	if !ok {
		b = bufio.NewReader(r)
	}
	return &stream{r: b}
}

// A formatError says that the bytes are not those of a gob stream.
type formatError string

func (e formatError) Error() string { return "labgob: bad data: " + string(e) }

func (s *stream) fail(format string, args ...any) {
	if s.err == nil {
		s.err = formatError(fmt.Sprintf(format, args...))
	}
}

func (s *stream) truncated() {
	if s.err == nil {
		s.err = io.ErrUnexpectedEOF
	}
}

// fill reads the messages of the next value and checks them. It returns io.EOF
// if there are no more bytes. What gob has left of the value before is dropped:
// it did not understand it.
func (s *stream) fill() error {
	const keep = 1 << 20 // bytes
	if cap(s.data) > keep {
		s.data = nil
	}
	s.data, s.outer, s.taken, s.pos, s.end, s.err = s.data[:0], s.outer[:0], 0, 0, 0, nil
	s.readMessage()
	if s.err != nil {
		return s.err
	}
	if id := s.typeID(); s.err == nil {
		s.body(id, 0)
	}
	if s.pos != s.end {
		s.fail("%d bytes after the end of a value", s.end-s.pos)
	}
	if s.err == io.EOF {
		return io.ErrUnexpectedEOF // as it was not the first message
	}
	return s.err
}

// Read and ReadByte are for gob.
func (s *stream) Read(p []byte) (int, error) {
	if s.taken == len(s.data) {
		return 0, io.EOF
	}
	n := copy(p, s.data[s.taken:])
	s.taken += n
	return n, nil
}

func (s *stream) ReadByte() (byte, error) {
	if s.taken == len(s.data) {
		return 0, io.EOF
	}
	s.taken++
	return s.data[s.taken-1], nil
}

// readMessage appends the next message to data, and makes it the part that is
// scanned.
func (s *stream) readMessage() {
	n := s.readLength()
	switch {
	case s.err != nil:
		return
	case n == 0:
		s.fail("an empty message")
		return
	case n > maxMessage:
		s.fail("a message of %d bytes, where %d MiB are allowed", n, maxMessage>>20)
		return
	}
	s.pos = len(s.data)
	s.end = s.pos + int(n)
	// A length is only a claim: memory is taken as bytes arrive.
	const chunk = 1 << 16
	for len(s.data) < s.end {
		have := len(s.data)
		s.data = slices.Grow(s.data, min(chunk, s.end-have))
		s.data = s.data[:min(have+chunk, s.end)]
		if _, err := io.ReadFull(s.r, s.data[have:]); err != nil {
			s.end = s.pos
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			s.err = err
			return
		}
	}
}

// readLength reads the length in front of a message, and appends it to data. At
// the end of the bytes it sets err to io.EOF.
func (s *stream) readLength() uint64 {
	first, err := s.r.ReadByte()
	if err != nil {
		s.err = err
		return 0
	}
	s.data = append(s.data, first)
	if first < 0x80 {
		return uint64(first)
	}
	var n uint64
	for range s.width(first) {
		b, err := s.r.ReadByte()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			s.err = err
			return 0
		}
		s.data = append(s.data, b)
		n = n<<8 | uint64(b)
	}
	return n
}

// width returns how many bytes follow the first one of a number that does not
// fit in a byte: gob stores that count negated.
func (s *stream) width(first byte) int {
	n := -int(int8(first))
	if n > 8 {
		s.fail("a number of %d bytes", n)
		return 0
	}
	return n
}
