package grade

import "fmt"

// clipKeep is how many bytes of a stream's beginning are kept, and as many of
// its end.
const clipKeep = 512 << 10

// clip keeps the beginning and the end of a stream, in bounded memory.
type clip struct {
	head    []byte
	tail    []byte // a ring once it is full
	next    int    // where the ring goes on
	dropped int64
}

func (c *clip) add(b []byte) {
	if room := clipKeep - len(c.head); room > 0 {
		n := min(room, len(b))
		c.head = append(c.head, b[:n]...)
		b = b[n:]
	}
	for len(b) > 0 {
		if len(c.tail) < clipKeep {
			n := min(clipKeep-len(c.tail), len(b))
			c.tail = append(c.tail, b[:n]...)
			b = b[n:]
			continue
		}
		n := copy(c.tail[c.next:], b)
		c.next = (c.next + n) % clipKeep
		c.dropped += int64(n)
		b = b[n:]
	}
}

// String is what was kept, with a line that says what was not.
func (c *clip) String() string {
	tail := string(c.tail[c.next:]) + string(c.tail[:c.next])
	if c.dropped == 0 {
		return string(c.head) + tail
	}
	return fmt.Sprintf("%s\n[%d bytes left out]\n%s", c.head, c.dropped, tail)
}
